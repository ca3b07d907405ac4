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

/** Milliseconds since 1970 of a date as served; `null` for what is none. A date without a zone is read as UTC. */
export function readDateMs(served: string | null): number | null {
  if (served === null) return null;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d|GMT|UTC)\s*$/i.test(served);
  const isIsoWithTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(served);
  const ms = Date.parse(isIsoWithTime && !hasZone ? `${served.replace(" ", "T")}Z` : served);
  return Number.isFinite(ms) ? ms : null;
}
