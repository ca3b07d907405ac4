import { appendFileSync } from "node:fs";
import process from "node:process";
import { level } from "./level.ts";

/** One row of `docs/reliability.md`: what a suite injected and what came of it. */
export interface Finding {
  /** The test of the reliability plan, such as `T1`. */
  readonly test: string;
  /** What was injected into what, in a few words. */
  readonly what: string;
  /** How often it was injected and seen to have happened. An injection that did not fire does not count. */
  readonly injections: number;
  /** How often the outcome was not the promised one. */
  readonly wrong: number;
  /** How many product revisions were paid for more than once. Null where nothing is paid for. */
  readonly secondSpends: number | null;
  readonly seed: number | null;
  readonly ms: number;
  /** What else was counted, in one short sentence. */
  readonly note?: string;
}

/** Adds a row for the table of `docs/reliability.md`, when this run collects them (`RELIABILITY_RESULTS` names the file). */
export function record(finding: Finding): void {
  const file = process.env.RELIABILITY_RESULTS;
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify({ level: level(), ...finding })}\n`);
}

/** Says in the output and in the table that a suite cannot run here, and why. Give the reason to `it.skipIf` as well. */
export function recordSkipped(test: string, what: string, because: string): void {
  process.stdout.write(`${test} skipped, because ${because}\n`);
  const file = process.env.RELIABILITY_RESULTS;
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify({ level: level(), test, what, skipped: because })}\n`);
}
