import type { WatchedEvent } from "@org/sync-daemon/contract/activity";

export const eventKinds = ["syncs", "downloads", "spends", "library", "daemon"] as const;
export type EventKind = (typeof eventKinds)[number];

const kinds: readonly (readonly [string, EventKind])[] = [
  ["spend-", "spends"],
  ["download", "downloads"],
  ["asset-", "library"],
  ["library-", "library"],
  ["catalog-file-", "library"],
  ["sync-", "syncs"],
  ["catalog-", "syncs"],
  ["plan-", "syncs"],
];

export const kindOf = (type: WatchedEvent["type"]): EventKind =>
  kinds.find(([start]) => type.startsWith(start))?.[1] ?? "daemon";

const troubles: ReadonlySet<WatchedEvent["type"]> = new Set([
  "sync-failed",
  "catalog-refused",
  "spend-in-doubt",
  "download-failed",
  "asset-removed",
  "library-lost",
  "config-refused",
  "state-rebuilt",
] as const);

/** Should a person perhaps look at it? */
export const isTrouble = (event: WatchedEvent): boolean =>
  troubles.has(event.type) || (event.type === "library-moved" && event.state === "failed");
