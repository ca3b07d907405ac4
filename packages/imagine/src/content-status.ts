import type { z } from "zod";
import { type ContentType, contentTypes, type KnownStatus, type Open } from "./data-types.ts";
import { countOf, isRecord, textOrNull } from "./json-values.ts";
import { type Product, productRecord } from "./products.schema.ts";

/** One thing that is being made. */
export interface ContentItem {
  readonly id: number | null;
  readonly name: string | null;
  /** `null` where the service gives none. */
  readonly status: Open<KnownStatus> | null;
}

/** How far a content type is: `null` was never requested; the viewer and AR are one item, spins and silos several. */
export type ContentItems = readonly ContentItem[] | null;

/** The answer of `getContentStatus`. */
export interface ContentStatus {
  readonly product: Product;
  readonly types: Readonly<Record<ContentType, ContentItems>>;
}

/**
 * How the making of one content type stands. `done`: all of it; `partial`: some of it, and the rest will not come;
 * `failed`, `infected`, `disabled`: none of it; `waiting`: not decided yet, also by every word that is not known.
 */
export type ContentOutcome = "done" | "partial" | "failed" | "infected" | "disabled" | "not-requested" | "waiting";

const statusFields: Record<ContentType, string> = {
  "3d_model_viewer": "product_3d_status",
  ar: "product_ar_status",
  "360_degree_spin": "product_threesixty_status",
  silo: "product_silo_images_status",
};

/** The name of a content type in the query of status and shared content. */
export function contentTypeQuery(contentType: ContentType): string {
  return statusFields[contentType];
}

/** Reads a status answer: a text, a list of items or `null` per type (collection, "Response Structure"). */
export const contentStatusAnswer = productRecord.transform((record): ContentStatus => {
  const other: Record<string, unknown> = { ...record.other };
  const types = {} as Record<ContentType, ContentItems>;
  for (const type of contentTypes) {
    types[type] = readItems(other[statusFields[type]]);
    delete other[statusFields[type]];
  }
  return { product: { ...record, other }, types };
}) satisfies z.ZodType<ContentStatus>;

function readItems(value: unknown): ContentItems {
  if (value === null || value === undefined || value === "") return null;
  const list = Array.isArray(value) ? value : [value];
  return list.map((one): ContentItem => {
    if (!isRecord(one)) return { id: null, name: null, status: textOrNull.parse(one) };
    return { id: countOf(one.id), name: textOrNull.parse(one.name), status: textOrNull.parse(one.status) };
  });
}

/** What a status word says; every other word, known or not, waits. */
export function decideItemOutcome(status: string | null): "done" | "failed" | "infected" | "disabled" | "waiting" {
  switch (status?.trim().toLowerCase()) {
    case "done":
      return "done";
    case "failed":
      return "failed";
    case "infected":
      return "infected";
    case "disabled":
      return "disabled";
    default:
      return "waiting";
  }
}

/** How a content type stands. An empty list waits: it was requested, and its items are not there yet. */
export function decideContentOutcome(items: ContentItems): ContentOutcome {
  if (items === null) return "not-requested";
  const outcomes = items.map(({ status }) => decideItemOutcome(status));
  if (outcomes.length === 0 || outcomes.includes("waiting")) return "waiting";
  if (outcomes.every((one) => one === "done")) return "done";
  if (outcomes.includes("done")) return "partial";
  if (outcomes.includes("infected")) return "infected";
  return outcomes.includes("failed") ? "failed" : "disabled";
}
