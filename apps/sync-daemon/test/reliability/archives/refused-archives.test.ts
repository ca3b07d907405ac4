import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledSampleShop, type ChargingModel } from "@org/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { failureRules } from "../../../src/domain/failure.ts";
import { refusedCases, usedCases } from "../../hostile-archives/verdicts.ts";
import { makeScene } from "../../scene/scene.ts";
import { count, level, runSeed } from "../level.ts";
import { record } from "../record.ts";
import { createSeededRandom } from "./seeded-random.ts";

const chargingModels: readonly ChargingModel[] = ["link", "first-byte", "completion", "every-request"];
const casesPerModel = count({ commit: 8, nightly: 163 });
const days = 30;
const restartDays: ReadonlySet<number> = new Set([1, 9, 20]);
const dayMs = 86_400_000;
const firstProductId = 900_000;
const seed = runSeed();
const startedAt = performance.now();

/** How the case's id is spelled: the first three letters of its file. */
const idOf = (file: string): string => file.slice(0, 3);
const expectedCode = new Map(
  Object.entries(refusedCases).flatMap(([code, ids]) => ids.map((id) => [id, code] as const)),
);

// What the download itself finds, before the archive is looked at: an empty body is no archive.
const foundBefore: Readonly<Record<string, readonly string[]>> = { F07: ["download-damaged", "download-interrupted"] };

/** A record of the sample shop, to be made another product. */
const template = (
  JSON.parse(readFileSync(join(bundledSampleShop, "latest_products.json"), "utf8")) as Record<string, unknown>[]
).find(({ is_freebie }) => is_freebie === true);

let folder: string;
let files: readonly string[];
const outcome = { charged: 0, refused: 0, wrong: 0, secondSpends: 0 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "refused-"));
  const generator = join(import.meta.dirname, "../../hostile-archives/generate.mjs");
  // --big: one of them holds 10 GB of zeros, which takes a while to pack.
  execFileSync(process.execPath, [generator, folder, ...(level() === "nightly" ? ["--big"] : [])], { stdio: "ignore" });
  files = readdirSync(folder).filter((name) => /^[A-F]\d\d/.test(name));
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  record({
    test: "T20",
    what: "refused archives through the daemon: 3 restarts, 30 virtual days, 4 charging models",
    injections: outcome.refused,
    wrong: outcome.wrong,
    secondSpends: outcome.secondSpends,
    seed,
    ms: performance.now() - startedAt,
    note: `${outcome.charged} archives charged once each, ${outcome.refused} of them refused and kept`,
  });
});
afterEach(() => void vi.useRealTimers());

function chooseCases(model: ChargingModel): string[] {
  const random = createSeededRandom(seed + chargingModels.indexOf(model));
  const left = [...files];
  const chosen: string[] = [];
  while (chosen.length < casesPerModel && left.length > 0) chosen.push(...left.splice(random.below(left.length), 1));
  return chosen;
}

describe.each(chargingModels)("refused archives at a shop that charges by %s", (charging) => {
  it(
    `are kept, told in a sentence and never fetched again in ${days} days with ${restartDays.size} restarts (seed ${seed})`,
    async () => {
      const chosen = chooseCases(charging);
      const products = chosen.map((file, number) => ({ file, id: idOf(file), productId: firstProductId + number }));
      const scene = await makeScene({
        wanted: products.map(({ productId }) => ({ productId })),
        sandbox: { charging },
      });
      for (const { productId, file, id } of products) {
        const downloads = [{ id: `case-${id}`, name: `Case_${id}.zip` }];
        const own = {
          id: productId,
          name: `Case ${id}`,
          slug: `case-${id.toLowerCase()}`,
          thumbnail_name: `Case_${id}`,
        };
        scene.sandbox.addProduct({
          record: { ...template, ...own, downloads },
          archives: { [`case-${id}`]: join(folder, file) },
        });
      }
      const before = scene.sandbox.counters();
      let daemon = await scene.start();
      const first = await daemon.sync();
      // Whatever waits its turn behind a refused one is fetched by the next.
      await daemon.sync();
      const afterFirst = scene.sandbox.counters();

      const refused = products.filter(({ id }) => usedCases[id] === undefined);
      const wrong: string[] = [];
      for (const { productId, file } of products) {
        const spent = (afterFirst[productId] ?? 0) - (before[productId] ?? 0);
        if (spent !== 1) wrong.push(`${file} was charged ${spent} times`);
        outcome.charged += spent;
      }
      expect(first, JSON.stringify(first)).toMatchObject({ spent: products.length });
      const look = async (when: string): Promise<void> => {
        const kept = new Set(readdirSync(join(scene.home, "archives")));
        const installed = (await scene.assets()).join("\n");
        for (const { productId, file, id } of products) {
          const why = await daemon.why(productId);
          if (usedCases[id] !== undefined) {
            if (why.state !== "installed") wrong.push(`${when}: ${file} is ${why.state}, not installed`);
            continue;
          }
          const codes = foundBefore[id] ?? [expectedCode.get(id) ?? ""];
          const told = why.reasons.find(({ code }) => codes.includes(code));
          if (told === undefined) wrong.push(`${when}: ${file} is ${why.state}, ${JSON.stringify(why.reasons)}`);
          else if (!/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,400}\.$/u.test(told.message)) {
            wrong.push(`${when}: ${told.message} is no sentence`);
          }
          if (installed.includes(`Case_${id}`)) wrong.push(`${when}: ${file} is in the library`);
          const sha256 = createHash("sha256")
            .update(readFileSync(join(folder, file)))
            .digest("hex");
          if (foundBefore[id] === undefined && !kept.has(`${sha256}.zip`))
            wrong.push(`${when}: the zip of ${file} is not kept`);
        }
      };
      await look("after the first sync");

      // The daemon's clock is the system's: only `Date` is moved, timers go on.
      vi.useFakeTimers({ toFake: ["Date"] });
      const start = Date.now();
      for (let day = 1; day <= days; day++) {
        vi.setSystemTime(start + day * dayMs);
        if (restartDays.has(day)) {
          await daemon.stop();
          daemon = await scene.start();
        }
        const synced = await daemon.sync();
        if (synced.spent !== 0) wrong.push(`day ${day}: ${synced.spent} spent`);
      }
      const afterDays = scene.sandbox.counters();
      for (const { productId, file } of products) {
        const again = (afterDays[productId] ?? 0) - (afterFirst[productId] ?? 0);
        if (again === 0) continue;
        wrong.push(`${file} was charged ${again} times more within ${days} days`);
        outcome.secondSpends += 1;
      }
      await look(`after ${days} days`);
      outcome.refused += refused.length;
      outcome.wrong += wrong.length;
      expect(wrong, `seed ${seed}, ${level()}`).toEqual([]);
      expect(refused.length).toBeGreaterThan(0);
    },
    count({ commit: 300_000, nightly: 1_200_000 }),
  );
});

it("every refusal has advice that asks for no download by itself", () => {
  for (const code of Object.keys(refusedCases))
    expect(failureRules[code as keyof typeof failureRules].class).not.toBe("transient");
});
