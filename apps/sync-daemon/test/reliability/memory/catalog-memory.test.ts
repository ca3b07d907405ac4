// T21, the feed's half: what a large shop costs the daemon's memory and its event loop.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { PlanAnswer } from "../../../src/api/contract/plan.ts";
import { makeScene, until } from "../../scene/scene.ts";
import { count, level } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { findCatalogProcess, readMemory, type ServedDaemon, serve } from "./served-daemon.ts";

/** I14 of the reliability plan. */
const promised = { residentBytes: 256_000_000, eventLoopDelayP99Ms: 100 };

/** What a catalog may add to a daemon that has 22 products: reading in pages, and what V8 has not given back yet. */
const growthBytes = 48_000_000;

const reason = existsSync("/proc/self/status") ? null : "there is no /proc to read another process's memory from";
if (reason !== null) recordSkipped("T21", "memory with a large shop", reason);

const clayVase = 132611;

interface Seen {
  readonly daemon: ServedDaemon;
  readonly peakBytes: number;
  readonly settledBytes: number;
  readonly childPeakBytes: number;
  readonly delay: { p99Ms: number; maxMs: number };
}

/** Two refreshes, a plan, searches and pages of a shop, and what the process took for it. */
async function watchDaemon(generatedProducts: number, wanted: unknown[]): Promise<Seen> {
  const scene = await makeScene({ wanted, sandbox: { generatedProducts } });
  const daemon = await serve(scene);
  let childPeakBytes = 0;
  const watch = setInterval(async () => {
    const child = await findCatalogProcess(daemon.pid);
    const memory = child === undefined ? undefined : await readMemory(child);
    childPeakBytes = Math.max(childPeakBytes, memory?.peakBytes ?? 0);
  }, 50);
  try {
    const whole = async () => (await daemon.status()).lastSync?.result;
    const first = await until("the first sync", whole, 300_000);
    expect(first.products).toBe(22 + generatedProducts);
    scene.sandbox.updateProduct(clayVase, { fields: { name: "Repainted Vase" } });
    await daemon.sync();
    expect((await daemon.search("repainted")).products.map(({ productId }) => productId)).toEqual([clayVase]);
    for (const text of ["", "vase", "a", "wood metal", "no such thing at all"]) await daemon.search(text);
    await daemon.call<PlanAnswer>("GET", "/api/v1/plan");
    await sleep(2_000);
    const { process: own } = await daemon.status();
    const memory = await readMemory(daemon.pid);
    if (memory === undefined) throw new Error("the daemon is gone");
    // An injection that did not happen proves nothing: a process of its own must have had the feed.
    expect(childPeakBytes).toBeGreaterThan(0);
    return {
      daemon,
      peakBytes: memory.peakBytes,
      settledBytes: memory.residentBytes,
      childPeakBytes,
      delay: { p99Ms: own.eventLoopDelayP99Ms, maxMs: own.eventLoopDelayMaxMs },
    };
  } finally {
    clearInterval(watch);
    await daemon.stop();
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

it.skipIf(reason !== null)(
  "a large shop is not in the daemon's memory",
  async () => {
    const startedMs = Date.now();
    const products = count({ commit: 10_000, nightly: 100_000 });
    const wanted = [{ productId: clayVase }, { tag: "no such tag" }];
    const small = await watchDaemon(0, wanted);
    const large = await watchDaemon(products, wanted);
    const failed =
      large.peakBytes > promised.residentBytes ||
      large.peakBytes > small.peakBytes + growthBytes ||
      (level() !== "commit" && large.delay.p99Ms > promised.eventLoopDelayP99Ms);
    const note = `peak ${megabytes(large.peakBytes)} (22 products: ${megabytes(small.peakBytes)}), settled ${megabytes(large.settledBytes)}, the process that builds ${megabytes(large.childPeakBytes)}, event loop p99 ${large.delay.p99Ms} ms, longest ${large.delay.maxMs} ms`;
    record({
      test: "T21",
      what: `two refreshes of ${products} products, searches, a plan`,
      injections: 2,
      wrong: failed ? 1 : 0,
      secondSpends: 0,
      seed: null,
      ms: Date.now() - startedMs,
      note,
    });
    expect(large.peakBytes, note).toBeLessThanOrEqual(promised.residentBytes);
    expect(large.peakBytes, note).toBeLessThanOrEqual(small.peakBytes + growthBytes);
    if (level() !== "commit") expect(large.delay.p99Ms, note).toBeLessThanOrEqual(promised.eventLoopDelayP99Ms);
  },
  count({ commit: 180_000, nightly: 600_000 }),
);
