import { randomInt } from "node:crypto";
import process from "node:process";

/**
 * How often a reliability suite injects: what every commit can afford, what an hour on two cores can, or the counts that the
 * reliability plan gives a night, which take some hours. See docs/decisions/0058.
 */
export type Level = "commit" | "nightly" | "release";

/** `pnpm test:nightly` and `pnpm test:release` set `RELIABILITY`; everything else runs the counts of a commit. */
export function level(): Level {
  const wanted = process.env.RELIABILITY;
  return wanted === "nightly" || wanted === "release" ? wanted : "commit";
}

/** The count of this level; without one for a release, that of a night. */
export function count(counts: {
  readonly commit: number;
  readonly nightly: number;
  readonly release?: number;
}): number {
  return { release: counts.nightly, ...counts }[level()];
}

/** What every commit is tried with, so that two runs over one commit say the same. New ones are tried at night. */
const commitSeed = 20_261_123;

/** The seed of this run: `RELIABILITY_SEED` to repeat one, else any other number. Whoever uses it prints it on failure. */
export function runSeed(): number {
  const given = process.env.RELIABILITY_SEED;
  if (given !== undefined) return Number(given);
  return level() === "commit" ? commitSeed : randomInt(2 ** 31);
}
