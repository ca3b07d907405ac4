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

/** What every commit is tried with, so that two runs over one commit say the same. New ones are tried at night. */
const commitSeed = 20_261_123;

/** The seed of this run: `RELIABILITY_SEED` to repeat one, at night any other number. Whoever uses it prints it on failure. */
export function runSeed(): number {
  const given = process.env.RELIABILITY_SEED;
  if (given !== undefined) return Number(given);
  return level() === "nightly" ? randomInt(2 ** 31) : commitSeed;
}
