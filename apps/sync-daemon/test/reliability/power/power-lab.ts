import { constants, copyFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChargingModel } from "@org/sandbox";
import { type LibraryLook, lookAtLibrary } from "./look-at-library.ts";
import { type MountOptions, makeExt4, mountLoop } from "./loop-disk.ts";
import { endOf, runDaemon } from "./power-daemon.ts";
import { openShop, type Phase, packArchives, phases, type ShopArchives, writeConfig } from "./power-shop.ts";
import { shell } from "./shell.ts";

/** Room for the workload; small, because it is copied for each cut. */
export const diskBytes = 64 << 20;

/** A generous end for one run of the command; a busy machine is slow. */
export const runWithinMs = 60_000;

/** One folder in memory with all that the cuts of a suite share. */
export interface PowerLab {
  /** Outside of the disk under test. */
  readonly work: string;
  /** Where the disk is mounted. Home and library lie on it. */
  readonly disk: string;
  readonly home: string;
  readonly library: string;
  readonly archives: ShopArchives;
  /** The disk as a phase finds it, and the library as a run without faults leaves it. */
  readonly before: Readonly<Record<Phase, string>>;
  readonly after: Readonly<Record<Phase, LibraryLook>>;
  /** The library as the phase finds it. */
  readonly start: Readonly<Record<Phase, LibraryLook>>;
  close(): Promise<void>;
}

/** Files of a person: in a library of their own, beside our assets, and inside one that is not updated. */
const personsFiles = [
  "iMeshh-Models/My scenes/kitchen.blend",
  "iMeshh-Materials/notes.txt",
  "iMeshh-Effects/Own/smoke.vdb",
] as const;

const personsCatalog =
  "# mine\nVERSION 1\n\naaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee:Mine/Kitchen:Mine-Kitchen\n# a line of mine\n";

/** Builds the disks of both phases by running the real command, without faults. Needs root. */
export async function openPowerLab(): Promise<PowerLab> {
  const work = await mkdtemp(join(await inMemory(), "asset-sync-power-"));
  const disk = join(work, "disk");
  const home = join(disk, "home");
  const library = join(disk, "library");
  const close = () => rm(work, { recursive: true, force: true });
  try {
    await mkdir(disk);
    const archives = packArchives(work);
    const image = (name: string) => join(work, `${name}.img`);
    const before = { install: image("install"), update: image("update") };
    await makeExt4(before.install, diskBytes);
    await onDisk(before.install, disk, async () => {
      await mkdir(home);
      for (const path of personsFiles) {
        await mkdir(join(library, path, ".."), { recursive: true });
        await writeFile(join(library, path), `${path} is mine`.repeat(1000));
      }
      await writeFile(join(library, "iMeshh-Models", "blender_assets.cats.txt"), personsCatalog);
    });

    const parts = { work, disk, home, library, archives };
    const start = {} as Record<Phase, LibraryLook>;
    const after = {} as Record<Phase, LibraryLook>;
    for (const phase of phases) {
      const image = join(work, "fault-free.img");
      copyFileSync(before[phase], image, constants.COPYFILE_FICLONE);
      await onDisk(image, disk, async () => {
        start[phase] = await lookAtLibrary(library);
        await syncWithoutFaults(parts, phase);
        after[phase] = await lookAtLibrary(library);
      });
      if (phase === "install") copyFileSync(image, before.update, constants.COPYFILE_FICLONE);
      await rm(image);
    }
    return { ...parts, before, start, after, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `work` with the image mounted. */
export async function onDisk<T>(
  image: string,
  folder: string,
  work: () => Promise<T>,
  options: MountOptions = "defaults",
): Promise<T> {
  const mounted = await mountLoop(image, folder, options);
  try {
    return await work();
  } finally {
    await mounted.release();
  }
}

async function syncWithoutFaults(
  parts: Pick<PowerLab, "home" | "library" | "work" | "archives">,
  phase: Phase,
  charging: ChargingModel = "link",
): Promise<void> {
  const sandbox = await openShop({ phase, charging, archives: parts.archives });
  try {
    await writeConfig({ ...parts, sandbox, phase });
    const run = runDaemon({ home: parts.home, outside: parts.work, args: ["sync", "--json"] });
    const { code, stdout, stderr } = await endOf(run, runWithinMs);
    if (code !== 0) throw new Error(`A sync without faults ended with ${code}: ${stdout} ${stderr}`);
  } finally {
    await sandbox.close();
  }
}

/** What keeps this suite from running here; null where nothing does. */
export async function whyNoPowerLab(): Promise<string | null> {
  if (process.getuid?.() !== 0) return "it mounts disks, which needs root";
  for (const program of ["nbdkit", "nbdfuse", "losetup", "mkfs.ext4", "unshare", "python3"]) {
    const isThere = await shell("sh", "-c", `command -v ${program}`).then(
      () => true,
      () => false,
    );
    if (!isThere) return `${program} is not installed`;
  }
  const hasPython = await shell("nbdkit", "python", "--dump-plugin").then(
    () => true,
    () => false,
  );
  if (!hasPython) return "nbdkit has no Python plugin";
  const canLoop = await shell("losetup", "--find").then(
    () => true,
    () => false,
  );
  return canLoop ? null : "there is no free loop device";
}

async function inMemory(): Promise<string> {
  const isMounted = (await readFile("/proc/mounts", "utf8")).includes(" /dev/shm tmpfs");
  return isMounted ? "/dev/shm" : tmpdir();
}
