import { Failure } from "../../domain/failure.ts";
import { apiVersion } from "../contract/api-file.ts";
import type { StatusAnswer } from "../contract/daemon.ts";
import { type OperationName, type Operations, operationRoutes } from "../contract/operations.ts";

/** What can be asked of a daemon that has no configuration yet. Everything else is refused with `set-up-missing`. */
export function createSetupOperations(settings: {
  readonly version: string;
  readonly home: string;
  readonly startedAtMs: number;
  readonly settings: Pick<Operations, "settings" | "setUp" | "restart">;
  /** Why it is not set up, where that is not because it is new. */
  readonly notices: readonly { code: string; message: string }[];
  readonly signal: AbortSignal;
}): Operations {
  const refuse = async (): Promise<never> => {
    throw new Failure("set-up-missing", "asset-sync is not set up yet.");
  };
  const names = Object.keys(operationRoutes) as OperationName[];
  const refusing = Object.fromEntries(names.map((name) => [name, refuse])) as Record<OperationName, typeof refuse>;
  return { ...refusing, ...settings.settings, status: async () => statusOf(settings) };
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
