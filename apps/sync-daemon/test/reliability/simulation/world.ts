import { join } from "node:path";
import type { World } from "./current-world.ts";
import { createGate } from "./gate.ts";
import { createRandom } from "./random.ts";
import { real } from "./real-calls.ts";
import { createScheduler } from "./scheduler.ts";
import { createTrace } from "./trace.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const startMs = Date.UTC(2026, 0, 15, 9);

export interface LivingWorld extends World {
  /** Called between two steps of the engine, where others act at the same time. */
  setBetween(act: () => void): void;
  /** After a crash: makes the disk what the dead process left, with `power` also without what it had not flushed. */
  bury(options: { power: boolean }): Promise<void>;
}

/** A world in `root`, which must be an empty folder. */
export function createWorld(settings: { seed: number; root: string }): LivingWorld {
  const { seed, root } = settings;
  const random = createRandom(seed);
  const clock = createVirtualClock(startMs);
  const trace = createTrace();
  const openFiles = new Map<number, string>();
  const unflushed = new Set<number>();
  const databases = new Set<{ abandon(): void }>();
  const stateFolder = join(root, "home", "state");
  let between: () => void = () => undefined;
  let deaths = 0;
  let left: Map<string, Buffer> | null = null;

  const gate = createGate({
    random,
    trace,
    onDeath() {
      deaths += 1;
      left = readFiles(stateFolder);
    },
  });
  const scheduler = createScheduler({ random, clock, between: () => between() });

  return {
    root,
    stateFolder,
    random,
    names: createRandom(seed ^ 0x5f3759df),
    clock,
    trace,
    scheduler,
    gate,
    openFiles,
    unflushed,
    databases,
    violations: [],
    crashes: () => deaths,
    freeBytes: 1e12,
    setBetween(act) {
      between = act;
    },
    async bury({ power }) {
      await scheduler.clear();
      for (const database of databases) database.abandon();
      databases.clear();
      for (const fd of openFiles.keys()) real.closeSync(fd);
      openFiles.clear();
      if (left !== null) writeFiles(stateFolder, left);
      left = null;
      if (power) for (const path of listFiles(root)) loseUnflushed(path);
      unflushed.clear();
    },
  };

  /** Of what was not flushed a power cut leaves nothing, a part or all. */
  function loseUnflushed(path: string): void {
    const { ino, size } = real.lstatSync(path);
    if (!unflushed.has(ino) || path.startsWith(join(stateFolder, "state.db")) || random.chance(0.3)) return;
    const kept = random.chance(0.5) ? 0 : random.below(size + 1);
    trace.add(`power cut leaves ${kept} of ${size} bytes of ${path.slice(root.length + 1)}`);
    real.truncateSync(path, kept);
  }
}

function readFiles(folder: string): Map<string, Buffer> {
  if (!real.existsSync(folder)) return new Map();
  const names = real.readdirSync(folder).filter((name) => real.lstatSync(join(folder, name)).isFile());
  return new Map(names.map((name) => [name, real.readFileSync(join(folder, name))]));
}

function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): void {
  if (!real.existsSync(folder)) return;
  for (const name of real.readdirSync(folder)) {
    if (!files.has(name) && real.lstatSync(join(folder, name)).isFile()) real.rmSync(join(folder, name));
  }
  // The index of the log is memory of the dead process.
  for (const [name, bytes] of files) {
    if (name.endsWith("-shm")) real.rmSync(join(folder, name), { force: true });
    else real.writeFileSync(join(folder, name), bytes);
  }
}

/** All files below a folder, in a fixed order; links are not followed. */
export function listFiles(folder: string): string[] {
  if (!real.existsSync(folder)) return [];
  return real
    .readdirSync(folder, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return entry.isFile() ? [path] : [];
    });
}
