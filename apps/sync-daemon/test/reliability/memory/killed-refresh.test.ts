// I7 and I14 together: a refresh that is killed anywhere leaves the old catalog or the new one, whole, and costs nothing.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { makeScene, type Scene, until } from "../../scene/scene.ts";
import { count, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { findCatalogProcess, type ServedDaemon, serve } from "./served-daemon.ts";

const reason = existsSync("/proc/self/status") ? null : "there is no /proc to find another process's child in";
if (reason !== null) recordSkipped("T21", "refresh killed in the middle", reason);

const clayVase = 132611;
const generatedProducts = 2_000;
const victims = ["catalog process", "daemon"] as const;

/** What is waited for before the kill; after it some milliseconds more, so that no two kills hit the same instant. */
const moments = ["process started", "feeds staged", "database begun", "database whole", "answer under way"] as const;

interface Case {
  readonly victim: (typeof victims)[number];
  readonly moment: (typeof moments)[number];
  readonly afterMs: number;
}

function* makeCases(seed: number, rounds: number): Iterable<Case> {
  let state = seed;
  const random = (): number => {
    // Numerical Recipes' constants for a 32-bit linear congruence.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const victim of victims) {
      for (const moment of moments) yield { victim, moment, afterMs: Math.floor(random() * random() * 60) };
    }
  }
}

const listFolder = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Has the moment come? Looked at from outside, by what lies on the disk. */
async function hasCome(scene: Scene, moment: Case["moment"], before: readonly string[]): Promise<boolean> {
  const databases = (await listFolder(join(scene.home, "catalogs"))).filter((name) => !before.includes(name));
  switch (moment) {
    case "process started":
      return true;
    case "feeds staged":
      return (await listFolder(join(scene.home, "feeds", "incoming"))).length > 0;
    case "database begun":
      return databases.length > 0;
    case "database whole":
      return databases.some((name) => name.endsWith(".db"));
    case "answer under way":
      return (await listFolder(join(scene.home, "feeds", "incoming"))).length === 0 && databases.length > 0;
  }
}

/** Begins a refresh and kills the victim at the moment. Gives whether it was hit while the refresh was under way. */
async function killAt(scene: Scene, daemon: ServedDaemon, one: Case): Promise<boolean> {
  const before = await listFolder(join(scene.home, "catalogs"));
  let hasEnded = false;
  const sync = daemon.sync().then(
    (result) => {
      hasEnded = true;
      return result;
    },
    () => undefined,
  );
  let child: number | undefined;
  while (child === undefined && !hasEnded) {
    child = await findCatalogProcess(daemon.pid);
    await sleep(2);
  }
  const deadline = Date.now() + 60_000;
  while (!hasEnded && !(await hasCome(scene, one.moment, before))) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for: ${one.moment}`);
    await sleep(1);
  }
  await sleep(one.afterMs);
  let wasHit = !hasEnded;
  if (one.victim === "daemon") await daemon.kill();
  else {
    const alive = await findCatalogProcess(daemon.pid);
    wasHit &&= alive !== undefined;
    if (alive !== undefined) {
      try {
        process.kill(alive, "SIGKILL");
      } catch {
        // It ended between the look and the signal.
        wasHit = false;
      }
    }
  }
  await sync;
  return wasHit;
}

/** The catalog in use: its revision must fit what is in it, to the last product. */
async function isWhole(daemon: ServedDaemon, rounds: ReadonlyMap<string, number>): Promise<string | null> {
  const status = await daemon.status();
  const round = rounds.get(status.catalogRevision ?? "");
  if (round === undefined) return `the revision ${status.catalogRevision} was never served`;
  if (status.products !== 22 + generatedProducts) return `it has ${status.products} products`;
  const [found, ...others] = (await daemon.search("roundmark")).products;
  if (found?.title !== `Roundmark ${round}` || others.length > 0) return `round ${round} holds "${found?.title}"`;
  return (await daemon.search("")).total === 22 + generatedProducts ? null : "not all of it is listed";
}

it.skipIf(reason !== null)(
  "a refresh that is killed leaves the old catalog or the new one",
  async () => {
    const startedMs = Date.now();
    const seed = runSeed();
    const scene = await makeScene({ wanted: [], sandbox: { generatedProducts } });
    const served = new Map<string, number>();
    let round = 0;
    const news = (): void => {
      round += 1;
      const revision = `2026-01-01T00:00:00Z-${round}`;
      scene.sandbox.updateProduct(clayVase, { fields: { name: `Roundmark ${round}` }, touch: false });
      scene.sandbox.setLastUpdated(revision);
      served.set(revision, round);
    };
    news();
    let daemon = await serve(scene);
    await until("the first catalog", async () => (await daemon.status()).lastSync !== null, 120_000);
    let hits = 0;
    const wrong: string[] = [];
    const cases = [...makeCases(seed, count({ commit: 1, nightly: 4, release: 12 }))];
    const planned = cases.length;
    const least = count({ commit: 6, nightly: 25, release: 80 });
    for (let index = 0; index < cases.length; index += 1) {
      const one = cases[index];
      if (one === undefined) break;
      news();
      const wasHit = await killAt(scene, daemon, one);
      if (wasHit) hits += 1;
      // What came too late is tried again sooner where it is needed: no count depends on how fast a machine is.
      else if (hits + cases.length - index - 1 < least && cases.length < 3 * planned)
        cases.push({ ...one, afterMs: Math.floor(one.afterMs / 2) });
      if (one.victim === "daemon") daemon = await serve(scene);
      const about = `${one.victim} killed ${one.afterMs} ms after "${one.moment}"`;
      // A daemon that was killed follows the shop as it starts; until then the catalog must be one of the two as well.
      const problem = await isWhole(daemon, served);
      if (problem !== null) wrong.push(`${about}: ${problem}`);
      await daemon.sync();
      const { catalogRevision } = await daemon.status();
      if (served.get(catalogRevision ?? "") !== round) wrong.push(`${about}: the next sync did not bring the news`);
      const problemAfter = await isWhole(daemon, served);
      if (problemAfter !== null) wrong.push(`${about}, after the next sync: ${problemAfter}`);
    }
    await daemon.stop();
    daemon = await serve(scene);
    await until("a quiet daemon", async () => (await daemon.status()).state === "idle", 60_000);
    await daemon.stop();
    const left = [
      ...(await listFolder(join(scene.home, "feeds", "incoming"))),
      ...(await listFolder(join(scene.home, "catalogs"))).slice(1),
    ];
    if (left.length > 0) wrong.push(`left behind: ${left.join(", ")}`);
    record({
      test: "T21",
      what: "catalog process or daemon killed in a refresh",
      injections: hits,
      wrong: wrong.length,
      secondSpends: scene.spentAtShop(),
      seed,
      ms: Date.now() - startedMs,
    });
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(scene.spentAtShop()).toBe(0);
    expect(hits, `seed ${seed}: hardly a kill came in time`).toBeGreaterThanOrEqual(least);
  },
  count({ commit: 300_000, nightly: 900_000 }),
);
