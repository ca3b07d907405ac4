import "./injected-files.ts";
import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { count, runSeed as firstSeed, level } from "../level.ts";
import { record } from "../record.ts";
import { prepareSeeds, runSeed, type SeedResult } from "./run-seed.ts";

const seeds = process.env.RELIABILITY_SEED === undefined ? count({ commit: 150, nightly: 400, release: 10_000 }) : 1;
const repeated = count({ commit: 3, nightly: 20, release: 50 });
const first = firstSeed();

function explain(result: SeedResult): string {
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  return [
    `seed ${result.seed}, commit ${commit}, step ${result.steps} (repeat with RELIABILITY_SEED=${result.seed})`,
    ...result.violations,
    ...result.lastLines,
  ].join("\n");
}

/** What must have happened somewhere among so many seeds, or the suite proves less than it says. */
const mustHaveFired: Readonly<Record<string, RegExp>> = {
  "a crash before a change": /^crash before/,
  "a crash in the middle of a write": /^crash torn/,
  "a crash after a rename": /^crash after rename/,
  "a crash at a commit of the database": /^crash (?:before|after) sqlite commit/,
  "a full disk": /^ENOSPC$/,
  "a used up quota of the disk": /^EDQUOT$/,
  "a failing disk": /^EIO$/,
  "no more open files": /^EMFILE$/,
  "a refused access": /^EACCES$/,
  "a full disk under the database": /^SQLITE_FULL$/,
  "a lost answer to a spend": /^answer lost$/,
  "a cut transfer": /^transfer cut$/,
  "other bytes than the shop's": /^sends other bytes$/,
  "a page in place of a zip": /^sends a page$/,
  "a wrong length": /^announces too little$/,
  "an expired link": /^link expired$/,
  "a download that a person held": /^person holds a download$/,
  "a download that a person cancelled": /^person cancels a download$/,
  "a download that a person resumed": /^person resumes a download$/,
};

describe(`the whole engine in simulation, seeds ${first} and following`, () => {
  beforeAll(prepareSeeds);

  it("does the same thing again for the same seed", async () => {
    for (let seed = first; seed < first + repeated; seed += 1) {
      const [one, two] = [await runSeed(seed), await runSeed(seed)];
      expect(two.traceHash, `seed ${seed}`).toBe(one.traceHash);
    }
  });

  it(`keeps its promises in ${seeds} plays`, { timeout: level() !== "commit" ? 3_600_000 : 900_000 }, async () => {
    const startMs = performance.now();
    const fired = new Map<string, number>();
    const wrong: SeedResult[] = [];
    let secondSpends = 0;
    for (let seed = first; seed < first + seeds; seed += 1) {
      const result = await runSeed(seed);
      for (const [what, times] of result.fired) fired.set(what, (fired.get(what) ?? 0) + times);
      secondSpends += result.secondSpends;
      if (result.violations.length > 0) wrong.push(result);
    }
    const crashes = [...fired].reduce((sum, [what, times]) => sum + (what.startsWith("crash") ? times : 0), 0);
    record({
      test: "T23",
      what: "the engine in simulation: crashes, failing calls, a shop in trouble, a person at work",
      injections: [...fired.values()].reduce((sum, times) => sum + times, 0),
      wrong: wrong.length,
      secondSpends,
      seed: first,
      ms: performance.now() - startMs,
      note: `${seeds} plays, ${crashes} crashes; a second spend stands for an answer that was lost`,
    });
    expect(wrong.map(explain).join("\n\n")).toBe("");
    if (seeds === 1) return;
    for (const [what, name] of Object.entries(mustHaveFired))
      expect(
        [...fired.keys()].some((one) => name.test(one)),
        `${what} happened`,
      ).toBe(true);
  });
});
