import { ApiError, type HttpClient } from "@org/http-core";
import { z } from "zod";
import type { AssetType, Open } from "./data-types.ts";
import { displayText } from "./display-text.ts";
import { refusalOf } from "./imeshh-error.ts";
import { idOf, isRecord, listOf, textOf } from "./php-json.ts";
import type { SkippedFeedRecord } from "./products.schema.ts";

/** A category as a product names it. */
export interface CategoryName {
  readonly id: number | null;
  /** As served, entities kept: the shop's add-on names folders by it. */
  readonly name: string;
  /** For people: entities decoded. */
  readonly title: string;
  readonly slug: string;
}

/** A category of the categories feed. */
export interface Category extends CategoryName {
  readonly assetType: Open<AssetType>;
  readonly description: string;
  readonly subcategories: readonly SubCategory[];
}

export interface SubCategory extends CategoryName {
  readonly description: string;
}

/** The categories feed. */
export interface CategoryList {
  readonly categories: readonly Category[];
  readonly skipped: readonly SkippedFeedRecord[];
  /** The feed as received, decoded. */
  readonly text: string;
}

/** Fetches the categories feed. Public. */
export async function listCategories(
  feeds: HttpClient,
  options: { signal?: AbortSignal | undefined },
): Promise<CategoryList> {
  const path = "/imeshh-all-product-compress-meta-data/latest_categories.json";
  const { data, raw } = await feeds.requestJson({
    name: "iMeshh listCategories",
    method: "GET",
    path,
    repeat: "repeatable",
    schema: z.unknown(),
    signal: options.signal,
    refusal: refusalOf("public", "the categories feed"),
  });
  if (!isRecord(data)) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "feed-unexpected-shape",
      message: "The categories feed of iMeshh holds no object with a list for each asset type.",
      request: { operation: "iMeshh listCategories", method: "GET", url: feeds.origin + path },
    });
  }
  return { ...parseCategories(data), text: raw };
}

/** Reads a categories feed record by record; never throws. */
export function parseCategories(feed: Record<string, unknown>): Omit<CategoryList, "text"> {
  const categories: Category[] = [];
  const skipped: SkippedFeedRecord[] = [];
  let index = -1;
  for (const [assetType, served] of Object.entries(feed)) {
    const records = listOf(served);
    if (records === undefined) {
      index += 1;
      skipped.push({
        index,
        kind: "unreadable",
        reason: `“${displayText(assetType)}” holds no list`,
        productId: null,
        name: null,
      });
      continue;
    }
    for (const record of records) {
      index += 1;
      const category = categoryNameOf(record);
      if (category === null || !isRecord(record)) {
        skipped.push({ index, kind: "unreadable", reason: "a category without a name", productId: null, name: null });
        continue;
      }
      categories.push({
        ...category,
        assetType,
        description: textOf(record.description),
        subcategories: (listOf(record.subcategories) ?? []).flatMap((sub) => {
          const name = categoryNameOf(sub);
          return name === null || !isRecord(sub) ? [] : [{ ...name, description: textOf(sub.description) }];
        }),
      });
    }
  }
  return { categories, skipped };
}

/** Reads one category; `null` for what has no name. */
export function categoryNameOf(value: unknown): CategoryName | null {
  if (!isRecord(value)) return null;
  const name = textOf(value.name);
  return name.trim() === "" ? null : { id: idOf(value.id), name, title: displayText(name), slug: textOf(value.slug) };
}
