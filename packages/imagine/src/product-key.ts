import type { Query } from "@org/http-core";
import { argumentInvalid } from "./imagine-error.ts";

/** By what a product is looked up; with several, the service takes the first of this order (collection). */
export interface ProductKey {
  unicode?: string | undefined;
  gtin?: string | undefined;
  skuId?: string | undefined;
  salsifyId?: string | undefined;
}

/** The query for a product; throws `argument-invalid` where nothing names one, or something is empty. */
export function productQuery(operation: string, key: ProductKey): Query {
  const { unicode, gtin, skuId, salsifyId } = key;
  const query = { unicode, gtin, sku_id: skuId, salsify_id: salsifyId };
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && (typeof value !== "string" || value.trim() === "")) {
      throw argumentInvalid(operation, name, "be a text that is not empty");
    }
  }
  if (Object.values(query).every((value) => value === undefined)) {
    throw argumentInvalid(operation, "unicode", "be given, or gtin, skuId or salsifyId instead");
  }
  return query;
}

/** What names the product, for a sentence. */
export function describeKey({ unicode, gtin, skuId, salsifyId }: ProductKey): string {
  if (unicode !== undefined) return unicode;
  if (gtin !== undefined) return `with GTIN ${gtin}`;
  return skuId !== undefined ? `with SKU ${skuId}` : `with Salsify id ${salsifyId ?? ""}`;
}

/** A unicode as part of a path: nothing that could lead to another one, and never empty. */
export function unicodeForPath(operation: string, unicode: string): string {
  if (typeof unicode !== "string" || !/^[\w-]+$/.test(unicode)) {
    throw argumentInvalid(operation, "unicode", "be the product's UUID as createProduct gave it");
  }
  return unicode;
}
