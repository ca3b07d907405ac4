import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  candidates,
  chairFiles,
  createManifest,
  createTemporaryLibrary,
  failureOf,
  install,
  newChairFiles,
  readAsset,
  readTree,
  writeFiles,
} from "./__fixtures__/temporary-library.ts";
import { commitAsset } from "./commit-asset.ts";
import { recoverLibrary } from "./recover-library.ts";
import { createStagingFolder } from "./staging.ts";
import { undoReplace } from "./undo-replace.ts";

const newer = { revision: "2026-01-01T00:00:00" };
const chair = "Furniture/Chairs/Chair";

describe("an update", () => {
  const installed = async () => {
    const library = await createTemporaryLibrary();
    const { asset } = await install(library, chairFiles);
    return { library, asset, path: join(library.folder, chair) };
  };

  it("puts the new version in place and keeps the old one aside", async () => {
    const { library, asset } = await installed();
    const updated = await install(library, newChairFiles, { manifest: newer, replaces: asset });
    expect(updated).toMatchObject({
      folder: chair,
      keptAside: ".sync/replaced/000001-132602/asset",
      carried: [],
      asideProblem: null,
    });
    expect(readAsset(library, chair)).toEqual(newChairFiles);
    expect(readAsset(library, ".sync/replaced/000001-132602/asset")).toEqual(chairFiles);
  });

  it("may run for many downloads of one product at once", async () => {
    const { library } = await installed();
    const downloads = ["a", "b", "c", "d", "e", "f"];
    const first = await Promise.all(
      downloads.map((downloadId) =>
        install(library, chairFiles, { manifest: { downloadId }, candidates: [`Furniture/Chairs/${downloadId}`] }),
      ),
    );
    const updates = await Promise.all(
      first.map(({ asset }) => {
        const manifest = { ...newer, downloadId: asset.manifest.downloadId };
        return install(library, newChairFiles, { manifest, replaces: asset });
      }),
    );
    expect(new Set(updates.map(({ keptAside }) => keptAside)).size).toBe(downloads.length);
    for (const { folder, keptAside } of updates) {
      expect(readAsset(library, folder)).toEqual(newChairFiles);
      expect(readAsset(library, keptAside ?? "")).toEqual(chairFiles);
    }
  });

  it("goes where a person moved the asset, since scenes link to it there", async () => {
    const { library, asset, path } = await installed();
    mkdirSync(join(library.folder, "Mine"));
    renameSync(path, join(library.folder, "Mine/Chair"));
    const moved = { ...asset, folder: "Mine/Chair" };
    expect((await install(library, newChairFiles, { manifest: newer, replaces: moved })).folder).toBe("Mine/Chair");
    expect(existsSync(path)).toBe(false);
  });

  it("installs anew where a person removed the asset meanwhile", async () => {
    const { library, asset, path } = await installed();
    rmSync(path, { recursive: true });
    expect(await install(library, newChairFiles, { manifest: newer, replaces: asset })).toMatchObject({
      folder: chair,
      keptAside: null,
    });
  });

  it("leaves alone what took the place of the asset", async () => {
    const { library, asset, path } = await installed();
    rmSync(path, { recursive: true });
    writeFiles(path, { "mine.txt": "mine" });
    expect((await install(library, newChairFiles, { manifest: newer, replaces: asset })).folder).toBe(
      "Furniture/Chairs/Chair_Blender",
    );
    expect(readAsset(library, chair)).toEqual({ "mine.txt": "mine" });
  });

  it("needs a person where a person edited or added files", async () => {
    const { library, asset, path } = await installed();
    writeFileSync(join(path, "chair.blend"), "BLENDER chiar"); // As long as before.
    writeFileSync(join(path, "notes.txt"), "mine");
    const before = readTree(library.folder);
    const updating = install(library, newChairFiles, { manifest: newer, replaces: asset });
    expect(await failureOf(updating)).toMatchObject({
      code: "asset-edited",
      message: expect.stringContaining('"chair.blend", "notes.txt"'),
    });
    expect(readTree(library.folder)).toEqual(before);
  });

  it("is not stopped by what operating systems leave behind, nor by missing files", async () => {
    const { library, asset, path } = await installed();
    writeFiles(path, { ".DS_Store": "x", "textures/Thumbs.db": "x" });
    rmSync(join(path, "textures/wood.png"));
    await install(library, newChairFiles, { manifest: newer, replaces: asset });
    expect(readAsset(library, chair)).toEqual(newChairFiles);
  });

  it("takes a person's files along when a person asked for it, and keeps the old version for good", async () => {
    const { library, asset, path } = await installed();
    writeFiles(path, { "chair.blend": "my chair", "notes.txt": "mine", "textures/my wood.png": "my wood" });
    symlinkSync("/etc/hostname", join(path, "link"));
    const options = { replaces: asset, allowEdited: true };
    const updated = await install(library, newChairFiles, { ...options, manifest: newer });
    const withMine = {
      ...newChairFiles,
      "chair.user-2026-08-01.blend": "my chair",
      "notes.txt": "mine",
      "textures/my wood.png": "my wood",
    };
    expect(readAsset(library, chair)).toEqual(withMine);
    expect(updated.carried).toHaveLength(3);
    for (const revision of ["3", "4", "5"]) {
      await install(library, newChairFiles, { manifest: { revision }, replaces: asset, allowEdited: true });
    }
    expect(readAsset(library, updated.keptAside ?? "")).toMatchObject({
      "chair.blend": "my chair",
      "notes.txt": "mine",
    });
    expect(readAsset(library, chair)).toEqual(withMine);
  });

  it("keeps the latest old version and clears away earlier ones that nobody touched", async () => {
    const { library, asset } = await installed();
    await install(
      library,
      { "other.blend": "other" },
      { manifest: { productId: 7 }, candidates: ["Furniture/Chairs/Other"] },
    );
    const kept: string[] = [];
    for (const revision of ["2", "3", "4"]) {
      const files = { "chair.blend": `BLENDER ${revision}` };
      kept.push((await install(library, files, { manifest: { revision }, replaces: asset })).keptAside ?? "");
    }
    expect(kept.map((folder) => existsSync(join(library.folder, folder)))).toEqual([false, false, true]);
    expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual(["000003-132602"]);
    expect(readAsset(library, kept[2] ?? "")).toEqual({ "chair.blend": "BLENDER 3" });
  });

  it("never clears away an old version in which a person edited a file, not even in part", async () => {
    const { library, asset, path } = await installed();
    writeFileSync(join(path, "chair.blend"), "my chair");
    const options = { replaces: asset, allowEdited: true };
    const { keptAside } = await install(library, newChairFiles, { ...options, manifest: newer });
    for (const revision of ["3", "4"]) await install(library, newChairFiles, { ...options, manifest: { revision } });
    expect(readAsset(library, keptAside ?? "")).toEqual({ ...chairFiles, "chair.blend": "my chair" });
  });

  it("never clears away what a link in place of an old version leads to", async () => {
    const { library, asset } = await installed();
    const { keptAside } = await install(library, newChairFiles, { replaces: asset, manifest: newer });
    const aside = join(library.folder, keptAside ?? "");
    const elsewhere = join(library.folder, "..", "elsewhere");
    renameSync(aside, elsewhere);
    symlinkSync(elsewhere, aside);
    const problems: (string | null)[] = [];
    for (const revision of ["3", "4"])
      problems.push((await install(library, newChairFiles, { replaces: asset, manifest: { revision } })).asideProblem);
    expect(readTree(elsewhere)).toMatchObject(chairFiles);
    expect(lstatSync(aside).isSymbolicLink()).toBe(true);
    expect(problems).toEqual([null, null]);
  });

  it("moves the old version back if the new one cannot take its place", async (context) => {
    const { library, asset } = await installed();
    const stagingFolder = await createStagingFolder(library);
    writeFiles(stagingFolder, newChairFiles);
    const before = readTree(library.folder);
    // Renaming a mount point is refused, at the second of the two renames.
    try {
      execFileSync("mount", ["--bind", stagingFolder, stagingFolder], { stdio: "ignore" });
    } catch {
      return context.skip("needs the right to mount");
    }
    try {
      const manifest = createManifest(newChairFiles, newer);
      const signal = new AbortController().signal;
      const failing = commitAsset({
        library,
        stagingFolder,
        candidates,
        manifest,
        replaces: asset,
        allowEdited: false,
        signal,
      });
      expect((await failureOf(failing)).message).toMatch(/EBUSY|EXDEV/);
    } finally {
      execFileSync("umount", [stagingFolder]);
    }
    expect(readTree(library.folder)).toEqual(before);
    expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual([]);
  });

  it("can be undone, and done again, with all that a person changed", async () => {
    const { library, asset, path } = await installed();
    writeFileSync(join(path, "notes.txt"), "mine");
    const updated = await install(library, newChairFiles, { manifest: newer, replaces: asset, allowEdited: true });
    rmSync(join(path, "notes.txt"));
    const undone = await undoReplace({ library, asset: updated.asset });
    expect(undone?.manifest.revision).toBe(asset.manifest.revision);
    expect(readAsset(library, chair)).toEqual({ ...chairFiles, "notes.txt": "mine" });
    expect(readAsset(library, undone?.keptAside ?? "")).toEqual(newChairFiles);
    expect((await undoReplace({ library, asset }))?.manifest.revision).toBe(newer.revision);
    expect(readAsset(library, chair)).toEqual(newChairFiles);
    expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual(["000003-132602"]);
    expect(await recoverLibrary({ library })).toEqual({
      removedStaging: 0,
      restored: [],
      finished: [],
      unresolved: [],
    });
  });

  it("cannot be undone where nothing was replaced", async () => {
    const { library, asset } = await installed();
    expect(await undoReplace({ library, asset })).toBeNull();
  });

  it("says library-missing when the disk goes away, and leaves the old version", async () => {
    const { library, asset } = await installed();
    rmSync(join(library.folder, ".asset-sync"));
    expect((await failureOf(install(library, newChairFiles, { manifest: newer, replaces: asset }))).code).toBe(
      "library-missing",
    );
    expect(readAsset(library, chair)).toEqual(chairFiles);
  });
});
