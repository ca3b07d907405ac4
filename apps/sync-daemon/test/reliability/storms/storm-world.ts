import "../simulation/injected-files.ts";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { SyncSettings } from "../../../src/sync/parts.ts";
import { startSyncLoop } from "../../../src/sync/sync-loop.ts";
import { enterWorld, leaveWorld } from "../simulation/current-world.ts";
import { type Engine, homeFolders, startEngine } from "../simulation/engine.ts";
import { injectGlobals, loadArchiveTasks } from "../simulation/injected-machine.ts";
import { real } from "../simulation/real-calls.ts";
import { createWorld, type LivingWorld } from "../simulation/world.ts";
import { createStormSource, type Storm, type StormSource } from "./storm-source.ts";

export const hourMs = 60 * 60_000;
export const pollMs = 8 * hourMs;

export interface StormWorld {
  readonly world: LivingWorld;
  readonly source: StormSource;
  /** Lets the daemon's own loop follow the shop for so long; what it does takes no time of ours. */
  follow(ms: number): Promise<void>;
  readonly engine: Engine;
}

/** The engine with its loop over a virtual clock, and a shop that answers as `storm` says. Gone when the test ends. */
export async function startStorm(storm: Storm, options: { seed: number; products: number }): Promise<StormWorld> {
  await loadArchiveTasks();
  const root = mkdtempSync(join(real.existsSync("/dev/shm") ? "/dev/shm" : "/tmp", "asset-sync-storm-"));
  const world = createWorld({ seed: options.seed, root });
  const restoreGlobals = injectGlobals();
  enterWorld(world);
  onTestFinished(async () => {
    await world.bury({ power: false });
    leaveWorld();
    restoreGlobals();
    real.rmSync(root, { recursive: true, force: true });
  });
  for (const folder of ["home", ...homeFolders.map((name) => `home/${name}`)])
    real.mkdirSync(join(root, folder), { mode: 0o700 });
  const source = createStormSource({ world, storm, products: options.products });
  const settings: SyncSettings = {
    wanted: [{ search: "thing" }],
    updates: "auto",
    downloadLimit: 4,
    keepInReserve: 0,
    limits: {
      downloads: 3,
      bandwidthBytesPerSecond: null,
      diskFloorBytes: 1_000,
      maxArchiveBytes: 1e6,
      maxExtractedBytes: 1e6,
      maxEntries: 100,
      maxArchiveStoreBytes: 1e9,
    },
  };
  const starting = startEngine({ world, source: source.source, settings, publish: () => undefined });
  await world.scheduler.run(starting, () => false);
  const engine = await starting;
  const { parts, stopping } = engine;
  const { random } = world;
  const begin = () =>
    startSyncLoop({
      parts,
      follow: true,
      pollMs: () => pollMs,
      pause: () => parts.store.sourceState.pause(),
      random: random.next,
      signal: stopping.signal,
    });
  let isFollowing = false;
  return {
    world,
    source,
    engine,
    async follow(ms) {
      if (!isFollowing) begin();
      isFollowing = true;
      const endMs = world.clock.monotonicMs() + ms;
      await world.scheduler.run(new Promise(() => undefined), () => world.clock.monotonicMs() >= endMs);
    },
  };
}
