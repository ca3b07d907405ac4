import { apiVersion } from "../contract/api-file.ts";
import type { StatusAnswer } from "../contract/daemon.ts";
import type { Operations } from "../contract/operations.ts";

/** What can be asked of a daemon that has no configuration yet. Everything else is not there. */
export function createSetupOperations(settings: {
  readonly version: string;
  readonly home: string;
  readonly startedAtMs: number;
  readonly settings: Pick<Operations, "settings" | "setUp" | "restart">;
  /** Why it is not set up, where that is not because it is new. */
  readonly notices: readonly { code: string; message: string }[];
  readonly signal: AbortSignal;
}): Pick<Operations, "status" | "settings" | "setUp" | "restart"> {
  return { ...settings.settings, status: async () => statusOf(settings) };
}

function statusOf(settings: Parameters<typeof createSetupOperations>[0]): StatusAnswer {
  return {
    apiVersion,
    version: settings.version,
    pid: process.pid,
    startedAt: new Date(settings.startedAtMs).toISOString(),
    home: settings.home,
    state: settings.signal.aborted ? "stopping" : "setup",
    pausedUntil: null,
    catalogRevision: null,
    products: 0,
    skipped: 0,
    assets: 0,
    lastSync: null,
    nextPollAt: null,
    downloads: [],
    libraries: [],
    account: { state: "none", username: null },
    isSampleShop: false,
    needsRestart: [],
    process: { residentBytes: process.memoryUsage.rss(), eventLoopDelayP99Ms: 0, eventLoopDelayMaxMs: 0 },
    notices: [...settings.notices],
  };
}
