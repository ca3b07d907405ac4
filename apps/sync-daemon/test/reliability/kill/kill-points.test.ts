import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChargingModel } from "@org/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeScene, type Scene } from "../../scene/scene.ts";
import { count, level, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { buildKillMachine, type Call, type KillMachine, placeOf, whyNoKillMachine } from "./kill-before-call.ts";
import { spendsInDatabase, spendsInFile } from "./ledger-look.ts";
import { lookAtLibraries, nobody, type Person } from "./library-look.ts";
import { makePhases, type Phase, product } from "./phases.ts";
import { createRandom, spread } from "./random.ts";
import {
  asksOf,
  begin,
  differenceOf,
  hashOf,
  isSameLibrary,
  keep,
  restore,
  type State,
  stateOf,
  whatIsLeft,
} from "./states.ts";

const chargingModels: readonly ChargingModel[] = ["link", "first-byte", "completion", "every-request"];
const what = "kill -9 before one call that changes disk or shop, in install, update, merge, repair and removal";

const reason = whyNoKillMachine();
if (reason !== null) recordSkipped("T1", what, reason);

/** What the fault-free run of a phase begins with and ends with. */
interface Course {
  readonly phase: Phase;
  readonly person: Person;
  readonly calls: Call[];
  readonly before: State;
  readonly after: State;
}

/** What came of the kills of one walk through all phases. */
interface Tally {
  readonly wrong: string[];
  readonly places: Set<string>;
  fired: number;
  missed: number;
  unavoidable: number;
  secondSpends: number;
}

describe.skipIf(reason !== null)("T1: a daemon killed before any call that changes something", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "asset-sync-kill-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("leaves nothing half, loses nothing of a person, pays nothing twice, and converges with one more run", {
    timeout: count({ commit: 900_000, nightly: 5_400_000 }),
  }, async () => {
    const startedAtMs = performance.now();
    const seed = runSeed();
    const totalPoints = count({ commit: 28, nightly: 504, release: 1_512 });
    // A night has both cores for it, and each walk waits now and then: it has a scene of its own, and its share of the calls.
    const shares = count({ commit: 1, nightly: 3 });
    const tallies = await Promise.all(
      Array.from({ length: shares }, async (_, share) => {
        const own = join(folder, String(share));
        await mkdir(own);
        return walk({ folder: own, seed, share, shares, points: totalPoints / shares });
      }),
    );
    const sum = (key: "fired" | "missed" | "unavoidable" | "secondSpends") =>
      tallies.reduce((total, tally) => total + tally[key], 0);
    const wrong = tallies.flatMap((tally) => tally.wrong);
    const places = new Set(tallies.flatMap((tally) => [...tally.places]));
    const fired = sum("fired");
    const secondSpends = sum("secondSpends");

    const note = `${places.size} different places; killed between question and answer, so asked for once more: ${sum("unavoidable")}`;
    record({
      test: "T1",
      what,
      injections: fired,
      wrong: wrong.length,
      secondSpends,
      seed,
      ms: performance.now() - startedAtMs,
      note,
    });
    process.stdout.write(`T1: ${fired} kills (${sum("missed")} did not fire), ${note}, seed ${seed}\n`);
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(secondSpends).toBe(0);
    expect(fired).toBeGreaterThanOrEqual(totalPoints * 0.98);
  });
});

/** Goes through all phases in a new scene, and in each kills at this share of its calls, up to `points` of them in all. */
async function walk(given: {
  folder: string;
  seed: number;
  share: number;
  shares: number;
  points: number;
}): Promise<Tally> {
  const { folder, seed, share, shares, points } = given;
  const random = createRandom(seed + share);
  const machine = buildKillMachine(folder);
  const scene = await makeScene({
    wanted: [{ productId: product }],
    imeshh: { updates: "auto", downloadLimit: 100, keepInReserve: 0 },
    sandbox: { downloadLimit: 100 },
  });
  await scene.writeConfig({ limits: { archiveStoreGigabytes: 0.007 } });
  const tally: Tally = { wrong: [], places: new Set(), fired: 0, missed: 0, unavoidable: 0, secondSpends: 0 };
  let person = nobody;
  const phases = makePhases(folder);
  for (const [index, phase] of phases.entries()) {
    const course = await follow({ scene, machine, folder, phase, person });
    person = course.person;
    expect(course.before.library.problems, phase.name).toEqual([]);
    const wanted = Math.round((points * (index + 1)) / phases.length) - tally.fired;
    const calls = course.calls.filter(({ number }) => number % shares === share);
    let firedHere = 0;
    for (const call of spread(calls, placeOf, random)) {
      if (firedHere === wanted || tally.wrong.length > 20) break;
      const charging = chargingModels[tally.fired % chargingModels.length] ?? "link";
      const point = await killAt({ scene, machine, folder, course, call, charging });
      if (point.killed === null) {
        tally.missed += 1;
        continue;
      }
      tally.fired += 1;
      firedHere += 1;
      tally.places.add(`${phase.name}: ${placeOf(point.killed)}`);
      if (point.unavoidable) tally.unavoidable += 1;
      if (point.secondSpend) tally.secondSpends += 1;
      const at = `${phase.name}, call ${call.number} (${point.killed.call} ${point.killed.path}), ${charging}`;
      tally.wrong.push(...point.wrong.map((sentence) => `${at}: ${sentence}`));
    }
    await restore(scene, folder, "after");
    if (level() !== "commit") process.stdout.write(`T1 ${phase.name}: ${firedHere} of ${calls.length} calls\n`);
  }
  return tally;
}

/** Brings shop and library to the beginning of a phase, keeps that, and goes through the phase without a fault. */
async function follow(at: {
  scene: Scene;
  machine: KillMachine;
  folder: string;
  phase: Phase;
  person: Person;
}): Promise<Course> {
  const { scene, machine, folder, phase } = at;
  const { made = [], removed = [] } = await phase.prepare(scene);
  const contents = new Set(at.person.contents);
  for (const path of made) contents.add(await hashOf(join(scene.library, path)));
  const person = { contents, removed: new Set(removed) };
  await keep(scene, folder, "before");
  const before = await stateOf(scene, person);
  begin(scene, "link");
  const { calls, code, stderr } = await machine.run(scene, phase.args);
  expect(code, `${phase.name}: ${stderr}`).toBe(0);
  expect(calls.length, phase.name).toBeGreaterThan(50);
  expect(asksOf(scene), phase.name).toBe(phase.links);
  const lasting = { contents, removed: new Set<string>() };
  const after = await stateOf(scene, lasting);
  expect(after.library.problems, phase.name).toEqual([]);
  expect(whatIsLeft(after.library.leftovers, await readdir(join(scene.home, "partial")))).toEqual([]);
  expect(intentProblems(calls), phase.name).toEqual([]);
  await keep(scene, folder, "after");
  return { phase, person, calls, before, after };
}

async function killAt(at: {
  scene: Scene;
  machine: KillMachine;
  folder: string;
  course: Course;
  call: Call;
  charging: ChargingModel;
}): Promise<{ killed: Call | null; wrong: string[]; unavoidable: boolean; secondSpend: boolean }> {
  const { scene, machine, folder, course, call, charging } = at;
  const { phase, person, before, after } = course;
  await restore(scene, folder, "before");
  begin(scene, charging);
  const { calls, code } = await machine.run(scene, phase.args, { killAt: call.number });
  const killed = calls.find(({ isKilled }) => isKilled) ?? null;
  if (killed === null || code !== null) return { killed: null, wrong: [], unavoidable: false, secondSpend: false };
  // What the dead process had sent is still read and counted.
  await new Promise((resolve) => setTimeout(resolve, 10));
  const wrong = intentProblems(calls);

  const atKill = await lookAtLibraries(scene.library, person);
  wrong.push(...atKill.problems);
  for (const [library, text] of Object.entries(atKill.catalogs)) {
    if (text !== before.library.catalogs[library] && text !== after.library.catalogs[library])
      wrong.push(`The catalog file of ${library} is neither the old nor the new one.`);
  }
  const asked = asksOf(scene);
  const open = spendsInDatabase(scene.home).filter(({ state }) => state === "reserved").length;
  const known = spendsInDatabase(scene.home).length - before.spends;
  if (asked > known) wrong.push(`The shop was asked ${asked} times, and the database knows of ${known}.`);
  if (asked > spendsInFile(scene.home).length - before.spends)
    wrong.push(`The shop was asked ${asked} times, and ledger.jsonl knows of fewer.`);
  const unavoidable = open > 0 && asked > 0;

  wrong.push(...(await convergenceProblems({ scene, course, charging, unavoidable })));
  const links = asksOf(scene);
  const secondSpend = links > phase.links + (unavoidable ? 1 : 0);
  if (secondSpend) wrong.push(`${links} links were asked for.`);
  return { killed, wrong, unavoidable, secondSpend };
}

/** Starts once more and does the same again: then everything must be as if nothing had happened. */
async function convergenceProblems(at: {
  scene: Scene;
  course: Course;
  charging: ChargingModel;
  unavoidable: boolean;
}): Promise<string[]> {
  const { scene, course, charging, unavoidable } = at;
  const { phase, before, after } = course;
  const wrong: string[] = [];
  const daemon = await scene.start();
  try {
    await phase.again(daemon);
  } catch (error) {
    wrong.push(`Doing it again failed: ${String(error)}`);
  }
  await daemon.stop();

  const lasting = { contents: course.person.contents, removed: new Set<string>() };
  const now = await stateOf(scene, lasting);
  wrong.push(...now.library.problems.map((problem) => `After the restart: ${problem}`));
  const left = whatIsLeft(now.library.leftovers, await readdir(join(scene.home, "partial")));
  if (left.length > 0) wrong.push(`After the restart is left: ${left.join(", ")}`);
  if (!isSameLibrary(now, after) && !(phase.mayStayAsBefore && isSameLibrary(now, before))) {
    wrong.push(`The library is not that of a run without a kill: ${differenceOf(now.library, after.library)}`);
  }
  if (JSON.stringify(now.archives) !== JSON.stringify(after.archives) && !phase.mayStayAsBefore)
    wrong.push(`The kept archives are ${now.archives.join(", ")} and not ${after.archives.join(", ")}.`);

  const spends = spendsInDatabase(scene.home);
  const confirmed = spends.filter(({ state }) => state === "confirmed").length;
  const counted = spends.filter(({ state }) => state !== "released").length - before.spends;
  if (confirmed !== after.spends) wrong.push(`${confirmed} spends are confirmed instead of ${after.spends}.`);
  if (spends.some(({ state }) => state === "reserved")) wrong.push("A spend is still reserved.");
  const inFile = new Map(spendsInFile(scene.home).map(({ key, state }) => [key, state]));
  if (spends.some(({ key, state }) => inFile.get(key) !== state)) wrong.push("ledger.jsonl and database disagree.");
  const charged = scene.spentAtShop();
  const transfers = scene.sandbox.requests({ host: "cdn", method: "GET" }).filter(({ spend }) => spend).length;
  const allowed = charging === "every-request" ? transfers : phase.links + (unavoidable ? 1 : 0);
  if (charged > allowed) wrong.push(`The shop counted ${charged} downloads instead of ${allowed}.`);
  if (charging !== "every-request" && charged > counted)
    wrong.push(`The shop counted ${charged}, the ledger ${counted}.`);
  return wrong;
}

/** I3: a question for a link leaves only when its reservation was flushed, in the plain copy and in the database. */
function intentProblems(calls: readonly Call[]): string[] {
  const wrong: string[] = [];
  for (const [index, { call, number, isKilled }] of calls.entries()) {
    if (call !== "ask" || isKilled) continue;
    const earlier = calls.slice(0, index);
    for (const path of ["/home/ledger.jsonl", "/home/state.db-wal"]) {
      const written = earlier.findLastIndex((one) => one.call === "write" && one.path === path);
      const flushed = earlier.findLastIndex((one) => /sync$/.test(one.call) && one.path === path);
      if (written === -1 || flushed < written)
        wrong.push(`The question (call ${number}) left before ${path} was flushed.`);
    }
  }
  return wrong;
}
