import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { count, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { createChance } from "./chance.ts";
import { chargingModels } from "./charging-models.ts";
import { mountOptions } from "./loop-disk.ts";
import { countOperations, cutPower } from "./power-cut.ts";
import { cutModes, type PowerDisk, startPowerDisk } from "./power-disk.ts";
import { diskBytes, openPowerLab, type PowerLab, whyNoPowerLab } from "./power-lab.ts";
import { type Phase, phases } from "./power-shop.ts";

const reason = await whyNoPowerLab();
if (reason !== null) recordSkipped("T3", "power cuts", reason);

describe.skipIf(reason !== null)("the power goes", () => {
  let lab: PowerLab;
  let disk: PowerDisk;
  let operations: Record<Phase, number>;

  beforeAll(async () => {
    lab = await openPowerLab();
    disk = await startPowerDisk({ within: lab.work, folder: lab.disk, bytes: diskBytes });
    operations = { install: 0, update: 0 };
    for (const phase of phases) operations[phase] = await countOperations(lab, disk, phase);
  }, 300_000);

  afterAll(async () => {
    await disk?.close();
    await lab?.close();
  });

  it(
    "and nothing acknowledged is lost, no half asset is there, and the next run buys nothing twice",
    async () => {
      const cuts = count({ commit: 10, nightly: 300 });
      const seed = runSeed();
      const chance = createChance(seed);
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
      for (let index = 0; index < cuts; index += 1) {
        // Each in turn, so that a few cuts already meet all of them; where and what is left is up to the seed.
        const phase = phases[index % phases.length] ?? "install";
        const planned = {
          phase,
          charging: chargingModels[Math.floor(index / 2) % chargingModels.length] ?? "link",
          mode: cutModes[index % cutModes.length] ?? "none",
          options: mountOptions[Math.floor(index / 3) % mountOptions.length] ?? "defaults",
          before: chance.below(2) === 0 ? ("any" as const) : ("flush" as const),
          after: 1 + chance.below(Math.ceil(operations[phase] * 1.02)),
          seed: chance.below(2 ** 31),
        };
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
