import { z } from "zod";

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text as served, a number written out; `null` for an empty text and everything else. Never fails. */
export const textOrNull = z
  .union([z.string(), z.number().transform(String)])
  .transform((text) => (text.trim() === "" ? null : text))
  .catch(null);

/** A count of zero or more, given as number or as digits (`polycount` is served as `"20000"`); else `null`. Never fails. */
export const countOrNull = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d{1,15}\s*$/)
      .transform(Number),
  ])
  .refine((count) => Number.isSafeInteger(count) && count >= 0)
  .catch(null as never)
  .transform((count): number | null => count);

/** The texts of a list; a single text counts as a list of one, `null` and everything else as an empty one. Never fails. */
export const texts = z
  .union([z.array(z.unknown()), z.string().transform((text): unknown[] => [text])])
  .catch([])
  .transform((list) => list.filter((one): one is string => typeof one === "string" && one !== ""));

/**
 * Milliseconds since 1970 of a date as served: ISO 8601 (without a zone it is read as UTC), the form of HTTP, or seconds or
 * milliseconds as digits. `null` for everything else; `Date.parse` alone would read a cut-off "202..." as the year 202.
 */
export function readDateMs(served: string | null): number | null {
  const text = served?.trim() ?? "";
  if (/^\d{10}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{13}$/.test(text)) return Number(text);
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  const [, day, time = "00:00", zone = "Z"] = iso ?? [];
  const isHttp = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})$/.test(text);
  const ms =
    day !== undefined
      ? Date.parse(`${day}T${time.replace(",", ".")}${withColon(zone)}`)
      : isHttp
        ? Date.parse(text)
        : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}

function withColon(zone: string): string {
  return zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
}
