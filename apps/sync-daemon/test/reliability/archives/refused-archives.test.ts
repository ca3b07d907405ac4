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
// Four times 41 are all 163 of them, as a release has them; a night has half, others each time.
const casesPerModel = count({ commit: 4, nightly: 20, release: 41 });
const days = 30;
const restartDays: ReadonlySet<number> = new Set([1, 9, 20]);
const dayMs = 86_400_000;
const firstProductId = 900_000;
const clayVase = 132611;
const seed = runSeed();
const startedAt = performance.now();

/** How the case's id is spelled: the first three letters of its file. */
const idOf = (file: string): string => file.slice(0, 3);
const expectedCode = new Map(
  Object.entries(refusedCases).flatMap(([code, ids]) => ids.map((id) => [id, code] as const)),
);

/** A record of the sample shop, to be made another product. */
const template = (
  JSON.parse(readFileSync(join(bundledSampleShop, "latest_products.json"), "utf8")) as Record<string, unknown>[]
).find(({ is_freebie }) => is_freebie === true);

// A web page is known by its first bytes while it is transferred: it is no archive, so nothing is kept of it, and the link
// that was paid for is tried again until it ends.
const pages: ReadonlySet<string> = new Set(["F08"]);
const codesOfPages = ["retry-later", "link-expired"];

let folder: string;
let files: readonly string[];
const outcome = { charged: 0, refused: 0, wrong: 0, secondSpends: 0 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "refused-"));
  const generator = join(import.meta.dirname, "../../hostile-archives/generate.mjs");
  // --big: one of them holds 10 GB of zeros, which takes a while to pack.
  execFileSync(process.execPath, [generator, folder, ...(level() !== "commit" ? ["--big"] : [])], { stdio: "ignore" });
  files = readdirSync(folder).filter((name) => /^[A-F]\d\d/.test(name));
}, 600_000);
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

/** One order of the cases for all models; each model takes the next few of them. */
function chooseCases(model: ChargingModel): string[] {
  const random = createSeededRandom(seed);
  const left = [...files];
  const shuffled: string[] = [];
  while (left.length > 0) shuffled.push(...left.splice(random.below(left.length), 1));
  const first = chargingModels.indexOf(model) * casesPerModel;
  return shuffled.slice(first, first + casesPerModel);
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
      await scene.writeConfig({ limits: { extractedGigabytes: 4, entries: 20_000 } });
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
          const told = why.reasons.find(({ code }) =>
            pages.has(id) ? codesOfPages.includes(code) : code === expectedCode.get(id),
          );
          if (told === undefined) wrong.push(`${when}: ${file} is ${why.state}, ${JSON.stringify(why.reasons)}`);
          else if (!/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,400}\.$/u.test(told.message)) {
            wrong.push(`${when}: ${told.message} is no sentence`);
          }
          if (installed.includes(`Case_${id}`)) wrong.push(`${when}: ${file} is in the library`);
          const sha256 = createHash("sha256")
            .update(readFileSync(join(folder, file)))
            .digest("hex");
          if (!pages.has(id) && !kept.has(`${sha256}.zip`)) wrong.push(`${when}: the zip of ${file} is not kept`);
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

it("one that only our limits refused is installed from the kept zip once they are raised, at no cost", async () => {
  const scene = await makeScene({ wanted: [{ productId: clayVase }] });
  await scene.writeConfig({ limits: { entries: 2 } });
  const daemon = await scene.start();
  expect(await daemon.sync()).toMatchObject({ spent: 1, failed: [{ code: "archive-too-large" }] });
  expect((await daemon.get([clayVase])).products).toMatchObject([{ spent: 0, code: "archive-too-large" }]);
  expect(await daemon.sync()).toMatchObject({ spent: 0, failed: [{ code: "archive-too-large" }] });
  await daemon.stop();
  await scene.writeConfig({ limits: { entries: 200 } });
  const again = await scene.start();
  expect((await again.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
  expect(scene.spentAtShop()).toBe(1);
});

it("every refusal has advice that asks for no download by itself", () => {
  for (const code of Object.keys(refusedCases))
    expect(failureRules[code as keyof typeof failureRules].class).not.toBe("transient");
});
