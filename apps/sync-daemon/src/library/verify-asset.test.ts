import { cpSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  chairFiles,
  createTemporaryLibrary,
  failureOf,
  install,
  readAsset,
  writeFiles,
} from "./__fixtures__/temporary-library.ts";
import { removeInstalledFiles } from "./asset-files.ts";
import { verifyAsset } from "./verify-asset.ts";

async function installed() {
  const library = await createTemporaryLibrary();
  const { asset } = await install(library, chairFiles);
  return { library, asset, path: join(library.folder, asset.folder) };
}

const clean = { missing: [], edited: [], foreign: [] };

it.each([true, false])("finds nothing in an asset as installed, thorough: %s", async (thorough) => {
  const { library, asset, path } = await installed();
  expect(await verifyAsset({ library, asset, thorough })).toEqual(clean);
  // A copy has new times everywhere; what is newer than the manifest is hashed before it is called edited.
  const now = Date.now() / 1000 + 3600;
  for (const file of Object.keys(chairFiles)) utimesSync(join(path, file), now, now);
  expect(await verifyAsset({ library, asset, thorough })).toEqual(clean);
});

it.each([true, false])("finds what is missing, edited and foreign, thorough: %s", async (thorough) => {
  const { library, asset, path } = await installed();
  writeFileSync(join(path, "chair.blend"), "BLENDER longer than before");
  rmSync(join(path, "textures/wood.png"));
  symlinkSync("/etc", join(path, "link"));
  writeFiles(path, { "textures/mine.png": "mine", ".DS_Store": "x" });
  expect(await verifyAsset({ library, asset, thorough })).toEqual({
    missing: ["textures/wood.png"],
    edited: ["chair.blend"],
    foreign: ["link", "textures/mine.png"],
  });
});

it("sees a changed byte: thorough always, else only in a file newer than the manifest", async () => {
  const { library, asset, path } = await installed();
  const file = join(path, "textures/wood.png");
  const { mtimeMs } = statSync(file);
  writeFileSync(file, "w00d");
  utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
  expect((await verifyAsset({ library, asset, thorough: true })).edited).toEqual(["textures/wood.png"]);
  expect((await verifyAsset({ library, asset, thorough: false })).edited).toEqual([]);
  utimesSync(file, mtimeMs / 1000 + 60, mtimeMs / 1000 + 60);
  expect((await verifyAsset({ library, asset, thorough: false })).edited).toEqual(["textures/wood.png"]);
});

it("does not follow a link in the place of a file or folder", async () => {
  const { library, asset, path } = await installed();
  cpSync(join(path, "textures"), join(library.folder, "elsewhere"), { recursive: true });
  rmSync(join(path, "textures"), { recursive: true });
  symlinkSync(join(library.folder, "elsewhere"), join(path, "textures"));
  expect(await verifyAsset({ library, asset, thorough: true })).toEqual({
    missing: ["textures/wood.png"],
    edited: [],
    foreign: ["textures"],
  });
  rmSync(join(path, "chair.blend"));
  symlinkSync("/etc/hostname", join(path, "chair.blend"));
  expect((await verifyAsset({ library, asset, thorough: true })).edited).toEqual(["chair.blend"]);
});

it("calls all files missing where the folder is gone, but not where the library is", async () => {
  const { library, asset, path } = await installed();
  rmSync(path, { recursive: true });
  expect(await verifyAsset({ library, asset, thorough: true })).toEqual({ ...clean, missing: Object.keys(chairFiles) });
  rmSync(join(library.folder, ".asset-sync"));
  expect((await failureOf(verifyAsset({ library, asset, thorough: true }))).code).toBe("library-missing");
});

it("takes a name stored decomposed for the same file, as some systems store it", async () => {
  const library = await createTemporaryLibrary();
  const { asset } = await install(library, { "stühle.blend": "x" });
  const decomposed = {
    ...asset.manifest,
    files: asset.manifest.files.map((file) => ({ ...file, path: file.path.normalize("NFD") })),
  };
  expect(await verifyAsset({ library, asset: { ...asset, manifest: decomposed }, thorough: true })).toEqual(clean);
});

it("removeInstalledFiles removes what is as installed, and leaves the rest where it is", async () => {
  const { library, asset, path } = await installed();
  writeFiles(path, { "textures/mine.png": "mine", "chair.blend": "edited" });
  expect(await removeInstalledFiles({ path, manifest: asset.manifest })).toBe(false);
  expect(readAsset(library, asset.folder)).toEqual({ "textures/mine.png": "mine", "chair.blend": "edited" });
  const again = await installed();
  expect(await removeInstalledFiles({ path: again.path, manifest: again.asset.manifest })).toBe(true);
  expect(readdirSync(again.path)).toEqual([]);
});

it("removeInstalledFiles removes nothing behind a link that took a folder's place", async () => {
  const { library, asset, path } = await installed();
  renameSync(join(path, "textures"), join(library.folder, "elsewhere"));
  symlinkSync(join(library.folder, "elsewhere"), join(path, "textures"));
  expect(await removeInstalledFiles({ path, manifest: asset.manifest })).toBe(false);
  expect(readdirSync(join(library.folder, "elsewhere"))).toEqual(["wood.png"]);
  expect(readdirSync(path).sort()).toEqual([".asset.json", "textures"]);
});
