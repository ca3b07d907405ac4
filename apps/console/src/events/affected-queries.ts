import type { OperationName } from "@org/sync-daemon/contract/operations";

const everything = "everything";
export type Affected = readonly OperationName[] | typeof everything;

const catalog: readonly OperationName[] = ["search", "facets", "show", "why"];
const transfers: readonly OperationName[] = ["status", "downloads"];
const counters: readonly OperationName[] = ["search", "facets", "show", "quota", "ledger"];
const disk: readonly OperationName[] = [
  "search",
  "facets",
  "show",
  "why",
  "status",
  "library",
  "assets",
  "plan",
  "previewPlan",
];

/** Which answers an event makes old. Progress makes none old: it is shown by itself. */
const affected: Readonly<Record<string, Affected>> = {
  "events-lost": everything,
  "sync-started": ["status", "downloads"],
  "sync-finished": everything,
  "sync-failed": ["status", "plan", "downloads"],
  "catalog-replaced": [...catalog, "status", "plan", "previewPlan", "assets", "library"],
  "catalog-refused": ["status"],
  "plan-made": ["plan", "status", "downloads"],
  "spend-reserved": counters,
  "spend-confirmed": counters,
  "spend-released": counters,
  "spend-in-doubt": counters,
  "download-started": transfers,
  "download-progressed": [],
  "download-fetched": transfers,
  "download-failed": [...transfers, "why"],
  "downloads-changed": [...transfers, "plan", "previewPlan"],
  "asset-committed": [...disk, "downloads"],
  "asset-removed": disk,
  "asset-edited": ["show", "assets"],
  "library-lost": ["status", "library"],
  "library-found": disk,
  "library-recovered": disk,
  "catalog-file-updated": [],
  "catalog-file-edited": [],
  "library-moved": ["library", "status"],
  "config-changed": ["settings", "status", "plan"],
  "config-refused": ["settings", "status"],
  "state-rebuilt": everything,
  "page-opened": [],
  "daemon-paused": ["status", "downloads"],
  "daemon-resumed": ["status", "downloads"],
  "daemon-stopping": ["status"],
};

/** An unknown type comes from a newer daemon: ask for everything, to be right at least. What happened grows with each. */
export function queriesAffectedBy(type: string): Affected {
  const names = affected[type] ?? everything;
  return names === everything || type === "download-progressed" ? names : [...names, "activity"];
}
