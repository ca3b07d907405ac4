import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createTemporaryFolder, createTemporaryLibrary, install } from "./__fixtures__/temporary-library.ts";
import { parseCatalogFile } from "./catalog-file.ts";
import { updateCatalogFile } from "./update-catalog-file.ts";

function isBlenderThere(): boolean {
  return spawnSync("blender", ["--version"], { stdio: "ignore" }).status === 0;
}

function runBlender(script: string, ...more: string[]): string {
  const path = join(createTemporaryFolder(), "script.py");
  writeFileSync(path, script);
  const options = ["-b", "--factory-startup", "--python-exit-code", "1", "--python", path, "--", ...more];
  return execFileSync("blender", options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

const catalogId = "00000000-0000-4000-8000-000000000001";

const makeAsset = `
import bpy, sys
mesh = bpy.data.meshes.new("Chair")
thing = bpy.data.objects.new("Chair", mesh)
bpy.context.scene.collection.objects.link(thing)
thing.asset_mark()
thing.asset_data.catalog_id = "${catalogId}"
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1])
`;

const listAssets = `
import bpy, glob, json, sys
found = []
for path in sorted(glob.glob(sys.argv[-1] + "/**/*.blend", recursive=True)):
    with bpy.data.libraries.load(path, link=True, assets_only=True) as (inside, into):
        into.objects = inside.objects
    found += [[thing.name, thing.asset_data.catalog_id] for thing in into.objects]
print("FOUND " + json.dumps(found))
`;

it.skipIf(!isBlenderThere())(
  "Blender finds the asset of a committed folder in a catalog we wrote",
  { timeout: 180_000 },
  async () => {
    const library = await createTemporaryLibrary();
    const blendFile = join(createTemporaryFolder(), "chair.blend");
    runBlender(makeAsset, blendFile);
    // Latin-1 keeps the bytes one to one; the file is zstd or gzip.
    const bytes = readFileSync(blendFile);
    await install(library, { "chair.blend": bytes.toString("latin1") }, {});
    writeFileSync(join(library.folder, "Furniture/Chairs/Chair/chair.blend"), bytes);
    await updateCatalogFile({
      library,
      base: null,
      theirs: `VERSION 1\n${catalogId}:Furniture/Chairs:Furniture-Chairs\n`,
    });
    const found = /^FOUND (.*)$/m.exec(runBlender(listAssets, library.folder))?.[1];
    expect(JSON.parse(found ?? "null")).toEqual([["Chair", catalogId]]);
    const { catalogs, refusal } = parseCatalogFile(readFileSync(join(library.folder, "blender_assets.cats.txt")));
    expect(refusal).toBeNull();
    expect(catalogs.find(({ id }) => id === catalogId)?.path).toBe("Furniture/Chairs");
  },
);
