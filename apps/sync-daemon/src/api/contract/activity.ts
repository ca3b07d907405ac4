import { z } from "zod";
import { assetTypeSchema } from "./products.ts";
import { defineRoutes } from "./route.ts";

const onProduct = { productId: z.number(), title: z.string() };
const said = { code: z.string(), message: z.string() };

/** What goes over `/api/v1/events` and a person is shown. Other types are passed over by the reader. */
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
  z.object({
    type: z.enum(["spend-reserved", "spend-confirmed", "spend-released", "spend-in-doubt"]),
    productId: z.number(),
    downloadId: z.string(),
    message: z.string(),
  }),
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
  z.object({ type: z.literal("downloads-changed") }),
  z.object({
    type: z.literal("asset-committed"),
    ...onProduct,
    assetType: assetTypeSchema,
    folder: z.string(),
    note: z.string().optional(),
  }),
  z.object({
    type: z.enum(["asset-removed", "asset-edited"]),
    productId: z.number(),
    assetType: assetTypeSchema,
    folder: z.string(),
  }),
  z.object({ type: z.enum(["catalog-file-updated", "catalog-file-edited"]), assetType: assetTypeSchema }),
  z.object({ type: z.literal("library-lost"), assetType: assetTypeSchema, ...said }),
  z.object({ type: z.literal("library-found"), assetType: assetTypeSchema }),
  z.object({
    type: z.literal("library-recovered"),
    assetType: assetTypeSchema,
    restored: z.array(z.string()),
    finished: z.array(z.string()),
    unresolved: z.array(z.string()),
  }),
  z.object({
    type: z.literal("library-moved"),
    state: z.enum(["copying", "checking", "done", "failed"]),
    doneBytes: z.number(),
    totalBytes: z.number(),
    message: z.string().nullable(),
  }),
  z.object({ type: z.literal("config-changed"), applied: z.array(z.string()), needsRestart: z.array(z.string()) }),
  z.object({ type: z.literal("config-refused"), message: z.string() }),
  z.object({ type: z.literal("state-rebuilt"), message: z.string() }),
  z.object({ type: z.literal("page-opened") }),
  z.object({ type: z.enum(["daemon-paused", "daemon-resumed", "daemon-stopping"]) }),
]);
export type WatchedEvent = z.infer<typeof watchedEventSchema>;

/** In place of events that are no longer kept: ask for the state itself instead. */
export const eventsLostSchema = z.object({ type: z.literal("events-lost"), id: z.number(), at: z.string() });

/** As it was published: with an increasing number and its time. */
export const publishedEventSchema = z.intersection(z.object({ id: z.number(), at: z.string() }), watchedEventSchema);
export type PublishedWatchedEvent = z.infer<typeof publishedEventSchema>;

export const activitySchema = z.object({ events: z.array(publishedEventSchema) });
export type ActivityAnswer = z.infer<typeof activitySchema>;

export const activityRoutes = defineRoutes({
  activity: {
    method: "GET",
    path: "/api/v1/activity",
    tag: "activity",
    summary: "What happened since the daemon started, newest first; the last thousand events are kept.",
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(200) }),
    answer: activitySchema,
  },
});
