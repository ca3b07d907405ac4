import { z } from "zod";
import { reasonSchema } from "./problem.ts";
import { defineRoutes } from "./route.ts";

const labelled = z.object({ value: z.string(), label: z.string() });
export const assetTypeSchema = z.enum(["model", "material", "geonode", "fx"]);
export type AssetTypeName = z.infer<typeof assetTypeSchema>;

const quotaOfProduct = z.object({ limit: z.number(), spent: z.number(), inDoubt: z.number(), left: z.number() });

export const productSummarySchema = z.object({
  productId: z.number(),
  slug: z.string(),
  title: z.string(),
  assetType: assetTypeSchema,
  category: z.string(),
  subCategory: z.string(),
  isFreebie: z.boolean(),
  licence: z.string(),
  blenderVersion: z.string(),
  polygonCount: z.number().nullable(),
  revision: z.string(),
  /** Where it is, relative to `library.root`; null when it is not on disk. */
  folder: z.string().nullable(),
  /** Is what is on disk older than what the shop offers? */
  isUpdateWaiting: z.boolean(),
  isFavourite: z.boolean(),
  /** How many pictures the shop has of it; see `picturePath`. */
  pictures: z.number(),
  quota: quotaOfProduct,
});
export type ProductSummary = z.infer<typeof productSummarySchema>;

export const productDetailSchema = productSummarySchema.omit({ licence: true, blenderVersion: true }).extend({
  licence: labelled,
  blenderVersion: labelled,
  dimensions: z.string().nullable(),
  tags: z.array(z.string()),
  pageUrl: z.string().nullable(),
  archives: z.array(
    z.object({
      downloadId: z.string(),
      name: z.string(),
      isDefault: z.boolean(),
      /** Where it is known: from the kept zip, or from a transfer that began. */
      bytes: z.number().nullable(),
      /** What fetching it now would cost: 0 where the zip is kept or its link is paid for. */
      cost: z.number(),
      isInstalled: z.boolean(),
    }),
  ),
  /** Would fetching one use what is kept in reserve, so that it must be said expressly? */
  isLastDownload: z.boolean(),
  installed: z.array(
    z.object({ folder: z.string(), downloadId: z.string(), revision: z.string(), installedAt: z.string() }),
  ),
});
export type ProductDetail = z.infer<typeof productDetailSchema>;

/** Where one product stands: `installed`, `update-waiting`, `under-way`, `waiting`, `deferred`, `not-wanted`, `withdrawn` or `unknown`. */
export const whySchema = z.object({
  productId: z.number(),
  title: z.string().nullable(),
  state: z.string(),
  reasons: z.array(reasonSchema),
});
export type Why = z.infer<typeof whySchema>;

/** A query key that may be given several times: any of the values. */
const anyOf = z
  .union([z.string(), z.array(z.string()).max(200)])
  .transform((given) => (Array.isArray(given) ? given : [given]))
  .default([]);
const yesOrNo = z.enum(["true", "false"]).transform((text) => text === "true");

/**
 * Narrows the catalog. Values of one key are alternatives, keys must all hold. Names are as facets show them; one that
 * none of them is to the letter means those in another case or without accents.
 */
export const productFilterSchema = z.strictObject({
  /** Every word must begin a word of title, slug, tags or categories; case, accents and entities do not count. */
  text: z.string().max(1_000).default(""),
  assetType: anyOf,
  category: anyOf,
  subCategory: anyOf,
  licence: anyOf,
  blenderVersion: anyOf,
  minPolygons: z.coerce.number().int().min(0).optional(),
  maxPolygons: z.coerce.number().int().min(0).optional(),
  freebie: yesOrNo.optional(),
  onDisk: yesOrNo.optional(),
  updateWaiting: yesOrNo.optional(),
  favourite: yesOrNo.optional(),
  /** At least so many downloads left. */
  minLeft: z.coerce.number().int().min(0).optional(),
});
export type ProductFilter = z.infer<typeof productFilterSchema>;

export const searchQuerySchema = productFilterSchema.extend({
  /**
   * `relevance`: first what has every word whole in its title, then what has words of its title begun by all of them, then
   * the rest, each by title; it is `title` where there is no text. `newest`: latest revision first. `polygons`: fewest
   * first, without a count last. Ties go by id, so that pages never overlap.
   */
  sort: z.enum(["relevance", "title", "newest", "polygons"]).default("relevance"),
  limit: z.coerce.number().int().min(1).max(10_000).default(50),
  offset: z.coerce.number().int().min(0).default(0),
});
export type SearchQuery = z.infer<typeof searchQuerySchema>;
/** As a caller gives it: what has a default may be left out. */
export type SearchCall = z.input<typeof searchQuerySchema>;

export const searchResultSchema = z.object({
  /** Pages that name the same revision fit together. */
  catalogRevision: z.string().nullable(),
  total: z.number(),
  products: z.array(productSummarySchema),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

const facetValue = z.object({ value: z.string(), label: z.string(), count: z.number() });
/** How many products each further choice would leave. A facet's own choices do not narrow its own counts. */
export const facetsSchema = z.object({
  catalogRevision: z.string().nullable(),
  total: z.number(),
  assetType: z.array(facetValue),
  category: z.array(facetValue),
  subCategory: z.array(facetValue),
  licence: z.array(facetValue),
  blenderVersion: z.array(facetValue),
  freebie: z.number(),
  onDisk: z.number(),
  updateWaiting: z.number(),
  favourite: z.number(),
  /** By downloads left, from 0 to the limit. */
  left: z.array(facetValue),
  /** From the fewest to the most, whatever range is chosen; null where no product has a count. */
  polygons: z.object({ min: z.number(), max: z.number() }).nullable(),
});
export type Facets = z.infer<typeof facetsSchema>;

export const productRoutes = defineRoutes({
  search: {
    method: "GET",
    path: "/api/v1/products",
    tag: "products",
    summary: "Find products of the shop's catalog.",
    query: searchQuerySchema,
    answer: searchResultSchema,
  },
  facets: {
    method: "GET",
    path: "/api/v1/facets",
    tag: "products",
    summary: "Count what each filter would leave.",
    query: productFilterSchema,
    answer: facetsSchema,
  },
  show: {
    method: "GET",
    path: "/api/v1/products/:id",
    tag: "products",
    summary: "Everything about one product, by number or short name, and what each of its zips costs now.",
    answer: productDetailSchema,
  },
  why: {
    method: "GET",
    path: "/api/v1/products/:id/why",
    tag: "products",
    summary: "Why a product is in the library, or why not.",
    answer: whySchema,
  },
  setFavourite: {
    method: "POST",
    path: "/api/v1/products/:id/favourite",
    tag: "products",
    summary: "Mark a product as a favourite, or no longer.",
    body: z.strictObject({ isFavourite: z.boolean() }),
    answer: z.object({ productId: z.number(), isFavourite: z.boolean() }),
  },
});
