import { z } from "zod";
import { reasonSchema } from "./problem.ts";
import { assetTypeSchema } from "./products.ts";
import { defineRoutes } from "./route.ts";

export const librarySchema = z.object({
  root: z.string(),
  freeBytes: z.number().nullable(),
  libraries: z.array(
    z.object({
      assetType: assetTypeSchema,
      folder: z.string(),
      state: z.enum(["ready", "unusable"]),
      code: z.string().nullable(),
      message: z.string().nullable(),
      assets: z.number(),
      /** Of the files that came with the assets. */
      bytes: z.number(),
    }),
  ),
  /** The kept zips: what they take, and what they may take. */
  archives: z.object({ count: z.number(), bytes: z.number(), limitBytes: z.number() }),
  updatesWaiting: z.number(),
  withdrawn: z.number(),
  /** A move to another folder that is under way, or how the last one of this run ended. */
  move: z
    .object({
      from: z.string(),
      to: z.string(),
      state: z.enum(["copying", "checking", "done", "failed"]),
      doneBytes: z.number(),
      totalBytes: z.number(),
      message: z.string().nullable(),
    })
    .nullable(),
});
export type LibraryAnswer = z.infer<typeof librarySchema>;

export const assetEntrySchema = z.object({
  productId: z.number(),
  title: z.string(),
  slug: z.string(),
  assetType: assetTypeSchema,
  /** Relative to `library.root`. */
  folder: z.string(),
  downloadId: z.string(),
  /** The zip's name; empty for a folder that was adopted, since nobody here has seen its zip. */
  archive: z.string(),
  licence: z.string(),
  blenderVersion: z.string(),
  revision: z.string(),
  installedAt: z.string(),
  files: z.number(),
  bytes: z.number(),
  /** It was here before asset-sync, so that `revision` is only what the shop offered when it was adopted. */
  isAdopted: z.boolean(),
  /** Does the shop no longer offer it? It stays usable. */
  isWithdrawn: z.boolean(),
  pictures: z.number(),
  /**
   * What is newer in the shop, and what fetching it costs; null where nothing is. `downloadId`: the zip that takes the place
   * of this one; `left`: downloads the shop still allows of the product; `isLast`: it would use what is kept in reserve, so
   * that it must be said expressly.
   */
  update: z
    .object({
      revision: z.string(),
      downloadId: z.string(),
      cost: z.number(),
      left: z.number(),
      isLast: z.boolean(),
      changes: z.array(z.string()),
    })
    .nullable(),
  /** The version that the last update moved aside, which `repair` with `previous` puts back. */
  hasPrevious: z.boolean(),
  /** Is its zip kept, so that mending it costs nothing? */
  isArchiveKept: z.boolean(),
});
export type AssetEntry = z.infer<typeof assetEntrySchema>;

export const assetsSchema = z.object({ total: z.number(), assets: z.array(assetEntrySchema) });
export type AssetsAnswer = z.infer<typeof assetsSchema>;

const productsRequest = z.strictObject({ products: z.array(z.number().int().positive()).default([]) });

export const verifyResultSchema = z.object({
  assets: z.number(),
  /** Libraries that could not be looked at, and kept zips that rotted. */
  problems: z.array(reasonSchema),
  damaged: z.array(
    z.object({
      productId: z.number(),
      title: z.string(),
      folder: z.string(),
      missing: z.array(z.string()),
      edited: z.array(z.string()),
      /** Can it be mended from the kept archive, at no cost? */
      repairable: z.boolean(),
    }),
  ),
});
export type VerifyResult = z.infer<typeof verifyResultSchema>;

export const repairResultSchema = z.object({
  repaired: z.array(z.object({ productId: z.number(), folder: z.string(), message: z.string() })),
  failed: z.array(z.object({ productId: z.number(), code: z.string(), message: z.string() })),
});
export type RepairResult = z.infer<typeof repairResultSchema>;

const foundAsset = z.object({
  productId: z.number(),
  title: z.string(),
  downloadId: z.string(),
  /** The folder or zip that was found. */
  path: z.string(),
  kind: z.enum(["folder", "zip"]),
  /** What is done with it: claimed where it lies, or copied into the archive store. */
  message: z.string(),
});
export const adoptResultSchema = z.object({
  adopted: z.array(foundAsset),
  /** Looks like a product and is not taken, with the reason. */
  passed: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
});
export type AdoptResult = z.infer<typeof adoptResultSchema>;

export const libraryRoutes = defineRoutes({
  library: {
    method: "GET",
    path: "/api/v1/library",
    tag: "library",
    summary: "The libraries on disk: where, how large, and whether they can be used.",
    answer: librarySchema,
  },
  assets: {
    method: "GET",
    path: "/api/v1/library/assets",
    tag: "library",
    summary: "What is installed, with what is newer in the shop.",
    query: z.strictObject({
      text: z.string().max(1_000).default(""),
      assetType: assetTypeSchema.optional(),
      only: z.enum(["all", "updates", "withdrawn"]).default("all"),
      sort: z.enum(["title", "newest", "size"]).default("title"),
      limit: z.coerce.number().int().min(1).max(10_000).default(200),
      offset: z.coerce.number().int().min(0).default(0),
    }),
    answer: assetsSchema,
  },
  assetsCsv: {
    method: "GET",
    path: "/api/v1/library/assets.csv",
    tag: "library",
    summary: "A bill of assets with licences, for clearance (RFC 4180).",
    contentType: "text/csv; charset=utf-8",
    answer: z.string(),
  },
  verify: {
    method: "POST",
    path: "/api/v1/library/verify",
    tag: "library",
    summary: "Check that the files of installed products are whole; without numbers, of all.",
    body: productsRequest,
    answer: verifyResultSchema,
  },
  repair: {
    method: "POST",
    path: "/api/v1/library/repair",
    tag: "library",
    summary:
      "Mend installed products from the kept zips, or put the version before the last update back; costs nothing.",
    body: productsRequest.extend({
      /** Put back the version that the last update moved aside, instead of mending. */
      previous: z.boolean().default(false),
    }),
    answer: repairResultSchema,
  },
  openFolder: {
    method: "POST",
    path: "/api/v1/products/:id/open-folder",
    tag: "library",
    summary: "Show an installed product's folder in this machine's file manager.",
    body: z.strictObject({}),
    answer: z.object({ folder: z.string() }),
  },
  moveLibrary: {
    method: "POST",
    path: "/api/v1/library/move",
    tag: "library",
    summary: "Move all libraries to another folder: copied, compared, then switched over; costs nothing.",
    body: z.strictObject({ to: z.string().min(1).max(4_000) }),
    status: 202,
    answer: librarySchema,
  },
  adopt: {
    method: "POST",
    path: "/api/v1/library/adopt",
    tag: "library",
    summary: "Claim what is on disk already, such as assets of iMeshh's own add-on and zips in a download folder.",
    body: z.strictObject({
      /** Folders to look for zips in; the libraries themselves are always looked at. */
      folders: z.array(z.string().min(1).max(4_000)).max(20).default([]),
      /** Say what would be done, and do nothing. */
      dryRun: z.boolean().default(false),
    }),
    answer: adoptResultSchema,
  },
});
