import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Command, startCommand } from "../../scene/command.ts";
import { makeScene, type Scene, until } from "../../scene/scene.ts";
import { count } from "../level.ts";
import { record } from "../record.ts";

const clayVase = 132611;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";
const crowd = 20;
const patientMs = 120_000;

let cache = "";
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "asset-sync-daemons-"));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

const start = (scene: Scene, args: readonly string[], home = scene.home): Command =>
  startCommand(scene, args, { ASSET_SYNC_HOME: home, NODE_COMPILE_CACHE: cache });

interface Address {
  readonly address: string;
  readonly pid: number;
}

async function addressIn(home: string): Promise<Address | undefined> {
  const file = join(home, "api.json");
  if (!existsSync(file)) return undefined;
  const text = await readFile(file, "utf8");
  return text === "" ? undefined : (JSON.parse(text) as Address);
}

async function killHard(command: Command): Promise<void> {
  command.process.kill("SIGKILL");
  await command.ended;
}

describe("T15: many daemons", () => {
  it(`${crowd} at once on one home: one has it, the others end with status 7 and its address; after kill -9 the next`, {
    timeout: count({ commit: 400_000, nightly: 2_400_000 }),
  }, async () => {
    const startedAtMs = performance.now();
    const rounds = count({ commit: 3, nightly: 4, release: 25 });
    const scene = await makeScene({ wanted: [] });
    const wrong: string[] = [];
    let holder: Command | undefined;
    for (let round = 0; round < rounds; round += 1) {
      // The one before is killed while the crowd is already knocking: its lock must be free at once, its files in nobody's way.
      if (holder !== undefined) await killHard(holder);
      const commands = Array.from({ length: crowd }, () => start(scene, ["serve"]));
      const ended = new Map<Command, { code: number | null; stderr: string }>();
      for (const command of commands) void command.ended.then((end) => ended.set(command, end));
      await until("all but one to end", () => ended.size >= crowd - 1, patientMs);
      const left = commands.filter((command) => !ended.has(command));
      holder = left[0];
      if (left.length !== 1 || holder === undefined) {
        wrong.push(`round ${round}: ${left.length} daemons have the home`);
        break;
      }
      const winner = holder;
      const found = await until(
        "the address of the one that is left",
        async () => {
          const address = await addressIn(scene.home);
          return address?.pid === winner.process.pid ? address : undefined;
        },
        patientMs,
      );
      for (const { code, stderr } of ended.values()) {
        if (code !== 7 || !stderr.includes(`It answers at ${found.address}.`))
          wrong.push(`round ${round}: status ${code}, ${stderr.trim()}`);
      }
    }
    record({
      test: "T15",
      what: `${crowd} daemons started at once on one home, the holder before killed with kill -9`,
      injections: rounds,
      wrong: wrong.length,
      secondSpends: null,
      seed: null,
      ms: performance.now() - startedAtMs,
    });
    expect(wrong).toEqual([]);
  });

  it("two homes on one library: the second says so in one sentence and spends nothing, and has it at once after kill -9", {
    timeout: count({ commit: 300_000, nightly: 1_800_000 }),
  }, async () => {
    const startedAtMs = performance.now();
    const rounds = count({ commit: 3, nightly: 4, release: 25 });
    const scene = await makeScene({ wanted: [{ productId: clayVase }], imeshh: { downloadLimit: 1_000 } });
    const wrong: string[] = [];
    let homes = [scene.home, join(scene.folder, "other-home")] as const;
    await mkdir(homes[1]);
    await writeFile(join(homes[1], "config.jsonc"), await readFile(join(scene.home, "config.jsonc"), "utf8"));
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = homes;
      const holder = start(scene, ["serve"], first);
      const { address } = await until(
        "the daemon that has the library",
        async () => {
          const found = await addressIn(first);
          return found?.pid === holder.process.pid ? found : undefined;
        },
        patientMs,
      );
      expect(address).toMatch(/^http/);
      await until("its asset", async () => (await scene.assets()).includes(vaseFolder), patientMs);
      const spentBefore = scene.spentAtShop();
      const refused = await start(scene, ["sync", "--json"], second).ended;
      const answer = JSON.parse(refused.stdout) as { spent: number; failed: { code: string; message: string }[] };
      const taken = answer.failed.filter(
        ({ code, message }) =>
          code === "library-taken" && message.includes(`(process ${holder.process.pid}) keeps the library`),
      );
      if (refused.code !== 7 || answer.spent !== 0 || taken.length < 4 || scene.spentAtShop() !== spentBefore)
        wrong.push(`round ${round}: status ${refused.code}, ${refused.stdout}`);
      // It must not have cleared away what the other one stages, nor marked the libraries anew.
      await killHard(holder);
      const next = await start(scene, ["sync", "--json"], second).ended;
      if (next.code !== 0) wrong.push(`round ${round}: after kill -9 status ${next.code}, ${next.stdout}`);
      if (!(await scene.assets()).includes(vaseFolder)) wrong.push(`round ${round}: the asset is gone`);
      homes = [second, first];
    }
    // The second home finds the first one's asset in the library and has no reason to download it.
    expect(scene.spentAtShop()).toBe(1);
    record({
      test: "T15",
      what: "a second home on the same library, the holder killed with kill -9",
      injections: rounds * 2,
      wrong: wrong.length,
      secondSpends: scene.spentAtShop() - 1,
      seed: null,
      ms: performance.now() - startedAtMs,
    });
    expect(wrong).toEqual([]);
  });

  it("a dead daemon's files that name a living process are in nobody's way", { timeout: patientMs * 2 }, async () => {
    const scene = await makeScene({ wanted: [] });
    const dead = start(scene, ["serve"]);
    await until("a daemon", async () => (await addressIn(scene.home)) !== undefined, patientMs);
    await killHard(dead);
    // The number of the dead one belongs to somebody else now: to this very process.
    for (const file of [join(scene.home, "api.json"), join(scene.home, "lock.json")]) {
      const content: object = JSON.parse(await readFile(file, "utf8"));
      await writeFile(file, JSON.stringify({ ...content, pid: process.pid }));
    }
    const { code, stdout } = await start(scene, ["sync", "--json"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ failed: [] });
  });

  it("a port that another program has is told, and the home is free again", { timeout: patientMs * 2 }, async () => {
    const scene = await makeScene({ wanted: [] });
    const stranger = createServer((_request, response) => response.end("I am somebody else"));
    onTestFinished(() => void stranger.close());
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    const file = join(scene.home, "config.jsonc");
    const config: object = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...config, api: { port } }));
    const refused = await start(scene, ["serve"]).ended;
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(String(port));
    // A single command takes any port.
    const { code } = await start(scene, ["sync", "--json"]).ended;
    expect(code).toBe(0);
  });
});
