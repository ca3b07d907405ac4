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

/** A whole number of zero or more, given as number or as digits; `null` for everything else. */
export function countOf(value: unknown): number | null {
  const count = typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** The same as a schema that never fails. */
export const countOrNull = z.unknown().optional().transform(countOf);

/** A web address as served, never re-encoded: any change would break its signature. `null` for everything else. */
export const addressOrNull = z
  .unknown()
  .optional()
  .transform((value): string | null => (typeof value === "string" && /^https?:\/\//i.test(value) ? value : null));
