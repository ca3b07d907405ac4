import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { count, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { createChance } from "./chance.ts";
import { chargingModels } from "./charging-models.ts";
import { mountOptions } from "./loop-disk.ts";
import { countOperations, cutPower, type PlannedCut } from "./power-cut.ts";
import { cutModes, type PowerDisk, startPowerDisk } from "./power-disk.ts";
import { diskBytes, openPowerLab, type PowerLab, whyNoPowerLab } from "./power-lab.ts";
import { type Phase, phases } from "./power-shop.ts";

const reason = await whyNoPowerLab();
if (reason !== null) recordSkipped("T3", "power cuts", reason);

/** A disk of its own, and what is on it as each phase begins and ends. */
interface LabWithDisk {
  readonly lab: PowerLab;
  readonly disk: PowerDisk;
}

// A night has both cores for it, and each share waits for its disk now and then.
const shares = count({ commit: 1, nightly: 3 });

describe.skipIf(reason !== null)("the power goes", () => {
  const closing: (() => Promise<void>)[] = [];
  const labs: LabWithDisk[] = [];
  const operations: Record<Phase, number> = { install: 0, update: 0 };

  beforeAll(async () => {
    for (let share = 0; share < shares; share += 1) {
      const lab = await openPowerLab();
      closing.unshift(lab.close);
      const disk = await startPowerDisk({ within: lab.work, folder: lab.disk, bytes: diskBytes });
      closing.unshift(disk.close);
      labs.push({ lab, disk });
    }
    const [{ lab, disk }] = labs as [LabWithDisk];
    for (const phase of phases) operations[phase] = await countOperations(lab, disk, phase);
  }, 600_000);

  afterAll(async () => {
    for (const close of closing) await close();
  });

  it(
    "and nothing acknowledged is lost, no half asset is there, and the next run buys nothing twice",
    async () => {
      const cuts = count({ commit: 10, nightly: 300 });
      const seed = runSeed();
      const plan = planCuts({ cuts, seed, operations });
      const startedAt = performance.now();
      const wrongs: string[] = [];
      const total = {
        wrong: 0,
        pending: 0,
        kept: 0,
        torn: 0,
        early: 0,
        second: 0,
        unavoidable: 0,
        byRange: 0,
      };
      await Promise.all(
        labs.map(async ({ lab, disk }, share) => {
          for (const [index, planned] of plan.entries()) {
            if (index % shares !== share) continue;
            const { cut, hadEnded, charges, wrongs: found } = await cutPower(lab, disk, planned);
            wrongs.push(
              ...found.map((what) => `seed ${seed}, cut ${index} ${JSON.stringify({ ...planned, cut })}: ${what}`),
            );
            total.wrong += found.length === 0 ? 0 : 1;
            total.pending += cut.pending;
            total.kept += cut.kept;
            total.torn += cut.torn;
            total.early += hadEnded ? 0 : 1;
            total.second += charges.second;
            total.unavoidable += charges.unavoidable;
            total.byRange += charges.byRange;
          }
        }),
      );
      record({
        test: "T3",
        what: "power cuts (nothing, a beginning, or torn parts of what was not flushed)",
        injections: cuts,
        wrong: total.wrong,
        secondSpends: total.second,
        seed,
        ms: Math.round(performance.now() - startedAt),
        note: `${total.early} in the middle of a run, ${total.pending} writes not flushed, ${total.kept} of them kept, ${total.torn} torn; unavoidable second spends: ${total.unavoidable} between request and answer, ${total.byRange} at a shop that counts each request`,
      });
      expect(wrongs).toEqual([]);
      // A suite whose cuts all come too late proves nothing.
      expect(total.early).toBeGreaterThan(cuts / 2);
      expect(total.pending).toBeGreaterThan(0);
    },
    count({ commit: 600_000, nightly: 3_600_000 }),
  );
});

/** Each in turn, so that a few cuts already meet all of them; where and what is left is up to the seed. */
function planCuts(given: { cuts: number; seed: number; operations: Readonly<Record<Phase, number>> }): PlannedCut[] {
  const { cuts, seed, operations } = given;
  const chance = createChance(seed);
  return Array.from({ length: cuts }, (_, index) => {
    const phase = phases[index % phases.length] ?? "install";
    return {
      phase,
      charging: chargingModels[Math.floor(index / 2) % chargingModels.length] ?? "link",
      mode: cutModes[index % cutModes.length] ?? "none",
      options: mountOptions[Math.floor(index / 3) % mountOptions.length] ?? "defaults",
      before: chance.below(2) === 0 ? ("any" as const) : ("flush" as const),
      after: 1 + chance.below(Math.ceil(operations[phase] * 1.02)),
      seed: chance.below(2 ** 31),
    };
  });
}
