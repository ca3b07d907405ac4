import type { Gate } from "./gate.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Everything around the engine that a seed decides. */
export interface World {
  /** Absolute; all that the engine may touch lies below. */
  readonly root: string;
  /** Folder of the state, whose database is not written through the gate. */
  readonly stateFolder: string;
  readonly random: Random;
  /** Its own sequence, so that names of files do not decide what happens. */
  readonly names: Random;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly scheduler: Scheduler;
  readonly gate: Gate;
  /** Open files of the engine, with their paths. */
  readonly openFiles: Map<number, string>;
  /** Files that were written and not brought to the disk since, by inode. */
  readonly unflushed: Set<number>;
  /** Open databases of the engine; ended without a trace when it dies. */
  readonly databases: Set<{ abandon(): void }>;
  /** What went wrong; found while the engine runs, so that nothing of it can catch it. */
  readonly violations: string[];
  /** How often the process died. */
  crashes(): number;
  /** Bytes that `statfs` says are free. */
  freeBytes: number;
}

let current: World | null = null;

/** The world whose engine runs now; null: calls go to the machine as always. */
export function currentWorld(): World | null {
  return current;
}

export function enterWorld(world: World): void {
  if (current !== null) throw new Error("One simulation at a time.");
  current = world;
}

export function leaveWorld(): void {
  current = null;
}

/** The path below the root, or null for what is none of the simulation's. Follows `/proc/self/fd/N`. */
export function placeOf(world: World, path: string): string | null {
  const viaHandle = /^\/proc\/self\/fd\/(\d+)(.*)$/.exec(path);
  const whole = viaHandle === null ? path : `${world.openFiles.get(Number(viaHandle[1])) ?? "?"}${viaHandle[2]}`;
  if (whole === world.root) return "";
  return whole.startsWith(`${world.root}/`) ? whole.slice(world.root.length + 1) : null;
}
