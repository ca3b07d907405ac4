import { z } from "zod";
import { assetTypeSchema } from "./products.ts";
import { defineRoutes } from "./route.ts";

export const getRequestSchema = z.strictObject({
  /** Numbers or slugs. */
  products: z
    .array(z.union([z.number().int().positive(), z.string().min(1)]))
    .min(1)
    .max(1_000),
  downloadId: z.string().optional(),
  spendLast: z.boolean().default(false),
});
export type GetRequest = z.input<typeof getRequestSchema>;

export const getResultSchema = z.object({
  products: z.array(
    z.object({
      product: z.union([z.number(), z.string()]),
      productId: z.number().nullable(),
      /** `installed` also when it was there already. */
      state: z.enum(["installed", "failed"]),
      folder: z.string().nullable(),
      spent: z.number(),
      code: z.string().nullable(),
      message: z.string(),
    }),
  ),
});
export type GetResult = z.infer<typeof getResultSchema>;

/** One thing a person can do about a download, and what it costs. */
const downloadAction = z.object({
  action: z.enum(["get", "get-last", "hold", "resume", "cancel"]),
  cost: z.number(),
});

export const downloadEntrySchema = z.object({
  /** The journal's row: the id that hold, resume, cancel and move take. */
  id: z.number(),
  productId: z.number(),
  title: z.string(),
  assetType: assetTypeSchema,
  downloadId: z.string(),
  archive: z.string(),
  requester: z.enum(["rule", "person"]),
  /** `held`: a person said wait. `failed`: see `failure`. `installed` and `cancelled` are history. */
  state: z.enum(["waiting", "linking", "downloading", "installing", "held", "failed", "installed", "cancelled"]),
  /** Place among those that wait, from 1; null for the others. */
  position: z.number().nullable(),
  bytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
  remainingMs: z.number().nullable(),
  /** What it takes to finish it: 0 where it is paid for. */
  cost: z.number(),
  /** Where it is, relative to `library.root`. */
  folder: z.string().nullable(),
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      /** What a person can do, as a sentence. */
      advice: z.string(),
      /** When it is tried again by itself. */
      retryAt: z.string().nullable(),
    })
    .nullable(),
  actions: z.array(downloadAction),
  updatedAt: z.string(),
});
export type DownloadEntry = z.infer<typeof downloadEntrySchema>;

export const downloadsSchema = z.object({
  /** What is open, in the order in which it comes, then what ended, newest first. */
  downloads: z.array(downloadEntrySchema),
  /** How many are open; more than are listed where the list is cut. */
  openCount: z.number(),
  /** Of all that is under way, together. */
  bytesPerSecond: z.number(),
  remainingMs: z.number().nullable(),
});
export type DownloadsAnswer = z.infer<typeof downloadsSchema>;

export const requestResultSchema = z.object({
  /** `cost`: what it may spend; 0 for what is kept, paid for, installed, or under way already. */
  accepted: z.array(z.object({ productId: z.number(), cost: z.number() })),
  refused: z.array(z.object({ product: z.union([z.number(), z.string()]), code: z.string(), message: z.string() })),
});
export type RequestResult = z.infer<typeof requestResultSchema>;

export const downloadRoutes = defineRoutes({
  downloads: {
    method: "GET",
    path: "/api/v1/downloads",
    tag: "downloads",
    summary: "What is being fetched, what waits, what failed and what has come lately.",
    query: z.strictObject({
      /** At most so many open ones; those under way come first, those that failed last. */
      open: z.coerce.number().int().min(1).max(1_000).default(500),
      ended: z.coerce.number().int().min(0).max(1_000).default(50),
    }),
    answer: downloadsSchema,
  },
  get: {
    method: "POST",
    path: "/api/v1/downloads",
    tag: "downloads",
    summary: "Fetch products by name; answers when each is in the library or it is known why not.",
    spends: "At most 1 download for each product; 0 for what is kept, paid for or installed.",
    body: getRequestSchema,
    answer: getResultSchema,
  },
  request: {
    method: "POST",
    path: "/api/v1/downloads/requests",
    tag: "downloads",
    summary: "As `POST /api/v1/downloads`, but answers at once; follow the events, or ask for the downloads.",
    spends: "At most 1 download for each product; 0 for what is kept, paid for or installed.",
    body: getRequestSchema,
    status: 202,
    answer: requestResultSchema,
  },
  hold: {
    method: "POST",
    path: "/api/v1/downloads/:id/hold",
    tag: "downloads",
    summary: "Let one download wait until it is resumed; what has arrived of it stays.",
    body: z.strictObject({}),
    answer: downloadsSchema,
  },
  resumeDownload: {
    method: "POST",
    path: "/api/v1/downloads/:id/resume",
    tag: "downloads",
    summary: "Go on with a held download, over the link that is paid for.",
    body: z.strictObject({}),
    answer: downloadsSchema,
  },
  cancel: {
    method: "POST",
    path: "/api/v1/downloads/:id/cancel",
    tag: "downloads",
    summary:
      "Give one download up. No rule begins this version again; what was paid for is kept, so `get` costs nothing while the link lives.",
    body: z.strictObject({}),
    answer: downloadsSchema,
  },
  moveDownload: {
    method: "POST",
    path: "/api/v1/downloads/:id/move",
    tag: "downloads",
    summary: "Change the order in which downloads that wait are begun.",
    body: z.strictObject({ to: z.enum(["first", "earlier", "later", "last"]) }),
    answer: downloadsSchema,
  },
});
