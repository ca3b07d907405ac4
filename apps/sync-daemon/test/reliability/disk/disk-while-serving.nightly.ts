import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtLibrary } from "../power/look-at-library.ts";
import { type MountedLoop, makeExt4, mountLoop } from "../power/loop-disk.ts";
import { type NbdDisk, startNbdDisk } from "../power/nbd-disk.ts";
import { runDaemon } from "../power/power-daemon.ts";
import { whyNoPowerLab } from "../power/power-lab.ts";
import { shell, shellQuietly } from "../power/shell.ts";
import { record, recordSkipped } from "../record.ts";
import { type DiskScene, type DiskStage, openDiskStage } from "./disk-scene.ts";
import { untilServed, watchApi } from "./serving-daemon.ts";

const reason = await whyNoPowerLab();
if (reason !== null) recordSkipped("T5, T6", "a disk that becomes read-only, dies or is slow", reason);

const withinMs = 300_000;

async function isUpdated({ library }: DiskScene): Promise<boolean> {
  const { assets } = await lookAtLibrary(library).catch(() => ({ assets: new Map() }));
  return [...assets].some(
    ([folder, { revision }]) => !folder.includes("/.sync/") && revision === "2025-08-01T00:00:00",
  );
}

function isStaging({ library }: DiskScene): boolean {
  const staging = join(library, "iMeshh-Models", ".sync", "staging");
  return existsSync(staging) && readdirSync(staging, { recursive: true }).length > 1;
}

const diskBytes = 256 << 20;

/** An ext4 for the library that fails when it is told to. */
interface FailingDisk {
  readonly file: string;
  fail(device: string, folder: string): unknown;
  /** What is left of it is whole again from here on; what it refused is lost. Gives how often it failed. */
  mend(): Promise<number>;
  close(): Promise<void>;
}

/** One that fails for good, until it is mounted anew. */
function plainDisk(fail: FailingDisk["fail"]): (work: string) => Promise<FailingDisk> {
  return async (work) => {
    const file = join(work, "library.img");
    await makeExt4(file, diskBytes);
    return { file, fail, mend: async () => 1, close: async () => undefined };
  };
}

/** One with a burst of bad sectors: nbdkit answers a share of reads or writes with EIO while `trigger` is there. */
function burstDisk(rate: string): (work: string) => Promise<FailingDisk> {
  return async (work) => {
    const trigger = join(work, "trigger");
    const log = join(work, "requests.log");
    const failing = ["error=EIO", rate, `error-file=${trigger}`];
    const { file, close } = await startNbdDisk(work, [
      ...["--filter=log", "--filter=error", "memory", String(diskBytes), `logfile=${log}`],
      ...failing,
    ]);
    await shell("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0", file);
    return {
      file,
      async fail() {
        // Or no read would reach the disk: all of it was written a moment ago.
        writeFileSync("/proc/sys/vm/drop_caches", "3");
        writeFileSync(trigger, "");
      },
      async mend() {
        await rm(trigger);
        return readFileSync(log, "utf8").split("return=-1").length - 1;
      },
      close,
    };
  };
}

describe.skipIf(reason !== null)("a daemon serves", () => {
  let stage: DiskStage;
  beforeAll(async () => {
    stage = await openDiskStage({ fileBytes: 40 << 20 });
  }, 300_000);
  afterAll(async () => {
    await stage?.close();
  });

  it.each([
    [
      "becomes read-only",
      plainDisk((device) => writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, "1")),
    ],
    [
      "dies",
      plainDisk((_device, folder) =>
        shell(
          "python3",
          "-c",
          "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))",
          folder,
        ),
      ),
    ],
    ["refuses 20 % of all writes for 3 s", burstDisk("error-pwrite-rate=20%")],
    ["refuses all writes for 3 s", burstDisk("error-pwrite-rate=100%")],
    ["refuses 20 % of all reads for 3 s", burstDisk("error-pread-rate=20%")],
    ["refuses all reads for 3 s", burstDisk("error-pread-rate=100%")],
  ] as const)(
    "while the library's disk %s: the API answers, and it goes on when the disk is back",
    async (what, openDisk) => {
      const startedAt = performance.now();
      const work = await mkdtemp(join(tmpdir(), "asset-sync-image-"));
      const disk = await openDisk(work);
      let mounted: MountedLoop | undefined;
      const scene = await stage.open({
        charging: "link",
        prepare: async ({ library }) => {
          mounted = await mountLoop(disk.file, library, "errors=remount-ro");
        },
      });
      const run = runDaemon({ home: scene.home, outside: scene.folder, args: ["serve"] });
      const watch = watchApi(scene.home);
      try {
        await untilServed({ run, what: "files in staging", withinMs, look: () => isStaging(scene) });
        await disk.fail(mounted?.device ?? "", scene.library);
        const failedAt = performance.now();
        await untilServed({ run, what: "a while", withinMs, look: () => performance.now() - failedAt > 3_000 });
        const failures = await disk.mend();
        await mounted?.release();
        await shellQuietly("e2fsck", "-p", disk.file);
        mounted = await mountLoop(disk.file, scene.library, "errors=remount-ro");
        // It looks again by itself; a person who knows better says so at once.
        await scene.run(["sync", "--json"]);
        if (!(await isUpdated(scene))) await scene.run(["get", "132611", "--json"]);
        await untilServed({ run, what: "the update", withinMs, look: () => isUpdated(scene) });
        const { broken, unfinished } = await lookAtLibrary(scene.library);
        const { answers, failed, longestMs, lastFailure } = await watch.stop();
        const wrong = broken.length + unfinished.length + failed + Math.max(0, scene.charged() - 1);
        record({
          test: "T5",
          what: `the library's disk ${what} while an asset is unpacked`,
          injections: failures,
          wrong,
          secondSpends: Math.max(0, scene.charged() - 1),
          seed: null,
          ms: Math.round(performance.now() - startedAt),
          note: `${answers} answers of the API meanwhile, ${failed} failed, the longest after ${longestMs} ms`,
        });
        expect(failures).toBeGreaterThan(0);
        expect({ broken, unfinished, failed, lastFailure, charged: scene.charged() }).toEqual({
          broken: [],
          unfinished: [],
          failed: 0,
          lastFailure: "",
          charged: 1,
        });
      } finally {
        run.process.kill("SIGKILL");
        await run.ended;
        await watch.stop();
        await mounted?.release();
        await scene.close();
        await disk.close();
        await rm(work, { recursive: true, force: true });
      }
    },
    900_000,
  );

  it("on a slow disk that stands still for 30 s: no download times out, and the API answers", async () => {
    const startedAt = performance.now();
    const work = await mkdtemp(join(tmpdir(), "asset-sync-slow-"));
    let disk: NbdDisk | undefined;
    let mounted: MountedLoop | undefined;
    let scene: DiskScene | undefined;
    let run: ReturnType<typeof runDaemon> | undefined;
    let watch: ReturnType<typeof watchApi> | undefined;
    try {
      const slow = ["--filter=rate", "--filter=delay", "memory", "512M", "wdelay=50ms", "rate=40M"];
      disk = await startNbdDisk(work, slow);
      const { file, server } = disk;
      await shell("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=1", file);
      const opened = await stage.open({
        charging: "link",
        prepare: async ({ library }) => {
          mounted = await mountLoop(file, library);
        },
      });
      scene = opened;
      const served = runDaemon({ home: opened.home, outside: opened.folder, args: ["serve"] });
      run = served;
      watch = watchApi(opened.home);
      await untilServed({ run: served, what: "files in staging", withinMs, look: () => isStaging(opened) });
      server.kill("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      server.kill("SIGCONT");
      await untilServed({ run: served, what: "the update", withinMs: 600_000, look: () => isUpdated(opened) });
      const { answers, failed, longestMs, lastFailure } = await watch.stop();
      record({
        test: "T6",
        what: "a library on a disk with 50 ms a write, 5 MB/s, that stands still for 30 s",
        injections: 1,
        wrong: failed + Math.max(0, opened.charged() - 1),
        secondSpends: Math.max(0, opened.charged() - 1),
        seed: null,
        ms: Math.round(performance.now() - startedAt),
        note: `${answers} answers of the API meanwhile, ${failed} failed, the longest after ${longestMs} ms`,
      });
      expect({ failed, lastFailure, charged: opened.charged() }).toEqual({ failed: 0, lastFailure: "", charged: 1 });
    } finally {
      disk?.server.kill("SIGCONT");
      run?.process.kill("SIGKILL");
      await run?.ended;
      await watch?.stop();
      await mounted?.release();
      await disk?.close();
      await scene?.close();
      await rm(work, { recursive: true, force: true });
    }
  }, 1_200_000);
});
