import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { startCommand } from "../../scene/command.ts";
import { makeScene, type Scene, until } from "../../scene/scene.ts";
import { count } from "../level.ts";
import { record, recordSkipped } from "../record.ts";

const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
const reason = existsSync(library) ? null : "libfaketime is not installed";
if (reason !== null) recordSkipped("T13", "the real daemon while its clock is set", reason);

const vase = 132611;
const pollMs = 600;
/** Twelve intervals: long enough that a storm would show, and that a daemon that stopped asking would too. */
const watchedMs = 12 * pollMs;

/** Looks for news that came within the last stretch. */
const looks = (scene: Scene): number =>
  scene.sandbox.requests({}).filter(({ path }) => path.includes("last-updated") || path.includes("status")).length;

async function watch(scene: Scene): Promise<number> {
  const before = looks(scene);
  await sleep(watchedMs);
  return looks(scene) - before;
}

/** What the daemon takes for the time, as far as it tells: its next look lies just ahead of it. */
async function daemonTimeMs(scene: Scene): Promise<number> {
  const { stdout } = await startCommand(scene, ["status", "--json"]).ended;
  const { nextPollAt } = JSON.parse(stdout) as { nextPollAt: string | null };
  return nextPollAt === null ? Date.now() : Date.parse(nextPollAt);
}

const halfAnHourMs = 30 * 60_000;
const jumps = ["+2d", "-1d", "@1970-01-02 00:00:00", "@2038-01-20 00:00:00", "@2100-01-01 00:00:00", "+1h"];

/** libfaketime shares the time through memory of a name of its own, which a killed process leaves behind. */
async function removeSharedMemoryOfTheDead(): Promise<void> {
  for (const name of await readdir("/dev/shm")) {
    const pid = /^(?:sem\.)?faketime_(?:shm|sem)_(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await rm(join("/dev/shm", name), { force: true });
  }
}

describe("the real daemon, its clock and its sleep", { timeout: 240_000 }, () => {
  it.skipIf(reason !== null)("asks no more and no less after the clock was set, and pays nothing again", async () => {
    const scene = await makeScene({ wanted: [{ productId: vase }], imeshh: { pollMinutes: pollMs / 60_000 } });
    const file = join(scene.folder, "clock");
    await writeFile(file, "+0");
    const startMs = performance.now();
    const daemon = startCommand(scene, ["serve"], {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    });
    onTestFinished(async () => {
      daemon.process.kill("SIGKILL");
      await daemon.ended;
      await removeSharedMemoryOfTheDead();
    });
    await until("the asset", async () => (await scene.assets()).length === 1, 60_000);
    const usual = await watch(scene);
    expect(usual).toBeGreaterThan(0);
    const tried = jumps.slice(0, count({ commit: 2, nightly: jumps.length }));
    for (const jump of tried) {
      await writeFile(file, jump);
      const isSet = async () => Math.abs((await daemonTimeMs(scene)) - Date.now()) > halfAnHourMs;
      await until(`the clock at ${jump}`, isSet, 60_000);
      const asked = await watch(scene);
      expect(asked, `after ${jump}`).toBeGreaterThan(0);
      expect(asked, `after ${jump}`).toBeLessThanOrEqual(usual * 2 + 4);
    }
    expect(scene.spentAtShop()).toBe(1);
    const [folder] = await scene.assets();
    const manifest = JSON.parse(await readFile(join(scene.library, folder ?? "", ".asset.json"), "utf8"));
    expect(Math.abs(Date.parse(manifest.installedAt) - Date.now())).toBeLessThan(600_000);
    record({
      test: "T13",
      what: "the clock of the real daemon is set while it follows the shop (libfaketime)",
      injections: tried.length,
      wrong: 0,
      secondSpends: 0,
      seed: null,
      ms: performance.now() - startMs,
    });
  });

  it("asks no storm of questions after it was stopped for a while, as by a suspended machine", async () => {
    const scene = await makeScene({ wanted: [{ productId: vase }], imeshh: { pollMinutes: pollMs / 60_000 } });
    const startMs = performance.now();
    const { process: child } = startCommand(scene, ["serve"]);
    await until("the asset", async () => (await scene.assets()).length === 1, 60_000);
    const usual = await watch(scene);
    child.kill("SIGSTOP");
    await sleep(count({ commit: 4_000, nightly: 30_000 }));
    child.kill("SIGCONT");
    const after = await watch(scene);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(usual * 2 + 4);
    expect(scene.spentAtShop()).toBe(1);
    record({
      test: "T13",
      what: "the real daemon is stopped and goes on, as on a suspended machine",
      injections: 1,
      wrong: 0,
      secondSpends: 0,
      seed: null,
      ms: performance.now() - startMs,
    });
  });
});
