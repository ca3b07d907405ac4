import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene, until } from "./scene/scene.ts";

const clayVase = 132611;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";
const linkPath = "/wp-json/imeshh/product-information/download-link";

const linksAskedFor = (scene: Scene) => scene.sandbox.requests({ path: linkPath }).length;

/** A zip of many files, so that fetching or unpacking takes long enough to be killed in the middle. */
async function makeLargeArchive(
  scene: Scene,
  files: number,
  content: (index: number) => string | Buffer,
): Promise<string> {
  const folder = join(scene.folder, "large");
  await mkdir(join(folder, "Decor_Vase_Clay_01", "parts"), { recursive: true });
  for (let index = 0; index < files; index += 1) {
    await writeFile(join(folder, "Decor_Vase_Clay_01", "parts", `part-${index}.txt`), content(index));
  }
  await writeFile(join(folder, "Decor_Vase_Clay_01", "Decor_Vase_Clay_01.blend"), "BLENDER");
  const file = join(scene.folder, "large.zip");
  execFileSync("python3", [
    "-c",
    "import shutil,sys; shutil.make_archive(sys.argv[1][:-4], 'zip', sys.argv[2])",
    file,
    folder,
  ]);
  return file;
}

describe("killed in the middle", () => {
  it("of a download: the next start resumes on the same link and spends nothing more", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const file = await makeLargeArchive(scene, 8, () => randomBytes(1_000_000));
    scene.sandbox.updateProduct(clayVase, { archive: { file } });
    const stall = scene.fault({
      host: "cdn",
      path: "/2025/06/28170130/Decor_Vase_Clay_01_Blender.zip",
      kind: "stall",
      afterBytes: 4_000_000,
    });
    const command = startCommand(scene, ["sync", "--json"]);
    const partial = join(scene.home, "partial");
    await until(
      "bytes on disk",
      async () =>
        existsSync(partial) &&
        (await readdir(partial)).some((name) => name.endsWith(".part")) &&
        scene.sandbox.faults().some(({ fired }) => fired > 0),
    );
    await until("the stalled bytes", async () => (await partSize(partial)) > 3_000_000);
    command.process.kill("SIGKILL");
    await command.ended;
    expect(await scene.assets()).toEqual([]);

    scene.sandbox.removeFault(stall);
    const { code, stdout } = await startCommand(scene, ["sync", "--json"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ committed: 1, spent: 0, failed: [] });
    expect(await scene.assets()).toEqual([vaseFolder]);
    expect(linksAskedFor(scene)).toBe(1);
    expect(scene.spentAtShop()).toBe(1);
    const ranges = scene.sandbox.requests({ host: "cdn" }).map(({ headers }) => headers.range ?? "");
    expect(ranges).toEqual(["", expect.stringMatching(/^bytes=[1-9]\d{5,}-$/)]);
  });

  it("of an extraction: the next start installs from the kept archive and asks the shop for nothing", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const file = await makeLargeArchive(scene, 8_000, (index) => `part ${index}\n`.repeat(200));
    scene.sandbox.updateProduct(clayVase, { archive: { file } });
    const command = startCommand(scene, ["sync", "--json"]);
    const staging = join(scene.library, "iMeshh-Models", ".sync", "staging");
    await until("files in staging", async () => {
      const [staged] = existsSync(staging) ? await readdir(staging) : [];
      return staged !== undefined && (await readdir(join(staging, staged), { recursive: true })).length > 20;
    });
    command.process.kill("SIGKILL");
    await command.ended;
    expect(await scene.assets()).toEqual([]);

    const before = scene.sandbox.requests({ host: "cdn" }).length;
    const { code, stdout } = await startCommand(scene, ["sync", "--json"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ committed: 1, spent: 0, failed: [] });
    expect(await scene.assets()).toEqual([vaseFolder]);
    expect(linksAskedFor(scene)).toBe(1);
    expect(scene.sandbox.requests({ host: "cdn" }).length).toBe(before);
    expect(await readdir(staging)).toEqual([]);
  });

  it("while the shop answers a link: the spend is in doubt, and at most one more follows by itself", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const slow = scene.fault({ host: "shop", path: linkPath, kind: "slow-first-byte", ms: 60_000, times: 1 });
    const command = startCommand(scene, ["sync", "--json"]);
    await until("the question for a link", () =>
      scene.sandbox.faults().some(({ id, fired }) => id === slow && fired > 0),
    );
    command.process.kill("SIGKILL");
    await command.ended;

    const { code, stdout } = await startCommand(scene, ["sync", "--json"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ committed: 1, spent: 1 });
    const quota = await startCommand(scene, ["quota", "--json"]).ended;
    expect(JSON.parse(quota.stdout)).toMatchObject({
      products: [{ productId: clayVase, spent: 1, inDoubt: 1, left: 2 }],
    });
  });
});

describe("stopped in order", () => {
  it("ends within five seconds on SIGTERM in the middle of a download, and goes on with the next start", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    scene.fault({
      host: "cdn",
      path: "/2025/06/28170130/Decor_Vase_Clay_01_Blender.zip",
      kind: "stall",
      afterBytes: 60_000,
      times: 1,
    });
    const command = startCommand(scene, ["serve"]);
    await until("a transfer", () => scene.sandbox.faults().some(({ fired }) => fired > 0));
    const stoppedAt = Date.now();
    command.process.kill("SIGTERM");
    const { code } = await command.ended;
    expect(code).toBe(0);
    // A promise of the program (contracts: ends within 5 s), not a measurement of its speed.
    expect(Date.now() - stoppedAt).toBeLessThan(5_000);
    expect(existsSync(join(scene.home, "api.json"))).toBe(false);
    const { stdout } = await startCommand(scene, ["sync", "--json"]).ended;
    expect(JSON.parse(stdout)).toMatchObject({ committed: 1, spent: 0 });
    expect(scene.spentAtShop()).toBe(1);
  });

  it("waits for the shop's answer to a link that a person asked for by name, so that no spend is in doubt", async () => {
    const scene = await makeScene({ wanted: [] });
    const daemon = await scene.start();
    await daemon.sync();
    const slow = scene.fault({ host: "shop", path: linkPath, kind: "slow-first-byte", ms: 1_600, times: 1 });
    const cutOff = daemon.get([clayVase]).catch(() => undefined);
    await until("the question for a link", () =>
      scene.sandbox.faults().some(({ id, fired }) => id === slow && fired > 0),
    );
    await daemon.stop();
    await cutOff;

    const next = await scene.start();
    expect((await next.quota()).products).toMatchObject([{ productId: clayVase, spent: 1, inDoubt: 0 }]);
    expect((await next.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(linksAskedFor(scene)).toBe(1);
  });

  it("lets only one daemon own a home: the second says so and ends with status 7", async () => {
    const scene = await makeScene({ wanted: [] });
    startCommand(scene, ["serve"]);
    await until("the first daemon", () => existsSync(join(scene.home, "api.json")));
    const { code, stderr } = await startCommand(scene, ["serve"]).ended;
    expect(code).toBe(7);
    expect(stderr).toMatch(/already/);
    await until("the first daemon to have read the catalog, which it goes on with", async () => {
      const { stdout } = await startCommand(scene, ["status", "--json"]).ended;
      return JSON.parse(stdout).products === 22;
    });
  });
});

describe("several commands at once", () => {
  it("all do their work, whoever of them runs the daemon, and spend nothing twice", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const commands = [["plan"], ["sync"], ["get", String(clayVase)], ["status"], ["get", String(clayVase)]];
    const ended = await Promise.all(commands.map((args) => startCommand(scene, [...args, "--json"]).ended));
    expect(ended.map(({ code, stdout }) => (code === 0 ? 0 : stdout))).toEqual([0, 0, 0, 0, 0]);
    expect(await scene.assets()).toEqual([vaseFolder]);
    expect(scene.spentAtShop()).toBe(1);
  });
});

async function partSize(folder: string): Promise<number> {
  const name = (await readdir(folder)).find((entry) => entry.endsWith(".part"));
  return name === undefined ? 0 : (await stat(join(folder, name))).size;
}
