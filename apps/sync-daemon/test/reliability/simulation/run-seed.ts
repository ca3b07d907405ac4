import "./injected-files.ts";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { enterWorld, leaveWorld } from "./current-world.ts";
import { injectGlobals, loadArchiveTasks } from "./injected-machine.ts";
import { createPlay, type Manner, type Play } from "./play.ts";
import { real } from "./real-calls.ts";
import { createWorld } from "./world.ts";

/** What one seed did and what came of it. */
export interface SeedResult {
  readonly seed: number;
  readonly traceHash: string;
  readonly steps: number;
  /** Each breach of a promise in one sentence; empty if all held. */
  readonly violations: readonly string[];
  /** Faults that really happened, by name. */
  readonly fired: ReadonlyMap<string, number>;
  /** The last lines of the trace. */
  readonly lastLines: readonly string[];
  readonly secondSpends: number;
  readonly charges: number;
}

/** To be called once before the first seed. */
export async function prepareSeeds(): Promise<void> {
  await loadArchiveTasks();
}

/** In memory where the machine offers that: nothing is proved about its disk here. */
const parentFolder = real.existsSync("/dev/shm") ? "/dev/shm" : "/tmp";

/** Runs the program of one seed from an empty disk to its end. Never throws: what goes wrong is a violation. */
export async function runSeed(
  seed: number,
  { parent = parentFolder, manner = "anything" }: { parent?: string; manner?: Manner } = {},
): Promise<SeedResult> {
  const root = mkdtempSync(join(parent, "asset-sync-simulation-"));
  const world = createWorld({ seed, root });
  const restoreGlobals = injectGlobals();
  enterWorld(world);
  let play: Play | undefined;
  try {
    play = createPlay(world, manner);
    await play.run();
  } catch (error) {
    world.violations.push(
      `The simulation ended early: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  } finally {
    world.gate.setTrouble(null);
    play?.person.close();
    await world.bury({ power: false });
    leaveWorld();
    restoreGlobals();
    real.rmSync(root, { recursive: true, force: true });
  }
  return {
    seed,
    traceHash: world.trace.hash(),
    steps: world.trace.steps,
    violations: world.violations,
    fired: new Map([...world.gate.fired, ...(play?.shop.fired ?? []), ...(play?.wishes.fired ?? [])]),
    lastLines: world.trace.last(),
    secondSpends: play?.secondSpends() ?? 0,
    charges: play?.charges() ?? 0,
  };
}
