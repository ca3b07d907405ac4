import { z } from "zod";
import { createSecretScrubber } from "./redact.ts";

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

/** A feed of nothing but bad records should not fill the memory with reports. */
const mostReports = 1_000;

/**
 * A schema for arrays of records by strangers: bad records are dropped and reported, good ones keep their unknown
 * fields (a plain `z.object` is loosened; one inside a pipe or union must be a `z.looseObject` already). One
 * `safeParse` for each record and nothing besides, so that 100,000 of them cost what their schema costs.
 */
export function looseArray<T>(schema: z.ZodType<T>): z.ZodType<LooseArray<T>> {
  const record = loosened(schema);
  const scrub = createSecretScrubber();
  return z.array(z.unknown()).transform((values) => {
    const items: T[] = [];
    const skipped: SkippedRecord[] = [];
    values.forEach((value, index) => {
      const parsed = record.safeParse(value);
      if (parsed.success) items.push(parsed.data);
      else if (skipped.length < mostReports) {
        skipped.push({ index, reason: scrub(reasonOf(parsed.error)), summary: scrub(summaryOf(value)) });
      } else {
        skipped.push({ index, reason: "as before", summary: "" });
      }
    });
    return { items, skipped };
  });
}

function loosened<T>(schema: z.ZodType<T>): z.ZodType<T> {
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return schema;
  return schema.loose() as unknown as z.ZodType<T>;
}

function reasonOf(error: z.ZodError): string {
  const [first] = error.issues;
  if (first === undefined) return "unknown";
  const field = z.core.toDotPath(first.path);
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : "";
  return `${field === "" ? "" : `${field}: `}${first.message}${more}`.slice(0, 300);
}

/** Enough to find the record in the feed. */
function summaryOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `${typeof value} ${String(value)}`.slice(0, 80);
  const fields = value as Record<string, unknown>;
  const shown: string[] = [];
  for (const name of ["id", "uuid", "slug", "name", "title"]) {
    const field = fields[name];
    if (typeof field === "string" || typeof field === "number") shown.push(`${name} ${String(field).slice(0, 60)}`);
  }
  return shown.length > 0 ? shown.join(", ") : `fields ${Object.keys(fields).slice(0, 8).join(", ")}`.slice(0, 120);
}
