import { z } from "zod";
import { assetTypes, type Product } from "../domain/product.ts";

const categorySchema = z.object({ name: z.string(), title: z.string(), slug: z.string() });
const labelledSchema = z.object({ value: z.string(), label: z.string() });

const productSchema = z.object({
  id: z.int(),
  slug: z.string(),
  name: z.string(),
  title: z.string(),
  revision: z.string(),
  assetType: z.enum(assetTypes),
  servedAssetType: z.string(),
  category: categorySchema,
  subCategory: categorySchema,
  isFreebie: z.boolean(),
  licence: labelledSchema,
  blenderVersion: labelledSchema,
  polygonCount: z.number().nullable(),
  dimensions: z.string().nullable(),
  tags: z.array(z.string()),
  archives: z.array(z.object({ downloadId: z.string(), name: z.string() })).min(1),
  // Products that were kept by an earlier version have none.
  pictures: z.array(z.object({ small: z.string(), large: z.string() })).default([]),
  pageUrl: z.string().nullable(),
}) satisfies z.ZodType<Product>;

/** A product as stored. Throws if it is not what `domain/product.ts` says. */
export function parseStoredProduct(text: unknown): Product {
  return productSchema.parse(JSON.parse(String(text)));
}
