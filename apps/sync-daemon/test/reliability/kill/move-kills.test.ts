import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LibraryAnswer } from "../../../src/api/contract/library.ts";
import { isTemporaryName } from "../../../src/library/write-file-atomic.ts";
import { startCommand } from "../../scene/command.ts";
import { makeScene, type Scene } from "../../scene/scene.ts";
import { count, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { buildKillMachine, type Call, type KillMachine, placeOf, whyNoKillMachine } from "./kill-before-call.ts";
import { createRandom, spread } from "./random.ts";
import { keep, restore } from "./states.ts";

const clayVase = 132611;
const what = "kill -9 before one call that changes something, while all libraries move to another folder";
const reason = whyNoKillMachine();
if (reason !== null) recordSkipped("T1", what, reason);

/** Path and bytes of every file that moves along. */
async function filesOf(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (!entry.isFile() || /\.sync\/(lock|staging)|\.asset-sync-move/.test(name)) continue;
    found[name] = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  }
  return found;
}

const rootInFile = async ({ home }: Scene): Promise<string> =>
  (JSON.parse(await readFile(join(home, "config.jsonc"), "utf8")) as { library: { root: string } }).library.root;

/** The last calls first, where it is switched over: those after the configuration was touched all count as places. */
/** Does a library hold something else? What a dead process was about to write is nothing yet. */
async function isOther(root: string, before: Record<string, string>): Promise<boolean> {
  const lasting = Object.entries(await filesOf(root)).filter(([name]) => !isTemporaryName(basename(name)));
  return JSON.stringify(Object.fromEntries(lasting)) !== JSON.stringify(before);
}

function order(calls: readonly Call[], random: () => number): Call[] {
  const touched = calls.findIndex(({ path }) => path.includes("config.jsonc"));
  expect(touched, "the move never changed the configuration").toBeGreaterThan(0);
  const late = spread(calls.slice(touched - 1), ({ number }) => String(number), random);
  const early = spread(calls.slice(0, touched - 1), placeOf, random);
  const pairs = Math.max(late.length, early.length);
  return Array.from({ length: pairs }, (_, index) => [late[index], early[index]])
    .flat()
    .filter((call) => call !== undefined);
}

describe.skipIf(reason !== null)("a move of the libraries that is killed before any call", () => {
  let folder = "";
  let machine: KillMachine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "asset-sync-kill-"));
    machine = buildKillMachine(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("leaves the libraries whole in the one place or the other, and is done when it is asked for again", {
    timeout: count({ commit: 600_000, nightly: 1_800_000 }),
  }, async () => {
    const startedAtMs = performance.now();
    const seed = runSeed();
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const daemon = await scene.start();
    await daemon.sync();
    await daemon.stop();
    await writeFile(join(scene.library, "iMeshh-Models", "my scene.blend"), "BLENDER, mine");
    const before = await filesOf(scene.library);
    const spent = scene.spentAtShop();
    const to = join(scene.folder, "disk2");
    await keep(scene, folder, "before");

    const whole = await machine.run(scene, ["move", to, "--json"]);
    expect(whole.code, whole.stderr).toBe(0);
    expect(await filesOf(to)).toEqual(before);

    const points = count({ commit: 6, nightly: 16, release: 60 });
    const wrong: string[] = [];
    let fired = 0;
    let switched = 0;
    for (const call of order(whole.calls, createRandom(seed))) {
      if (fired === points || wrong.length > 10) break;
      await restore(scene, folder, "before");
      await rm(to, { recursive: true, force: true });
      const { calls, code } = await machine.run(scene, ["move", to, "--json"], { killAt: call.number });
      const killed = calls.find(({ isKilled }) => isKilled);
      if (killed === undefined || code !== null) continue;
      fired += 1;
      const say = (sentence: string) => wrong.push(`before ${killed.call} ${killed.path}: ${sentence}`);

      const root = await rootInFile(scene);
      if (root === to) switched += 1;
      if (root !== to && root !== scene.library) say(`the configuration names ${root}`);
      if (await isOther(scene.library, before)) say("the old libraries changed");
      if (await isOther(root, before)) say("the libraries in use are not whole");

      const next = await scene.start();
      const { libraries } = await next.call<LibraryAnswer>("GET", "/api/v1/library");
      if (libraries.some(({ state }) => state !== "ready")) say(`after the restart: ${JSON.stringify(libraries)}`);
      const { assets, damaged } = await next.verify();
      if (assets !== 1 || damaged.length > 0) say(`${assets} assets, ${damaged.length} damaged`);
      await next.stop();
      if (root !== to) {
        const again = await startCommand(scene, ["move", to, "--json"]).ended;
        if (again.code !== 0) say(`asked for again: status ${again.code}: ${again.stdout.slice(0, 300)}`);
      }
      if ((await rootInFile(scene)) !== to) say("it never moved");
      if (JSON.stringify(await filesOf(to)) !== JSON.stringify(before)) say("the moved libraries are not whole");
    }

    const secondSpends = scene.spentAtShop() - spent;
    record({
      test: "T1",
      what,
      injections: fired,
      wrong: wrong.length,
      secondSpends,
      seed,
      ms: performance.now() - startedAtMs,
      note: `${switched} of them after the configuration had changed`,
    });
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(secondSpends).toBe(0);
    expect(fired).toBeGreaterThanOrEqual(points * 0.9);
    expect(switched).toBeGreaterThan(0);
  });
});
