import { z } from "zod";
import { reasonSchema } from "./problem.ts";
import { assetTypeSchema } from "./products.ts";
import { defineRoutes } from "./route.ts";

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
export type SyncResult = z.infer<typeof syncResultSchema>;

export const statusSchema = z.object({
  apiVersion: z.number(),
  version: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  home: z.string(),
  /** `setup`: nothing is configured yet, and only the settings can be used. `quiet`: within the quiet hours. */
  state: z.enum(["setup", "idle", "syncing", "paused", "quiet", "stopping"]),
  /** When a pause or the quiet hours end by themselves. */
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
      assetType: assetTypeSchema,
      folder: z.string(),
      state: z.enum(["ready", "unusable"]),
      message: z.string().nullable(),
      assets: z.number(),
    }),
  ),
  /** `none`: no user name is set; `no-password`; `refused`: the shop said no to it; `set`: not refused so far. */
  account: z.object({ state: z.enum(["none", "no-password", "refused", "set"]), username: z.string().nullable() }),
  /** Is the shop a sandbox on this machine? Then nothing costs anything. */
  isSampleShop: z.boolean(),
  /** Keys of the configuration that were changed and wait for a restart. */
  needsRestart: z.array(z.string()),
  /** What the daemon takes of the machine: memory now, and how late it answered at worst while it synced. */
  process: z.object({
    residentBytes: z.number(),
    eventLoopDelayP99Ms: z.number(),
    eventLoopDelayMaxMs: z.number(),
  }),
  /** Things a person should look at, as sentences. */
  notices: z.array(reasonSchema),
});
export type StatusAnswer = z.infer<typeof statusSchema>;

const syncRequestSchema = z.strictObject({
  /** Apply a feed that the guard refused, once. */
  acceptFeed: z.boolean().default(false),
});

const pauseRequestSchema = z.strictObject({ untilMs: z.number().int().positive().nullable().default(null) });

export const daemonRoutes = defineRoutes({
  status: {
    method: "GET",
    path: "/api/v1/status",
    tag: "daemon",
    summary: "What asset-sync is doing and how the libraries are.",
    answer: statusSchema,
  },
  sync: {
    method: "POST",
    path: "/api/v1/sync",
    tag: "daemon",
    summary: "Look for news and fetch what the rules ask for, once; answers when it is done.",
    spends: "What the plan says: `GET /api/v1/plan` prices it.",
    body: syncRequestSchema,
    answer: syncResultSchema,
  },
  pause: {
    method: "POST",
    path: "/api/v1/pause",
    tag: "daemon",
    summary: "Fetch nothing by itself for a while, or until resumed.",
    body: pauseRequestSchema,
    answer: statusSchema,
  },
  resume: {
    method: "POST",
    path: "/api/v1/resume",
    tag: "daemon",
    summary: "Go on after a pause.",
    body: z.strictObject({}),
    answer: statusSchema,
  },
});
