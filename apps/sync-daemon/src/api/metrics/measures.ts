import { Gauge, type Registry } from "prom-client";
import { readFreeBytes } from "../../sync/disk-room.ts";
import type { SyncParts } from "../../sync/parts.ts";
import type { QueueCounts } from "../../sync/watched-queue.ts";

export interface MeasuredParts {
  readonly parts: Pick<SyncParts, "store" | "archives" | "libraries" | "settings" | "partialFolder">;
  readonly transfers: () => QueueCounts;
  readonly installs: () => QueueCounts;
  readonly eventLoopDelay: () => { p99Ms: number; maxMs: number };
}

/** What is looked at when somebody asks. A volume that cannot be read has no value. */
export function createMeasures(registry: Registry, measured: MeasuredParts): () => Promise<void> {
  const { parts, transfers, installs, eventLoopDelay } = measured;
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `asset_sync_${name}`, help, registers });
  const queue = new Gauge({
    name: "asset_sync_queue_jobs",
    help: "Transfers and installs that wait or are under way.",
    labelNames: ["kind", "state"],
    registers,
  });
  const left = gauge("quota_left_downloads", "Downloads left, summed over all products of which one was ever spent.");
  const lowest = gauge("quota_left_lowest_downloads", "Downloads left of the product that has the fewest, of those.");
  const inDoubt = gauge("quota_in_doubt_downloads", "Spends of which nobody knows whether the shop counted them.");
  const free = new Gauge({
    name: "asset_sync_disk_free_bytes",
    help: "Bytes that can still be written on the volume of the libraries, and of the archives.",
    labelNames: ["volume"],
    registers,
  });
  const kept = gauge("archive_store_bytes", "What the kept archives take.");
  const keptLimit = gauge("archive_store_limit_bytes", "What they may take.");
  const products = gauge("catalog_products", "Products that the catalog offers.");
  const lastPoll = gauge("last_poll_time_seconds", "When it last looked for news, as Unix time.");
  const paused = gauge("paused", "1 while a pause lasts.");
  const delay = new Gauge({
    name: "asset_sync_event_loop_delay_seconds",
    help: "How late the event loop was while it synced.",
    labelNames: ["quantile"],
    registers,
  });
  const memory = new Gauge({
    name: "asset_sync_process_memory_bytes",
    help: "What the process takes: all of it resident, the heap of scripts in use, buffers outside of it.",
    labelNames: ["kind"],
    registers,
  });

  return async () => {
    const { store, archives, libraries } = parts;
    const { downloadLimit, limits } = parts.settings();
    for (const [kind, counts] of [
      ["transfer", transfers()],
      ["install", installs()],
    ] as const) {
      queue.labels(kind, "waiting").set(counts.waiting);
      queue.labels(kind, "under-way").set(counts.underWay);
    }
    const quotas = store.spends.listQuotas(downloadLimit);
    // One row for each archive, and what is left counts for the product.
    const leftByProduct = new Map(quotas.map((quota) => [quota.productId, quota.left]));
    left.set([...leftByProduct.values()].reduce((sum, count) => sum + count, 0));
    lowest.set(Math.min(downloadLimit, ...leftByProduct.values()));
    inDoubt.set(quotas.reduce((sum, quota) => sum + quota.inDoubt, 0));
    for (const [volume, folder] of [
      ["library", libraries.root],
      ["archives", parts.partialFolder],
    ] as const) {
      const bytes = await readFreeBytes(folder).catch(() => null);
      if (bytes === null) free.remove(volume);
      else free.labels(volume).set(bytes);
    }
    kept.set(archives.totalBytes());
    keptLimit.set(limits.maxArchiveStoreBytes);
    products.set(store.catalogs.countProducts());
    lastPoll.set((store.sourceState.lastPollAtMs() ?? 0) / 1_000);
    paused.set(store.sourceState.pause() === null ? 0 : 1);
    const { p99Ms, maxMs } = eventLoopDelay();
    delay.labels("0.99").set(p99Ms / 1_000);
    delay.labels("1").set(maxMs / 1_000);
    const { rss, heapUsed, external } = process.memoryUsage();
    memory.labels("resident").set(rss);
    memory.labels("heap").set(heapUsed);
    memory.labels("external").set(external);
  };
}
