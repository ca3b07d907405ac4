import type { z } from "zod";

/** A record that was left out, and why; safe to print. */
export interface SkippedRecord {
  index: number;
  /** `date_modified: expected string`. */
  reason: string;
  /** Id, slug or name where there is one, shortened. */
  summary: string;
}

/** The good records, and what is known of the others. */
export interface LooseArray<T> {
  items: T[];
  skipped: SkippedRecord[];
}

/** A schema for arrays of records by strangers: bad ones are dropped and reported, unknown fields stay. */
export function looseArray<T>(_schema: z.ZodType<T>): z.ZodType<LooseArray<T>> {
  throw new Error("not written yet");
}
