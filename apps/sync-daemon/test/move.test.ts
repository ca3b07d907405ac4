import { createHash } from "node:crypto";
import {
  appendFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LibraryAnswer } from "../src/api/contract/library.ts";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene, type TestDaemon, until } from "./scene/scene.ts";

const clayVase = 132611;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";
const wanted = [{ productId: clayVase }];

const libraryOf = (daemon: TestDaemon) => daemon.call<LibraryAnswer>("GET", "/api/v1/library");
const moveTo = (daemon: TestDaemon, to: string) => daemon.call<LibraryAnswer>("POST", "/api/v1/library/move", { to });
const ended = (daemon: TestDaemon) =>
  until(
    "the end of the move",
    async () => {
      const { move } = await libraryOf(daemon);
      return move !== null && (move.state === "done" || move.state === "failed") && move;
    },
    180_000,
  );

/** Path, kind and bytes of all that moves along. */
async function snapshot(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (/\.sync\/(lock|staging)|\.asset-sync-move/.test(name)) continue;
    if (entry.isSymbolicLink()) found[name] = `link ${await readlink(path)}`;
    else if (entry.isFile())
      found[name] = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    else found[name] = "folder";
  }
  return found;
}

async function addOwnFiles(scene: Scene): Promise<void> {
  await writeFile(join(scene.library, vaseFolder, "my notes.txt"), "mine");
  await utimes(join(scene.library, vaseFolder, "my notes.txt"), 1_000_000_000, 1_000_000_000);
  await mkdir(join(scene.library, "iMeshh-Materials/Own/empty"), { recursive: true });
  await symlink("../../elsewhere", join(scene.library, "iMeshh-Materials/Own/link"));
  await appendFile(
    join(scene.library, "iMeshh-Models/blender_assets.cats.txt"),
    "11111111-2222-4333-8444-555555555501:My/Own:Own\n",
  );
}

describe("moving the libraries", () => {
  it("copies everything, switches over while running, and leaves the old ones as they are", async () => {
    const scene = await makeScene({ wanted });
    const daemon = await scene.start();
    await daemon.sync();
    await addOwnFiles(scene);
    const before = await snapshot(scene.library);
    const spent = scene.spentAtShop();

    const to = join(scene.folder, "disk2", "iMeshh");
    expect((await moveTo(daemon, to)).move).toMatchObject({ from: scene.library, to, state: "copying" });
    expect(await ended(daemon)).toMatchObject({ state: "done", message: expect.stringContaining(scene.library) });
    expect(await snapshot(to)).toEqual(before);
    expect(await snapshot(scene.library)).toEqual(before);
    expect((await lstat(join(to, vaseFolder, "my notes.txt"))).mtimeMs).toBe(1_000_000_000_000);
    expect(await readdir(to)).not.toContain(".asset-sync-move");
    expect(await libraryOf(daemon)).toMatchObject({ root: to, libraries: [{ state: "ready", assets: 1 }, {}, {}, {}] });
    expect((await daemon.status()).needsRestart).toEqual([]);

    // It goes on in the new place, and only there.
    expect(await daemon.verify()).toMatchObject({ assets: 1, damaged: [] });
    await rm(join(to, vaseFolder, "textures"), { recursive: true });
    expect((await daemon.repair()).failed).toEqual([]);
    await daemon.get([132765]);
    expect(await snapshot(scene.library)).toEqual(before);
    expect((await libraryOf(daemon)).libraries.map(({ assets }) => assets)).toEqual([1, 1, 0, 0]);
    expect(scene.spentAtShop()).toBe(spent + 1);
    await daemon.stop();

    expect(JSON.parse(await readFile(join(scene.home, "config.jsonc"), "utf8")).library.root).toBe(to);
    const next = await scene.start();
    expect(await libraryOf(next)).toMatchObject({ root: to, move: null });
    expect(await next.sync()).toMatchObject({ spent: 0, failed: [] });
  });

  it("refuses places that are not fit, and changes nothing", async () => {
    const scene = await makeScene({ wanted: [] });
    const daemon = await scene.start();
    await daemon.sync();
    const full = join(scene.folder, "full");
    await mkdir(full);
    await writeFile(join(full, "holiday.jpg"), "mine");
    await symlink(full, join(scene.folder, "link"));
    const places = [
      full,
      join(scene.folder, "link"),
      join(scene.library, "inner"),
      scene.library,
      join(scene.home, "x"),
      scene.folder,
    ];
    for (const place of places) await expect(moveTo(daemon, place), place).rejects.toThrow("library-place-unfit");
    await expect(moveTo(daemon, "inner")).rejects.toThrow("folder-relative");
    expect(await libraryOf(daemon)).toMatchObject({ root: scene.library, move: null });
    expect(await readdir(full)).toEqual(["holiday.jpg"]);
  });

  it("leaves the old libraries in use when it is killed, and goes on in the same place", async () => {
    const scene = await makeScene({ wanted });
    const daemon = await scene.start();
    await daemon.sync();
    await addOwnFiles(scene);
    // Large enough to be killed in the middle of it.
    const large = join(scene.library, "iMeshh-Effects/Own");
    await mkdir(large);
    for (let index = 0; index < 40; index += 1)
      await writeFile(join(large, `${index}.bin`), Buffer.alloc(1_500_000, index));
    await daemon.stop();
    const before = await snapshot(scene.library);
    const to = join(scene.folder, "disk2");

    const kills = [
      () => readdir(to).then((names) => names.includes(".asset-sync-move")),
      () => lstat(join(to, "iMeshh-Effects/Own/15.bin")).then((stats) => stats.isFile()),
      () => lstat(join(to, "iMeshh-Effects/Own/7.bin")).then((stats) => stats.isFile()),
    ];
    for (const isTime of kills) {
      const command = startCommand(scene, ["move", to]);
      await until("the copy", () => isTime().catch(() => false), 30_000);
      command.process.kill("SIGKILL");
      expect((await command.ended).code).toBe(null);
      const wasDone = JSON.parse(await readFile(join(scene.home, "config.jsonc"), "utf8")).library.root === to;
      expect(wasDone).toBe(false);
      expect(await snapshot(scene.library)).toEqual(before);
    }

    const next = await scene.start();
    const { root, move } = await libraryOf(next);
    expect([root, move?.state, move?.message]).toEqual([
      scene.library,
      "failed",
      expect.stringContaining(`asset-sync move "${to}"`),
    ]);
    expect(await next.verify()).toMatchObject({ assets: 1, damaged: [] });
    await next.stop();

    // Somebody put something into the half-filled place: it is kept.
    await writeFile(join(to, "iMeshh-Effects/Own/7.bin"), "mine");
    await writeFile(join(to, "iMeshh-Effects/Own/new.txt"), "mine too");
    const { code, stdout } = await startCommand(scene, ["move", to, "--json"]).ended;
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: "done", to }]);
    expect(await snapshot(to)).toEqual(before);
    const kept = await readdir(join(to, ".asset-sync-move"), { recursive: true, withFileTypes: true });
    const texts = kept
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), "utf8"));
    expect((await Promise.all(texts)).toSorted()).toEqual(["mine", "mine too"]);
    expect(await snapshot(scene.library)).toEqual(before);
    const last = await scene.start();
    expect(await libraryOf(last)).toMatchObject({ root: to, move: null });
  });
});
