import "../simulation/injected-files.ts";
import { tmpdir } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { count, runSeed as firstSeed } from "../level.ts";
import { record } from "../record.ts";
import { prepareSeeds, runSeed } from "../simulation/run-seed.ts";

const sequences = process.env.RELIABILITY_SEED === undefined ? count({ commit: 20, nightly: 100, release: 500 }) : 1;
const first = firstSeed();

describe(`a person at work during updates and repairs, seeds ${first} and following`, () => {
  beforeAll(prepareSeeds);

  it(`loses nothing in ${sequences} sequences of 20 rounds`, { timeout: 1_200_000 }, async () => {
    const startMs = performance.now();
    const wrong: string[] = [];
    for (let seed = first; seed < first + sequences; seed += 1) {
      // On a real disk: what is renamed, linked and kept open there is what is promised about.
      const result = await runSeed(seed, { parent: tmpdir(), manner: "person" });
      if (result.violations.length > 0)
        wrong.push([`RELIABILITY_SEED=${seed}`, ...result.violations, ...result.lastLines.slice(-30)].join("\n"));
    }
    record({
      test: "T18",
      what: "a person who edits, adds, deletes, renames, links, keeps open and changes modes during update and repair",
      injections: sequences * 20,
      wrong: wrong.length,
      secondSpends: 0,
      seed: first,
      ms: performance.now() - startMs,
      note: "injections are rounds, each with one deed or more",
    });
    expect(wrong.join("\n\n")).toBe("");
  });
});
