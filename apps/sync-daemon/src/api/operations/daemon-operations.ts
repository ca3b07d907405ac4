import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { libraryFolders } from "../../domain/library-layout.ts";
import { assetTypes } from "../../domain/product.ts";
import { readReachableAssets } from "../../sync/reachable-assets.ts";
import type { SyncOutcome } from "../../sync/run-sync.ts";
import { apiVersion } from "../contract/api-file.ts";
import type { StatusAnswer, SyncResult } from "../contract/daemon.ts";
import type { Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";
import { describeAccount } from "./settings-operations.ts";

export function createDaemonOperations(
  settings: OperationsSettings,
): Pick<Operations, "status" | "sync" | "pause" | "resume"> {
  const { parts, loop } = settings;
  const { store } = parts;
  return {
    status: () => statusOf(settings),
    async sync(request) {
      if (store.sourceState.pause() !== null) throw new Failure("paused", "asset-sync is paused.");
      return toSyncResult(await loop.syncNow(request));
    },
    pause({ untilMs }) {
      store.sourceState.setPause({ untilMs });
      parts.queue.pause();
      parts.publish({ type: "daemon-paused" });
      return statusOf(settings);
    },
    resume() {
      store.sourceState.setPause(null);
      parts.queue.resume();
      parts.publish({ type: "daemon-resumed" });
      loop.wake();
      return statusOf(settings);
    },
  };
}

function toSyncResult(outcome: SyncOutcome): SyncResult {
  return { ...outcome, failed: outcome.failed.map((entry) => ({ ...entry })) };
}

async function statusOf(settings: OperationsSettings): Promise<StatusAnswer> {
  const { parts, loop, signal } = settings;
  const { store, libraries } = parts;
  const pause = store.sourceState.pause();
  const quiet = parts.quietHours();
  const restUntilMs = pause === null ? quiet?.untilMs : pause.untilMs;
  const conditions = libraries.conditions();
  const lastSync = store.sourceState.lastSync();
  const { assets, unreadable } = await readReachableAssets(parts, signal);
  const delay = settings.eventLoopDelay();
  const facts = settings.settings.facts();
  const isRefused = store.sourceState.signInRefusal(parts.accountFingerprint) !== null;
  const toTime = (ms: number) => new Date(ms).toISOString();
  return {
    apiVersion,
    version: settings.version,
    pid: process.pid,
    startedAt: toTime(settings.startedAtMs),
    home: settings.home,
    state: stateOf({
      isStopping: signal.aborted,
      isPaused: pause !== null,
      isQuiet: quiet !== null,
      isSyncing: loop.isSyncing,
    }),
    pausedUntil: restUntilMs == null ? null : toTime(restUntilMs),
    catalogRevision: store.catalogs.currentRevision(),
    products: store.catalogs.countProducts(),
    skipped: store.catalogs.countSkipped(),
    assets: assets.length,
    lastSync: lastSync === null ? null : { at: toTime(lastSync.atMs), result: toSyncResult(lastSync.result) },
    nextPollAt: loop.nextPollAtMs === null ? null : toTime(loop.nextPollAtMs),
    downloads: parts.progress.list().map(({ productId, title, state, transfer }) => ({
      productId,
      title,
      state,
      bytes: transfer?.bytes ?? null,
      totalBytes: transfer?.totalBytes ?? null,
      bytesPerSecond: transfer?.bytesPerSecond ?? null,
    })),
    libraries: assetTypes.map((assetType) => {
      const condition = conditions[assetType];
      const message = unreadable.get(assetType)?.message ?? (condition.state === "ready" ? null : condition.message);
      return {
        assetType,
        folder: join(libraries.root, libraryFolders[assetType]),
        state: message === null ? "ready" : "unusable",
        message,
        assets: assets.filter((asset) => asset.assetType === assetType).length,
      };
    }),
    account: describeAccount({ ...facts, isRefused }),
    isSampleShop: facts.isSampleShop,
    needsRestart: [...facts.needsRestart],
    process: {
      residentBytes: process.memoryUsage.rss(),
      eventLoopDelayP99Ms: delay.p99Ms,
      eventLoopDelayMaxMs: delay.maxMs,
    },
    notices: [...facts.notices, ...(lastSync?.result.failed.map(({ code, message }) => ({ code, message })) ?? [])],
  };
}

/** A sync in the quiet hours only looks for news and finishes what is paid for, so they are what a person should see. */
function stateOf(now: {
  isStopping: boolean;
  isPaused: boolean;
  isQuiet: boolean;
  isSyncing: boolean;
}): StatusAnswer["state"] {
  if (now.isStopping) return "stopping";
  if (now.isPaused) return "paused";
  if (now.isQuiet) return "quiet";
  return now.isSyncing ? "syncing" : "idle";
}
