import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { count, level, runSeed } from "../level.ts";
import { createChance } from "../power/chance.ts";
import { chargingModels } from "../power/charging-models.ts";
import { lookAtLibrary } from "../power/look-at-library.ts";
import { shell } from "../power/shell.ts";
import { record, recordSkipped } from "../record.ts";
import { type DiskScene, type DiskStage, openDiskStage, vase } from "./disk-scene.ts";
import { findRepeatedFlushes } from "./repeated-flush.ts";

/** The system calls that fail, and from which one on: each thread and process counts its own. */
interface Injection {
  readonly calls: string;
  /** As strace understands it: `3` is the third only, `3+` all from the third. */
  readonly when: string;
  /** Only where they concern this path, if one is given. */
  readonly path?: "archive";
  /** EIO unless told otherwise. EDQUOT: the person's share of the disk is used up. */
  readonly error?: "EDQUOT";
}

const flushes = "fsync,fdatasync";

function planned(chance: ReturnType<typeof createChance>): Injection[] {
  const random = (calls: string): Injection => ({ calls, when: String(1 + chance.below(12)) });
  if (level() === "commit") {
    return [
      { calls: flushes, when: String(1 + chance.below(4)) },
      { calls: flushes, when: String(5 + chance.below(10)) },
      { calls: flushes, when: "2+" },
      { calls: "read,pread64", when: "1+", path: "archive" },
      { calls: "unlink", when: "1" },
      { calls: "pwrite64", when: String(2 + chance.below(20)), error: "EDQUOT" },
    ];
  }
  const times = (nightly: number, release: number) => count({ commit: 0, nightly, release });
  return [
    ...Array.from({ length: times(6, 30) }, (_, index) => ({ calls: flushes, when: String(index + 1) })),
    ...Array.from({ length: 6 }, (_, index) => ({ calls: "unlink,unlinkat,rmdir", when: String(index + 1) })),
    ...["1", "2", "3", "1+"].map((when) => ({ calls: "read,pread64", when, path: "archive" as const })),
    ...Array.from({ length: times(4, 25) }, () => ({ calls: flushes, when: `${1 + chance.below(20)}+` })),
    ...Array.from({ length: times(4, 25) }, () => random("rename,mkdir,pwrite64,unlink")),
    ...Array.from({ length: times(3, 12) }, () => ({ ...random("pwrite64,mkdir"), error: "EDQUOT" as const })),
  ];
}

const reason = await whyNoStrace();
if (reason !== null) recordSkipped("T5", "a disk that fails", reason);

describe.skipIf(reason !== null)("the disk fails", () => {
  let stage: DiskStage;
  beforeAll(async () => {
    stage = await openDiskStage({ fileBytes: 1_500_000 });
  }, 300_000);
  afterAll(async () => {
    await stage?.close();
  });

  it(
    "nothing is believed to be on it that is not, no flush is asked for twice, and nothing is bought twice",
    async () => {
      const seed = runSeed();
      const chance = createChance(seed);
      const injections = planned(chance);
      const startedAt = performance.now();
      const wrongs: string[] = [];
      const total = { fired: 0, quotas: 0, wrong: 0, second: 0, unavoidable: 0, inPerson: 0 };
      for (const [index, injection] of injections.entries()) {
        const charging = chargingModels[index % chargingModels.length] ?? "link";
        const scene = await stage.open({ charging });
        try {
          const outcome = await failAndGoOn(scene, injection);
          if (!outcome.hasFired) continue;
          total.fired += 1;
          total.quotas += injection.error === "EDQUOT" ? 1 : 0;
          total.wrong += outcome.wrongs.length === 0 ? 0 : 1;
          total.second += outcome.second;
          total.unavoidable += outcome.unavoidable;
          total.inPerson += outcome.neededPerson ? 1 : 0;
          const what = `seed ${seed}, ${JSON.stringify({ ...injection, charging })}`;
          wrongs.push(...outcome.wrongs.map((wrong) => `${what}: ${wrong}`));
        } finally {
          await scene.close();
        }
      }
      record({
        test: "T5",
        what: "EIO at flushes, reads of the archive, removals, renames and writes, EDQUOT at writes",
        injections: total.fired,
        wrong: total.wrong,
        secondSpends: total.second,
        seed,
        ms: Math.round(performance.now() - startedAt),
        note: `${total.quotas} of them EDQUOT; ${total.inPerson} times a person had to ask again (free of cost); unavoidable second spends: ${total.unavoidable} (the answer could not be written down)`,
      });
      expect(wrongs).toEqual([]);
      expect(total.fired).toBeGreaterThan(injections.length / 2);
      expect(total.quotas).toBeGreaterThan(0);
    },
    level() !== "commit" ? 3_600_000 : 600_000,
  );
});

async function failAndGoOn(scene: DiskScene, injection: Injection) {
  const log = join(scene.folder, "strace.log");
  const onPath =
    injection.path === "archive" ? ["-P", join(scene.home, "partial", "2.zip"), ...(await archivePaths(scene))] : [];
  const traced = injection.path === undefined ? `${injection.calls},openat,write,pwrite64,ftruncate` : injection.calls;
  const strace = [
    "strace",
    ...["-f", "-qq", "-y", "-o", log, "-e", `trace=${traced}`, "-e", "signal=none"],
    ...["-e", `inject=${injection.calls}:error=${injection.error ?? "EIO"}:when=${injection.when}`, ...onPath],
  ];
  const failed = await scene.run(["sync", "--json"], strace, { UV_THREADPOOL_SIZE: "1" });
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  const hasFired = text.includes("(INJECTED)");
  const wrongs: string[] = [];
  if (failed.code === null) wrongs.push(`it was ended by a signal: ${failed.stderr}`);
  if (/"code": "unexpected"/.test(failed.stdout)) wrongs.push(`it did not know what happened: ${failed.stdout}`);
  if (injection.path === undefined) wrongs.push(...findRepeatedFlushes(text));
  const asked = scene.linksAskedFor();
  wrongs.push(...(await lookAtLibrary(scene.library)).broken.map((what) => `after the fault ${what}`));

  await scene.run(["sync", "--json"]);
  const neededPerson = !(await isInstalled(scene));
  // What a disk refused waits for a person, who asks for it by name; what is kept costs nothing.
  if (neededPerson) await scene.run(["get", String(vase), "--json"]);
  const after = await lookAtLibrary(scene.library);
  wrongs.push(...after.broken, ...after.unfinished.map((what) => `left behind: ${what}`));
  if (!(await isInstalled(scene))) wrongs.push("the new version is not installed in the end");
  const extra = Math.max(0, scene.charged() - 1);
  const unavoidable = Math.min(extra, asked);
  return { hasFired, wrongs, neededPerson, second: extra - unavoidable, unavoidable };
}

async function isInstalled(scene: DiskScene): Promise<boolean> {
  const { assets } = await lookAtLibrary(scene.library);
  return [...assets].some(
    ([folder, { revision }]) => !folder.includes("/.sync/") && revision === "2025-08-01T00:00:00",
  );
}

/** The archive's name is its hash, which is known only once it was fetched. */
async function archivePaths(scene: DiskScene): Promise<string[]> {
  const hash = (await shell("sha256sum", scene.nextArchive)).split(" ")[0];
  return ["-P", join(scene.home, "archives", `${hash}.zip`)];
}

async function whyNoStrace(): Promise<string | null> {
  try {
    await shell("strace", "-qq", "-e", "trace=fsync", "true");
    return null;
  } catch {
    return "strace is not installed or may not trace here";
  }
}
