import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { makeScene, readCatalogFile } from "./scene/scene.ts";

// The last word on a Blender asset library is Blender's: everything else here only believes that it would load.

const run = promisify(execFile);
const script = join(import.meta.dirname, "blender", "read-library.py");

interface Found {
  readonly assets: readonly { file: string; name: string | null; catalog: string | null }[];
  readonly images: readonly { blend: string; path: string; width: number }[];
  readonly unreadable: readonly { file: string; error: string }[];
}

/** Assets of the sample shop by library. One product more has a file that cannot be had. */
const assetsOf = {
  "iMeshh-Models": 12,
  "iMeshh-Materials": 5,
  "iMeshh-Geo-Nodes": 2,
  "iMeshh-Effects": 2,
};

it("gives Blender libraries whose assets stand in catalogs and whose images load", async ({ skip }) => {
  const hasBlender = spawnSync("blender", ["--version"], { stdio: "ignore" }).status === 0;
  if (!hasBlender) {
    console.warn("Not tested whether Blender reads the libraries: there is no `blender` on the PATH.");
    skip("there is no `blender` on the PATH");
  }
  const scene = await makeScene({
    wanted: [{ assetType: "model" }, { assetType: "material" }, { assetType: "geonode" }, { assetType: "fx" }],
  });
  const result = await (await scene.start()).sync();
  expect(result.committed).toBe(21);

  const found = await Promise.all(
    Object.keys(assetsOf).map(async (folder) => [folder, await readWithBlender(join(scene.library, folder))] as const),
  );
  expect(Object.fromEntries(found.map(([folder, { assets }]) => [folder, assets.length]))).toEqual(assetsOf);
  for (const [folder, { assets, images, unreadable }] of found) {
    expect(unreadable).toEqual([]);
    const catalogs = new Set((await readCatalogFile(scene, folder)).match(/^[0-9a-f-]{36}(?=:)/gm));
    expect(assets.filter(({ name, catalog }) => name === null || !catalogs.has(catalog ?? ""))).toEqual([]);
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter(({ path, width }) => width === 0 || path.startsWith("../"))).toEqual([]);
  }
});

async function readWithBlender(library: string): Promise<Found> {
  const args = ["--background", "--factory-startup", "--python-exit-code", "1", "--python", script, "--", library];
  const { stdout } = await run("blender", args, { timeout: 60_000 });
  const line = stdout.split("\n").find((text) => text.startsWith("FOUND "));
  if (line === undefined) throw new Error(`Blender said nothing of ${library}:\n${stdout}`);
  return JSON.parse(line.slice("FOUND ".length)) as Found;
}
