import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { isFailureCode } from "../../../src/domain/failure.ts";
import { makeScene, type Scene, type TestDaemon } from "../../scene/scene.ts";
import { count, level, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { describeTree, makeCanary } from "./canary-tree.ts";
import { buildRacer, findReasonAgainst, type Pair, type Racer, startRacer } from "./racer.ts";

const clayVase = 132611;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";
const raceMs = count({ commit: 2_000, nightly: 10_000, release: 60_000 });
const seed = runSeed();
const startedAt = performance.now();
const reason = findReasonAgainst();
if (reason !== null) recordSkipped("T17", "folders exchanged for links", reason);

let scratch: string;
let program: string;
const seen = { exchanges: 0, installs: 0, failures: 0, outside: 0 };

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "races-"));
  if (reason === null) program = buildRacer(scratch);
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
  if (reason !== null) return;
  record({
    test: "T17",
    what: "library, product, staging, catalog file and manifest exchanged for links to somebody else's folder",
    injections: seen.exchanges,
    wrong: seen.outside,
    secondSpends: null,
    seed,
    ms: performance.now() - startedAt,
    note: `${seen.installs} installs meanwhile, ${seen.failures} stopped with a named failure`,
  });
});

/** What is exchanged, each path with the place in the canary that has the same things in it. */
const places: Readonly<Record<string, readonly (readonly [path: string, leadsTo: string])[]>> = {
  "the library's folder": [["iMeshh-Models", "."]],
  "the product's folder and those above it": [
    ["iMeshh-Models/Decor", "Decor"],
    ["iMeshh-Models/Decor/Vases", "Decor/Vases"],
    [vaseFolder, vaseFolder.slice("iMeshh-Models/".length)],
  ],
  staging: [
    ["iMeshh-Models/.sync", ".sync"],
    ["iMeshh-Models/.sync/staging", ".sync/staging"],
    ["iMeshh-Models/.sync/staging/(any)", vaseFolder.slice("iMeshh-Models/".length)],
    ["iMeshh-Models/.sync/replaced", ".sync/replaced"],
    ["iMeshh-Models/.sync/replaced/(any)", vaseFolder.slice("iMeshh-Models/".length)],
  ],
  "the catalog file": [["iMeshh-Models/blender_assets.cats.txt", "blender_assets.cats.txt"]],
  "the manifest and a folder of the product": [
    [`${vaseFolder}/.asset.json`, `${vaseFolder.slice("iMeshh-Models/".length)}/.asset.json`],
    [`${vaseFolder}/textures`, `${vaseFolder.slice("iMeshh-Models/".length)}/textures`],
  ],
};

/** An answer, or the named failure that came instead. Anything without a name fails the test. */
async function ask<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const code = /"code":"([a-z-]+)"/.exec(text)?.[1] ?? "";
    if (!isFailureCode(code)) throw error;
    seen.failures += 1;
    return null;
  }
}

/** Problems of a plan that are no failures of a product. */
const namedProblems: ReadonlySet<string> = new Set(["catalog-file-kept"]);

function checkNamed(failed: readonly { code: string; message: string }[]): void {
  for (const { code, message } of failed) {
    seen.failures += 1;
    expect(namedProblems.has(code) || isFailureCode(code), `${code}: ${message}`).toBe(true);
  }
}

/** One turn: a file of the product is lost and repaired, versions change places, the shop's catalog gets a new line. */
async function takeTurn(scene: Scene, daemon: TestDaemon, racer: Racer, turn: number): Promise<void> {
  await racer.atRest(async () => {
    await rm(join(scene.library, vaseFolder, "Decor_Vase_Clay_01.blend"), { force: true });
  });
  const repaired = await ask(daemon.repair([clayVase], { previous: turn % 3 === 2 }));
  if (repaired !== null) {
    seen.installs += repaired.repaired.length;
    checkNamed(repaired.failed);
  }
  const id = `bbbbbbbb-2222-4333-8444-${String(turn).padStart(12, "0")}`;
  scene.sandbox.setCatalogFile("model", `VERSION 1\n\n${id}:Garden/Pots ${turn}:Garden-Pots\n`);
  const synced = await ask(daemon.sync());
  if (synced !== null) checkNamed(synced.failed);
  if (turn % 4 === 3) await ask(daemon.verify());
}

describe.skipIf(reason !== null)("folders exchanged for links while the daemon works", () => {
  it.each(Object.entries(places))(
    `nothing is written, changed or removed outside: %s (seed ${seed})`,
    async (_what, exchanged) => {
      const scene = await makeScene({ wanted: [{ productId: clayVase }], imeshh: { updates: "auto" } });
      const daemon = await scene.start();
      await daemon.sync();
      scene.sandbox.updateProduct(clayVase);
      expect(await daemon.sync()).toMatchObject({ committed: 1, failed: [] });
      const spent = scene.spentAtShop();
      const canary = join(scene.folder, "outside", "canary");
      makeCanary({ library: join(scene.library, "iMeshh-Models"), canary });
      const before = describeTree(canary);
      const pairs: Pair[] = exchanged.map(([path, leadsTo]) => ({
        path: join(scene.library, path),
        leadsTo: join(canary, leadsTo),
      }));
      const racer = startRacer({ program, folder: join(scene.folder, "outside", "links"), pairs, seed });
      onTestFinished(() => void racer.process.kill("SIGKILL"));

      const end = Date.now() + raceMs;
      let turns = 0;
      while (Date.now() < end || turns < 3) {
        await takeTurn(scene, daemon, racer, turns);
        turns += 1;
      }
      const exchanges = await racer.end();
      seen.exchanges += exchanges;
      const after = describeTree(canary);
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (path) => before[path] !== after[path],
      );
      seen.outside += changed.length;
      expect(changed, `after ${turns} turns, ${exchanges} exchanges, seed ${seed}, ${level()}`).toEqual([]);
      expect(exchanges).toBeGreaterThan(100);
      await daemon.stop();
      // What was paid for before is not paid for again because of it.
      expect(scene.spentAtShop()).toBe(spent);
    },
    raceMs + 240_000,
  );
});
