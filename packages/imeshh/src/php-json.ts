/**
 * The shop's JSON is written by PHP, where "nothing" may be `[]`, `""`, `null` or `false`, numbers may be texts, and a
 * list that lost an element becomes an object with number keys. These read what was meant.
 */

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for PHP's ways to say "nothing". */
export function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    value === "" ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** The elements of a list; `undefined` for what is none. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (isNothing(value)) return [];
  if (!isRecord(value)) return undefined;
  return Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : undefined;
}

/** A text as served, a number written out, and an empty text for everything else. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

/** The same, with `null` for an empty text. */
export function textOrNull(value: unknown): string | null {
  const text = textOf(value);
  return text === "" ? null : text;
}

/** A positive whole number, given as number or as digits; `null` for everything else. */
export function idOf(value: unknown): number | null {
  const id = typeof value === "string" && /^\s*\d{1,16}\s*$/.test(value) ? Number(value) : value;
  return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** A count of zero or more, given as number or as text, thousands separated or not; `null` for everything else. */
export function countOf(value: unknown): number | null {
  const count = typeof value === "string" && /^\s*\d[\d,]*\s*$/.test(value) ? Number(value.replaceAll(",", "")) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** True for every spelling of yes; everything else is no. */
export function isYes(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === "string" && /^(?:1|true|yes|on)$/i.test(value));
}

/** A web address, or `null` for anything else (other schemes included). Not checked further: whoever fetches it does. */
export function webAddressOrNull(value: unknown): string | null {
  return typeof value === "string" && /^https?:\/\//i.test(value) ? value : null;
}
