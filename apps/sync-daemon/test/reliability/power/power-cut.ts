import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChargingModel, Sandbox } from "@org/sandbox";
import { type Charges, judgeConverged, judgeImage, type Wrongs } from "./judge-image.ts";
import { lookAtLibrary } from "./look-at-library.ts";
import { lookAtState } from "./look-at-state.ts";
import type { MountOptions } from "./loop-disk.ts";
import { endOf, runDaemon, runDaemonAfterReboot } from "./power-daemon.ts";
import type { Cut, CutMode, PowerDisk } from "./power-disk.ts";
import { onDisk, type PowerLab, runWithinMs } from "./power-lab.ts";
import { type Arrivals, arrivalsAt, openShop, type Phase, shopAtRest, writeConfig } from "./power-shop.ts";
import { shell } from "./shell.ts";

export interface PlannedCut {
  readonly phase: Phase;
  readonly charging: ChargingModel;
  readonly mode: CutMode;
  readonly options: MountOptions;
  /** The power goes once the run has made so many writes and flushes: before the next one, or the next flush. */
  readonly after: number;
  readonly before: "any" | "flush";
  readonly seed: number;
}

export interface CutOutcome {
  readonly cut: Cut;
  /** The run had come to its end by itself before the power went. */
  readonly hadEnded: boolean;
  readonly wrongs: Wrongs;
  readonly charges: Charges;
}

/** How many writes and flushes a run of this phase makes without a cut. */
export async function countOperations(lab: PowerLab, disk: PowerDisk, phase: Phase): Promise<number> {
  const planned: PlannedCut = {
    phase,
    charging: "link",
    mode: "none",
    options: "defaults",
    after: Number.MAX_SAFE_INTEGER,
    before: "any",
    seed: 0,
  };
  const image = join(lab.work, "counted.img");
  const { cut } = await withShop(lab, planned, (sandbox) => runUntilCut({ lab, disk, planned, sandbox, image }));
  await rm(image);
  return cut.operations;
}

/** Cuts the power once, judges what is on the disk, lets the next run go on from there, and judges again. */
export async function cutPower(lab: PowerLab, disk: PowerDisk, planned: PlannedCut): Promise<CutOutcome> {
  const image = join(lab.work, "cut.img");
  return await withShop(lab, planned, async (sandbox) => {
    const countersBefore = sandbox.counters();
    const { cut, hadEnded } = await runUntilCut({ lab, disk, planned, sandbox, image });
    const outcome = await judgeAfterFault({ lab, planned, sandbox, image, countersBefore });
    await rm(image);
    return { cut, hadEnded, ...outcome };
  });
}

async function withShop<T>(
  lab: PowerLab,
  planned: Pick<PlannedCut, "phase" | "charging">,
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const sandbox = await openShop({ ...planned, archives: lab.archives });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

async function runUntilCut(running: {
  lab: PowerLab;
  disk: PowerDisk;
  planned: PlannedCut;
  sandbox: Sandbox;
  image: string;
}): Promise<{ cut: Cut; hadEnded: boolean }> {
  const { lab, disk, planned, sandbox, image } = running;
  const { phase, options, after, before, seed, mode } = planned;
  await disk.mount(lab.before[phase], options);
  try {
    await writeConfig({ home: lab.home, library: lab.library, sandbox, phase });
    await shell("sync", "--file-system", lab.disk);
    const run = runDaemon({ home: lab.home, outside: lab.work, args: ["sync", "--json"] });
    await disk.arm({ after, before, pid: run.pid, seed, mode, image });
    const { code } = await endOf(run, runWithinMs);
    const cut = await disk.cut({ seed, mode, image });
    await shopAtRest(sandbox);
    return { cut, hadEnded: code !== null };
  } finally {
    await disk.unmount();
  }
}

/** Mounts the disk as the fault left it, judges it, lets the next run go on from there, and judges again. */
export async function judgeAfterFault(judged: {
  lab: PowerLab;
  planned: Pick<PlannedCut, "phase" | "charging" | "options">;
  sandbox: Sandbox;
  image: string;
  countersBefore: Readonly<Record<string, number>>;
}): Promise<{ wrongs: Wrongs; charges: Charges }> {
  const { lab, planned, sandbox, image, countersBefore } = judged;
  const { phase, charging, options } = planned;
  const { home, library: libraryRoot, work } = lab;
  const start = lab.start[phase];
  const after = lab.after[phase];
  const arrivals: Arrivals = arrivalsAt(sandbox);
  const look = async () => ({
    state: lookAtState({ home, within: work }),
    library: await lookAtLibrary(libraryRoot),
  });
  return await onDisk(
    image,
    lab.disk,
    async () => {
      const left = await look();
      const wrongs = judgeImage({ phase, ...left, start, after, arrivals });
      const run = await runDaemonAfterReboot({ home, outside: work, args: ["sync", "--json"] });
      const end = await endOf(run, runWithinMs);
      await shopAtRest(sandbox);
      const counters = sandbox.counters();
      const charged = new Map(
        Object.entries(counters).map(([id, count]) => [Number(id), count - (countersBefore[id] ?? 0)]),
      );
      const converged = judgeConverged({
        phase,
        charging,
        ...(await look()),
        start,
        after,
        image: left.state,
        arrivals,
        charged,
        end,
      });
      return { wrongs: [...wrongs, ...converged.wrongs], charges: converged.charges };
    },
    options,
  );
}
