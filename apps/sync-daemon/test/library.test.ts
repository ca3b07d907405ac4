import { mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AssetsAnswer, LibraryAnswer } from "../src/api/contract/library.ts";
import { makeScene, type TestDaemon, until } from "./scene/scene.ts";

const clayVase = 132611;
const bathroomTiles = 132765;
const steamPlume = 132831;

const assetsOf = (daemon: TestDaemon, query = "") =>
  daemon.call<AssetsAnswer>("GET", `/api/v1/library/assets${query === "" ? "" : `?${query}`}`);
const titlesOf = async (daemon: TestDaemon, query: string) =>
  (await assetsOf(daemon, query)).assets.map(({ title }) => title);
const libraryOf = (daemon: TestDaemon) => daemon.call<LibraryAnswer>("GET", "/api/v1/library");

describe("the installed assets over the API", () => {
  it("are told with their files, found by words and sorted", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();

    const { total, assets } = await assetsOf(daemon);
    expect([total, assets.map(({ productId }) => productId)]).toEqual([3, [bathroomTiles, clayVase, steamPlume]]);
    expect(assets[1]).toMatchObject({
      title: "Clay Vase 01",
      folder: "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01",
      archive: "Decor_Vase_Clay_01_Blender.zip",
      files: 3,
      isWithdrawn: false,
      update: null,
      hasPrevious: false,
      isArchiveKept: true,
    });
    const bytes = assets.reduce((sum, asset) => sum + asset.bytes, 0);
    expect(bytes).toBeGreaterThan(100_000);

    expect(await titlesOf(daemon, "text=VAS%20clay")).toEqual(["Clay Vase 01"]);
    expect(await titlesOf(daemon, "text=ase")).toEqual([]);
    expect(await titlesOf(daemon, "assetType=fx")).toEqual(["Steam Plume 02"]);
    const bySize = (await assetsOf(daemon, "sort=size")).assets;
    expect(bySize.map((asset) => asset.bytes)).toEqual(bySize.map((asset) => asset.bytes).toSorted((a, b) => b - a));
    expect(await titlesOf(daemon, "limit=1&offset=1")).toEqual(["Clay Vase 01"]);

    const library = await libraryOf(daemon);
    expect(library).toMatchObject({ root: scene.library, updatesWaiting: 0, withdrawn: 0, move: null });
    expect(library.archives).toMatchObject({ count: 3, limitBytes: 50_000_000_000 });
    expect(library.freeBytes).toBeGreaterThan(0);
    expect(library.libraries.map(({ state, assets: count }) => [state, count])).toEqual([
      ["ready", 1],
      ["ready", 1],
      ["ready", 0],
      ["ready", 1],
    ]);
    expect(library.libraries.reduce((sum, one) => sum + one.bytes, 0)).toBe(bytes);
  });

  it("show a waiting update with its price, then the version before, and are read from the disk each time", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }, { productId: steamPlume }] });
    const daemon = await scene.start();
    await daemon.sync();
    scene.sandbox.updateProduct(clayVase, {});
    scene.sandbox.withdrawProduct(steamPlume);
    await daemon.sync();

    const [waiting, ...others] = (await assetsOf(daemon, "only=updates")).assets;
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({
      productId: clayVase,
      update: { downloadId: waiting?.downloadId, cost: 1, left: 3, isLast: false, changes: ["the files"] },
    });
    expect(await titlesOf(daemon, "only=withdrawn")).toEqual(["Steam Plume 02"]);
    expect(await libraryOf(daemon)).toMatchObject({ updatesWaiting: 1, withdrawn: 1 });

    await daemon.get([clayVase]);
    const after = (await assetsOf(daemon, "text=vase")).assets[0];
    expect(after).toMatchObject({ update: null, hasPrevious: true, isArchiveKept: true });

    // Back to the version before: the newer one waits again, and its zip is kept.
    await daemon.repair([clayVase], { previous: true });
    expect((await assetsOf(daemon, "text=vase")).assets[0]).toMatchObject({ update: { cost: 0 }, hasPrevious: true });

    // The disk is asked each time.
    const manifest = join(scene.library, "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01/.asset.json");
    await writeFile(manifest, "no manifest");
    expect((await assetsOf(daemon)).total).toBe(1);
    // Same size, same time, other bytes: the time of the change tells.
    await writeFile(manifest, "my manifest");
    await utimes(manifest, 1, 1);
    expect((await assetsOf(daemon)).total).toBe(1);
    await rm(manifest);
    expect((await libraryOf(daemon)).libraries[0]).toMatchObject({ assets: 0, bytes: 0 });
  });

  it("make a bill for clearance, and are shown in the file manager", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const programs = join(scene.folder, "programs");
    await mkdir(programs);
    const seen = join(scene.folder, "seen");
    await writeFile(join(programs, "xdg-open"), `#!/bin/sh\necho "$#:$1" > ${seen}\n`, { mode: 0o755 });
    const desktop = { platform: "linux", env: { DISPLAY: ":7" }, programFolders: [programs] } as const;
    const daemon = await scene.start({ desktop });
    await daemon.sync();
    const answer = await fetch(`${daemon.daemon.address}/api/v1/library/assets.csv`, {
      headers: { authorization: `Bearer ${daemon.daemon.token}` },
    });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [header, row, end] = (await answer.text()).replace("\uFEFF", "").split("\r\n");
    expect(header).toBe(
      "product,title,type,category,subcategory,licence,archive,archive_sha256,revision,installed_at,folder,page",
    );
    expect(row).toMatch(
      /^132611,Clay Vase 01,model,Decor,Vases,Royalty Free,Decor_Vase_Clay_01_Blender\.zip,[0-9a-f]{64},2025-06-28T17:07:07,2\d{3}-[^,]+Z,iMeshh-Models\/Decor\/Vases\/Decor_Vase_Clay_01,https:/,
    );
    expect(end).toBe("");

    const folder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";
    expect(await daemon.call("POST", `/api/v1/products/${clayVase}/open-folder`)).toEqual({ folder });
    const whole = `1:${join(scene.library, folder)}\n`;
    await until("the file manager", async () => (await readFile(seen, "utf8").catch(() => "")) === whole);
    const refused = daemon.call("POST", `/api/v1/products/${steamPlume}/open-folder`);
    await expect(refused).rejects.toThrow("asset-missing");
  });
});
