import { z } from "zod";

/**
 * What goes over the local API: the only file of the daemon that the command line and the console know.
 * Answers are parsed with these schemas on the caller's side too, so that a daemon of another version is noticed.
 */

/** Raised when an answer changes so that an older caller would misread it. */
export const apiVersion = 1;

const labelled = z.object({ value: z.string(), label: z.string() });
const assetType = z.enum(["model", "material", "geonode", "fx"]);
const reason = z.object({ code: z.string(), message: z.string() });

export const productSummarySchema = z.object({
  productId: z.number(),
  slug: z.string(),
  title: z.string(),
  assetType,
  category: z.string(),
  subCategory: z.string(),
  isFreebie: z.boolean(),
  revision: z.string(),
  /** Where it is, relative to `library.root`; null when it is not on disk. */
  folder: z.string().nullable(),
});

export const productDetailSchema = productSummarySchema.extend({
  licence: labelled,
  blenderVersion: labelled,
  polygonCount: z.number().nullable(),
  dimensions: z.string().nullable(),
  tags: z.array(z.string()),
  pageUrl: z.string().nullable(),
  archives: z.array(z.object({ downloadId: z.string(), name: z.string(), isDefault: z.boolean() })),
  quota: z.object({ limit: z.number(), spent: z.number(), inDoubt: z.number(), left: z.number() }),
  installed: z.array(
    z.object({ folder: z.string(), downloadId: z.string(), revision: z.string(), installedAt: z.string() }),
  ),
});

/** Where one product stands: `installed`, `update-waiting`, `under-way`, `waiting`, `deferred`, `not-wanted`, `withdrawn` or `unknown`. */
export const whySchema = z.object({
  productId: z.number(),
  title: z.string().nullable(),
  state: z.string(),
  reasons: z.array(reason),
});

export const syncResultSchema = z.object({
  catalogRevision: z.string().nullable(),
  products: z.number(),
  skipped: z.number(),
  /** Downloads, updates and installs the plan held. */
  planned: z.number(),
  committed: z.number(),
  /** Things that were not done and why, products with id 0 being none in particular. */
  failed: z.array(z.object({ productId: z.number(), code: z.string(), message: z.string() })),
  spent: z.number(),
  durationMs: z.number(),
});

export const planSchema = z.object({
  items: z.array(
    z.object({
      productId: z.number(),
      title: z.string(),
      action: z.enum(["download", "update", "keep", "defer"]),
      archive: z.string(),
      downloadId: z.string(),
      /** Downloads it costs, or would cost once it can be done. */
      cost: z.number(),
      bytes: z.number().nullable(),
      reason,
    }),
  ),
  withdrawn: z.array(z.object({ productId: z.number(), title: z.string(), folder: z.string() })),
  price: z.object({
    downloads: z.number(),
    knownBytes: z.number(),
    unknownSizes: z.number(),
    freeBytes: z.number().nullable(),
  }),
});

export const quotaSchema = z.object({
  products: z.array(
    z.object({
      productId: z.number(),
      title: z.string().optional(),
      /** The zip's name, where the shop still offers it. */
      archive: z.string().optional(),
      downloadId: z.string(),
      limit: z.number(),
      spent: z.number(),
      inDoubt: z.number(),
      /** Counted over all archives of the product, as the shop does. */
      left: z.number(),
    }),
  ),
});

export const getRequestSchema = z.strictObject({
  /** Numbers or slugs. */
  products: z.array(z.union([z.number().int().positive(), z.string().min(1)])).min(1),
  downloadId: z.string().optional(),
  spendLast: z.boolean().default(false),
});

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

export const syncRequestSchema = z.strictObject({
  /** Apply a feed that the guard refused, once. */
  acceptFeed: z.boolean().default(false),
});

export const verifyRequestSchema = z.strictObject({ products: z.array(z.number().int().positive()).default([]) });

export const repairRequestSchema = verifyRequestSchema.extend({
  /** Put back the version that the last update moved aside, instead of mending. */
  previous: z.boolean().default(false),
});

export const verifyResultSchema = z.object({
  assets: z.number(),
  /** Libraries that could not be looked at, and kept zips that rotted. */
  problems: z.array(reason),
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

export const repairResultSchema = z.object({
  repaired: z.array(z.object({ productId: z.number(), folder: z.string(), message: z.string() })),
  failed: z.array(z.object({ productId: z.number(), code: z.string(), message: z.string() })),
});

export const pauseRequestSchema = z.strictObject({ untilMs: z.number().int().positive().nullable().default(null) });

export const statusSchema = z.object({
  apiVersion: z.number(),
  version: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  home: z.string(),
  state: z.enum(["idle", "syncing", "paused", "stopping"]),
  pausedUntil: z.string().nullable(),
  catalogRevision: z.string().nullable(),
  products: z.number(),
  skipped: z.number(),
  assets: z.number(),
  lastSync: z.object({ at: z.string(), result: syncResultSchema }).nullable(),
  nextPollAt: z.string().nullable(),
  downloads: z.array(
    z.object({
      productId: z.number(),
      title: z.string(),
      state: z.string(),
      bytes: z.number().nullable(),
      totalBytes: z.number().nullable(),
      bytesPerSecond: z.number().nullable(),
    }),
  ),
  libraries: z.array(
    z.object({
      assetType,
      folder: z.string(),
      state: z.enum(["ready", "unusable"]),
      message: z.string().nullable(),
      assets: z.number(),
    }),
  ),
  /** What the daemon takes of the machine: memory now, and how late it answered at worst while it synced. */
  process: z.object({
    residentBytes: z.number(),
    eventLoopDelayP99Ms: z.number(),
    eventLoopDelayMaxMs: z.number(),
  }),
  /** Things a person should look at, as sentences. */
  notices: z.array(reason),
});

/** Of `GET /api/v1/products`; comes as text. */
export const searchQuerySchema = z.strictObject({
  text: z.string().max(1_000).default(""),
  limit: z.coerce.number().int().min(1).max(10_000).default(50),
  offset: z.coerce.number().int().min(0).default(0),
});

export const searchResultSchema = z.object({ total: z.number(), products: z.array(productSummarySchema) });

/** RFC 9457. `code` is ours; `title` is the sentence. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  exitStatus: z.number(),
});

/**
 * `/healthz`, the one answer without a token. Asked with `?nonce=…` it proves that it knows the token (HMAC-SHA256 of
 * the nonce under the token, hex), so that a caller hands its token to nobody who merely took over the port.
 */
export const healthSchema = z.object({
  status: z.literal("ok"),
  version: z.string(),
  apiVersion: z.number(),
  proof: z.string().optional(),
});

/** `api.json`, by which the command line and add-ons find the running daemon. */
export const apiFileSchema = z.object({
  address: z.string(),
  token: z.string(),
  pid: z.number().int(),
  version: z.string(),
  apiVersion: z.number(),
  startedAt: z.string(),
});

/** What `asset-sync open` opens: the page's address with a code after `#` that works once, and how long. */
export const pageCodeSchema = z.object({ url: z.string(), lifeMs: z.number() });

/** The page's exchange of that code. The answer's key goes into `pageKeyHeader` of each call; the cookie comes beside it. */
export const pageSessionRequestSchema = z.strictObject({ code: z.string().min(1).max(200) });
export const pageSessionSchema = z.object({ key: z.string() });

/** Carries a page's key. A header of its own: another page cannot send it without asking first, and is refused then. */
export const pageKeyHeader = "x-asset-sync-page";

/** With the port in it, since browsers keep one set of cookies for all ports of a host. */
export function pageCookieName(port: number): string {
  return `asset-sync-${port}`;
}

/** Names the newest event when an answer was written; a watcher that has seen it has seen all that led to the answer. */
export const lastEventHeader = "x-last-event-id";

const onProduct = { productId: z.number(), title: z.string() };
const said = { code: z.string(), message: z.string() };

/** What goes over `/api/v1/events`: only what a person who waits is shown. Other types are passed over by the reader. */
export const watchedEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("sync-started") }),
  z.object({
    type: z.literal("sync-finished"),
    committed: z.number(),
    failed: z.number(),
    spent: z.number(),
    durationMs: z.number(),
  }),
  z.object({ type: z.literal("sync-failed"), ...said }),
  z.object({ type: z.literal("catalog-replaced"), products: z.number(), skipped: z.number() }),
  z.object({ type: z.literal("catalog-refused"), ...said }),
  z.object({ type: z.literal("plan-made"), downloads: z.number(), deferred: z.number() }),
  z.object({ type: z.literal("download-started"), ...onProduct, resumed: z.boolean() }),
  z.object({
    type: z.literal("download-progressed"),
    ...onProduct,
    bytes: z.number(),
    totalBytes: z.number().nullable(),
    bytesPerSecond: z.number(),
  }),
  z.object({ type: z.literal("download-fetched"), ...onProduct, bytes: z.number() }),
  z.object({ type: z.literal("download-failed"), ...onProduct, ...said }),
  z.object({
    type: z.literal("asset-committed"),
    ...onProduct,
    assetType,
    folder: z.string(),
    note: z.string().optional(),
  }),
  z.object({ type: z.literal("library-lost"), assetType, ...said }),
  z.object({ type: z.literal("library-found"), assetType }),
  z.object({
    type: z.literal("library-recovered"),
    assetType,
    restored: z.array(z.string()),
    finished: z.array(z.string()),
    unresolved: z.array(z.string()),
  }),
  z.object({ type: z.literal("config-changed"), applied: z.array(z.string()), needsRestart: z.array(z.string()) }),
  z.object({ type: z.literal("config-refused"), message: z.string() }),
  z.object({ type: z.literal("state-rebuilt"), message: z.string() }),
]);

export type WatchedEvent = z.infer<typeof watchedEventSchema>;
export type Health = z.infer<typeof healthSchema>;
export type ApiFile = z.infer<typeof apiFileSchema>;
export type ProductSummary = z.infer<typeof productSummarySchema>;
export type ProductDetail = z.infer<typeof productDetailSchema>;
export type Why = z.infer<typeof whySchema>;
export type SyncResult = z.infer<typeof syncResultSchema>;
export type PlanAnswer = z.infer<typeof planSchema>;
export type QuotaAnswer = z.infer<typeof quotaSchema>;
export type GetRequest = z.infer<typeof getRequestSchema>;
export type GetResult = z.infer<typeof getResultSchema>;
export type VerifyResult = z.infer<typeof verifyResultSchema>;
export type RepairResult = z.infer<typeof repairResultSchema>;
export type StatusAnswer = z.infer<typeof statusSchema>;
export type SearchResult = z.infer<typeof searchResultSchema>;
export type Problem = z.infer<typeof problemSchema>;

/** What the daemon can do, for the API's routes to call. Each method throws `Failure` and nothing else. */
export interface Operations {
  status(): Promise<StatusAnswer>;
  sync(request: { acceptFeed: boolean }): Promise<SyncResult>;
  plan(): Promise<PlanAnswer>;
  search(query: { text: string; limit: number; offset: number }): Promise<SearchResult>;
  show(idOrSlug: string): Promise<ProductDetail | undefined>;
  why(idOrSlug: string): Promise<Why>;
  quota(): QuotaAnswer;
  get(request: GetRequest): Promise<GetResult>;
  verify(request: { products: readonly number[] }): Promise<VerifyResult>;
  repair(request: { products: readonly number[]; previous: boolean }): Promise<RepairResult>;
  pause(request: { untilMs: number | null }): Promise<StatusAnswer>;
  resume(): Promise<StatusAnswer>;
}

/** The routes: method and path of each operation below the daemon's address. */
export const routes = {
  health: { method: "GET", path: "/healthz" },
  pageCode: { method: "POST", path: "/api/v1/page-code" },
  pageSession: { method: "POST", path: "/page-session" },
  status: { method: "GET", path: "/api/v1/status" },
  events: { method: "GET", path: "/api/v1/events" },
  sync: { method: "POST", path: "/api/v1/sync" },
  plan: { method: "GET", path: "/api/v1/plan" },
  search: { method: "GET", path: "/api/v1/products" },
  show: { method: "GET", path: "/api/v1/products/:id" },
  why: { method: "GET", path: "/api/v1/products/:id/why" },
  get: { method: "POST", path: "/api/v1/downloads" },
  quota: { method: "GET", path: "/api/v1/quota" },
  verify: { method: "POST", path: "/api/v1/library/verify" },
  repair: { method: "POST", path: "/api/v1/library/repair" },
  pause: { method: "POST", path: "/api/v1/pause" },
  resume: { method: "POST", path: "/api/v1/resume" },
} as const;
