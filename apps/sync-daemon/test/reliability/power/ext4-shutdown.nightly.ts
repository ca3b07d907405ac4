import { constants, copyFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { count, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { type Chance, createChance } from "./chance.ts";
import { chargingModels } from "./charging-models.ts";
import { mountLoop } from "./loop-disk.ts";
import { judgeAfterFault } from "./power-cut.ts";
import { endOf, runDaemon } from "./power-daemon.ts";
import { openPowerLab, type PowerLab, runWithinMs, whyNoPowerLab } from "./power-lab.ts";
import { openShop, phases, shopAtRest, writeConfig } from "./power-shop.ts";
import { shell } from "./shell.ts";

/** What ext4 does at EXT4_IOC_SHUTDOWN: write its journal out first (1), or drop that too (2). */
const shutdownFlags = [1, 2] as const;

/** Ends the file system at once, then the process that works on it, which may notice the first and must not act on it. */
const shutDown = `
import fcntl, os, signal, struct, sys
folder, flag, pid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
fcntl.ioctl(os.open(folder, os.O_RDONLY), 0x8004587D, struct.pack("I", flag))
try:
    os.kill(pid, signal.SIGKILL)
except ProcessLookupError:
    print("ended before")
`;

const reason = await whyNoPowerLab();
if (reason !== null) recordSkipped("T3", "ext4 shut down while the daemon works", reason);

// At night only: it asks what the power cuts ask, and building its disks takes as long as five cuts.
describe.skipIf(reason !== null)("the file system is shut down at any moment", () => {
  let lab: PowerLab;
  beforeAll(async () => {
    lab = await openPowerLab();
  }, 300_000);
  afterAll(async () => {
    await lab?.close();
  });

  it("and nothing acknowledged is lost, no half asset is there, and the next run buys nothing twice", async () => {
    const shutdowns = count({ commit: 0, nightly: 12, release: 100 });
    const seed = runSeed();
    const chance = createChance(seed);
    const startedAt = performance.now();
    const wrongs: string[] = [];
    const total = { wrong: 0, early: 0, second: 0, unavoidable: 0, byRange: 0 };
    for (let index = 0; index < shutdowns; index += 1) {
      const outcome = await shutDownOnce(lab, index, chance);
      wrongs.push(...outcome.wrongs.map((what) => `seed ${seed}, shutdown ${index}: ${what}`));
      total.wrong += outcome.wrongs.length === 0 ? 0 : 1;
      total.early += outcome.hadEnded ? 0 : 1;
      total.second += outcome.charges.second;
      total.unavoidable += outcome.charges.unavoidable;
      total.byRange += outcome.charges.byRange;
    }
    record({
      test: "T3",
      what: "ext4 shut down (ioctl flags 1 and 2) while the daemon works",
      injections: shutdowns,
      wrong: total.wrong,
      secondSpends: total.second,
      seed,
      ms: Math.round(performance.now() - startedAt),
      note: `${total.early} in the middle of a run; unavoidable second spends: ${total.unavoidable} between request and answer, ${total.byRange} at a shop that counts each request`,
    });
    expect(wrongs).toEqual([]);
    expect(total.early).toBeGreaterThan(0);
  }, 3_600_000);
});

async function shutDownOnce(lab: PowerLab, index: number, chance: Chance) {
  const phase = phases[index % phases.length] ?? "install";
  const charging = chargingModels[Math.floor(index / 2) % chargingModels.length] ?? "link";
  const flag = shutdownFlags[Math.floor(index / phases.length + index) % shutdownFlags.length] ?? 1;
  const image = join(lab.work, "shutdown.img");
  copyFileSync(lab.before[phase], image, constants.COPYFILE_FICLONE);
  const sandbox = await openShop({ phase, charging, archives: lab.archives });
  try {
    const countersBefore = sandbox.counters();
    const mounted = await mountLoop(image, lab.disk);
    let hadEnded = false;
    try {
      await writeConfig({ home: lab.home, library: lab.library, sandbox, phase });
      await shell("sync", "--file-system", lab.disk);
      const run = runDaemon({ home: lab.home, outside: lab.work, args: ["sync", "--json"] });
      // From the first request on, so that a slow machine still meets all parts of the work.
      const requests = chance.below(sandbox.requests().length + 12);
      const waitMs = chance.below(150);
      while (sandbox.requests().length < requests && run.process.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 2));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      const said = await shell("python3", "-c", shutDown, lab.disk, String(flag), String(run.pid));
      hadEnded = said.includes("ended before");
      await endOf(run, runWithinMs);
      await shopAtRest(sandbox);
    } finally {
      await mounted.release();
    }
    const planned = { phase, charging, options: "defaults" as const };
    return { hadEnded, ...(await judgeAfterFault({ lab, planned, sandbox, image, countersBefore })) };
  } finally {
    await sandbox.close();
    await rm(image, { force: true });
  }
}
