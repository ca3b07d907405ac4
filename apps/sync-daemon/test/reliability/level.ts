import { randomInt } from "node:crypto";
import process from "node:process";

/** How often a reliability suite injects: what every commit can afford, or what a night can. */
export type Level = "commit" | "nightly";

/** `RELIABILITY=nightly` is set by `pnpm test:nightly`; everything else runs the counts of a commit. */
export function level(): Level {
  return process.env.RELIABILITY === "nightly" ? "nightly" : "commit";
}

/** The count of this level. */
export function count(counts: Readonly<Record<Level, number>>): number {
  return counts[level()];
}

/** The seed of this run: `RELIABILITY_SEED` to repeat one, any other number otherwise. Whoever uses it prints it on failure. */
export function runSeed(): number {
  const given = process.env.RELIABILITY_SEED;
  return given === undefined ? randomInt(2 ** 31) : Number(given);
}
