import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AdoptResult, AssetsAnswer } from "../src/api/contract/library.ts";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene, type TestDaemon } from "./scene/scene.ts";

const clayVase = 132611;
const glazedBowl = 132622;
const oakPlanks = 132743;
const dustMotes = 132820;
const shop = new URL("../../../apps/sandbox/sample-shop/archives/", import.meta.url).pathname;

const adopt = (daemon: TestDaemon, body: object = {}) =>
  daemon.call<AdoptResult>("POST", "/api/v1/library/adopt", body);

/** As iMeshh's own add-on does: unpacked below the category folder, the zip deleted. */
async function unpackLikeTheAddOn(scene: Scene, zip: string, folder: string): Promise<void> {
  await mkdir(join(scene.library, folder), { recursive: true });
  execFileSync("unzip", ["-q", join(shop, zip), "-d", join(scene.library, folder)]);
}

describe("adopting what is there", () => {
  it("claims folders and zips, and the plan then costs nothing", async () => {
    const wanted = [clayVase, glazedBowl, dustMotes, oakPlanks].map((productId) => ({ productId }));
    const scene = await makeScene({ wanted });
    await unpackLikeTheAddOn(scene, "Decor_Vase_Clay_01_Blender.zip", "iMeshh-Models/Decor/Vases");
    await unpackLikeTheAddOn(scene, "Wood_Oak_Planks_01_8k.zip", "iMeshh-Materials/Wood/Planks");
    const own = join(scene.library, "iMeshh-Models/Decor/Mine/Own");
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "own.blend"), "mine");
    const downloads = join(scene.folder, "downloads");
    await mkdir(join(downloads, "deeper"), { recursive: true });
    await cp(join(shop, "FX_Dust_Motes_01_Blender.zip"), join(downloads, "FX_Dust_Motes_01_Blender.zip"));
    await cp(join(shop, "Decor_Bowl_Glazed_02_Blender.zip"), join(scene.library, "Decor_Bowl_Glazed_02_Blender.zip"));
    await writeFile(join(downloads, "Decor_Bust_Suzanne_01_Blender.zip"), "PK no zip");
    await symlink(join(shop, "FX_Steam_Plume_02_Blender.zip"), join(downloads, "FX_Steam_Plume_02_Blender.zip"));
    await cp(join(shop, "FX_Steam_Plume_02_Blender.zip"), join(downloads, "deeper/FX_Steam_Plume_02_Blender.zip"));
    await writeFile(join(downloads, "holiday.zip"), "mine");

    await symlink(downloads, join(scene.folder, "link"));

    const daemon = await scene.start();
    const before = await listAll(scene.folder);
    const folders = [downloads, join(scene.folder, "link"), join(scene.folder, "nowhere")];
    const trial = await adopt(daemon, { folders, dryRun: true });
    expect((await listAll(scene.folder)).filter((path) => !/home|\.sync|\.asset-sync$/.test(path))).toEqual(
      before.filter((path) => !/home|\.sync|\.asset-sync$/.test(path)),
    );
    expect(await readdir(join(scene.home, "archives"))).toEqual([]);

    const { adopted, passed } = await adopt(daemon, { folders });
    const found = (list: { productId: number; path: string; kind: string }[]) =>
      list.map(({ productId, path, kind }) => [productId, kind, path.replace(scene.folder, "")]);
    expect(found(adopted)).toEqual([
      [clayVase, "folder", "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01"],
      [glazedBowl, "zip", "/library/Decor_Bowl_Glazed_02_Blender.zip"],
      [dustMotes, "zip", "/downloads/FX_Dust_Motes_01_Blender.zip"],
    ]);
    expect(found(trial.adopted)).toEqual(found(adopted));
    expect(passed.map(({ path, code }) => [path.replace(scene.folder, ""), code])).toEqual([
      ["iMeshh-Materials/Wood/Planks/Wood_Oak_Planks_01", "ambiguous"],
      ["/link", "library-unsafe-path"],
      ["/nowhere", "folder-missing"],
      ["/downloads/Decor_Bust_Suzanne_01_Blender.zip", "archive-not-zip"],
    ]);
    expect(trial.passed).toEqual(passed);

    // Nothing of a person's was touched: not the files, not the zips.
    const lost = before.filter((path) => !/home|\.sync/.test(path));
    expect(await listAll(scene.folder)).toEqual(expect.arrayContaining(lost));
    const manifest = JSON.parse(
      await readFile(join(scene.library, "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01/.asset.json"), "utf8"),
    );
    expect(manifest).toMatchObject({ format: 2, adopted: true, archive: null, productId: clayVase });
    expect(manifest.files).toHaveLength(3);

    const plan = await daemon.plan();
    expect(plan.price.downloads).toBe(0);
    expect(await daemon.sync()).toMatchObject({ spent: 0, committed: 2 });
    expect(scene.spentAtShop()).toBe(0);
    expect(await scene.assets()).toEqual([
      "iMeshh-Effects/Particles/Dust/FX_Dust_Motes_01",
      "iMeshh-Models/Decor/Bowls/Decor_Bowl_Glazed_02",
      "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01",
    ]);
    const { assets } = await daemon.call<AssetsAnswer>("GET", "/api/v1/library/assets");
    expect(
      assets.map(({ productId, isAdopted, isArchiveKept, update }) => [productId, isAdopted, isArchiveKept, update]),
    ).toEqual([
      [clayVase, true, false, null],
      [dustMotes, true, true, null],
      [glazedBowl, true, true, null],
    ]);
    // The shop counted each of them once, when the person fetched it.
    expect((await daemon.quota()).products.map(({ productId, spent }) => [productId, spent])).toEqual(
      [clayVase, glazedBowl, dustMotes].map((productId) => [productId, 1]),
    );

    const again = await adopt(daemon, { folders });
    expect([again.adopted, again.passed]).toEqual([[], passed]);
    expect(await daemon.verify()).toMatchObject({ assets: 3, damaged: [], problems: [] });
    await daemon.stop();

    // The state is lost: what was adopted is still known, and still costs nothing.
    for (const name of await readdir(scene.home)) if (name.startsWith("state.db")) await rm(join(scene.home, name));
    const next = await scene.start();
    expect(await next.sync()).toMatchObject({ spent: 0, committed: 0 });
    expect((await next.plan()).price.downloads).toBe(0);
    expect(scene.spentAtShop()).toBe(0);
  });

  it("never makes a rule spend on what was adopted, until the shop has something newer", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }], imeshh: { updates: "auto" } });
    await unpackLikeTheAddOn(scene, "Decor_Vase_Clay_01_Blender.zip", "iMeshh-Models/Decor/Vases");
    const command = startCommand(scene, ["adopt", "--json"]);
    const { code, stdout } = await command.ended;
    expect([code, JSON.parse(stdout).adopted.length]).toEqual([0, 1]);
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ spent: 0, planned: 0 });

    // Removed by the person: a choice, as with every other asset.
    await rm(join(scene.library, "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01"), { recursive: true });
    expect(await daemon.sync()).toMatchObject({ spent: 0, planned: 0 });
    expect(scene.spentAtShop()).toBe(0);
    await expect(adopt(daemon, { folders: ["downloads"] })).rejects.toThrow("folder-relative");
  });
});

async function listAll(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (
    await Promise.all(files.map(async (path) => `${path} ${(await stat(path).catch(() => null))?.size}`))
  ).toSorted();
}
