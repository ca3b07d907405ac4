import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  candidates,
  chairFiles,
  createManifest,
  createTemporaryFolder,
  createTemporaryLibrary,
  failureOf,
  install,
  newChairFiles,
  readAsset,
  readTree,
  writeFiles,
} from "./__fixtures__/temporary-library.ts";
import { commitAsset } from "./commit-asset.ts";
import { createStagingFolder, removeStagingFolder } from "./staging.ts";

const newer = { revision: "2026-01-01T00:00:00" };
const chair = "Furniture/Chairs/Chair";

describe("a first install", () => {
  it("puts the staged folder in place with its manifest, and leaves no staging", async () => {
    const library = await createTemporaryLibrary();
    const { folder, keptAside, asset } = await install(library, chairFiles);
    expect({ folder, keptAside }).toEqual({ folder: chair, keptAside: null });
    const { ".asset.json": manifest, ...files } = readTree(join(library.folder, folder));
    expect(files).toEqual(chairFiles);
    expect(JSON.parse(manifest ?? "")).toEqual(asset.manifest);
    expect(readdirSync(join(library.folder, ".sync/staging"))).toEqual([]);
    expect(statSync(join(library.folder, folder)).mode & 0o777).toBe(0o755);
  });

  it("makes .blend files newer than Blender's index", async () => {
    const library = await createTemporaryLibrary();
    const stagingFolder = await createStagingFolder(library);
    writeFiles(stagingFolder, chairFiles);
    for (const file of Object.keys(chairFiles)) utimesSync(join(stagingFolder, file), 1e9, 1e9);
    const beforeMs = Date.now() - 5;
    const signal = new AbortController().signal;
    await commitAsset({
      library,
      stagingFolder,
      candidates,
      manifest: createManifest(chairFiles),
      replaces: null,
      allowEdited: false,
      signal,
    });
    expect(statSync(join(library.folder, chair, "chair.blend")).mtimeMs).toBeGreaterThanOrEqual(beforeMs);
    expect(statSync(join(library.folder, chair, "textures/wood.png")).mtimeMs).toBe(1e12);
  });

  it.each([
    ["a folder of the person's", (path: string) => writeFiles(path, { "mine.txt": "mine" })],
    ["an empty folder", (path: string) => mkdirSync(path, { recursive: true })],
    ["a file", (path: string) => writeFiles(dirname(path), { Chair: "mine" })],
    [
      "a dangling link",
      (path: string) => {
        mkdirSync(dirname(path), { recursive: true });
        symlinkSync("/nowhere", path);
      },
    ],
    [
      "a name that is the same on other systems",
      (path: string) => mkdirSync(join(dirname(path), "CHAIR"), { recursive: true }),
    ],
    ["a manifest that cannot be read", (path: string) => writeFiles(path, { ".asset.json": "?" })],
  ])("takes the next candidate where %s is in the way", async (_what, put) => {
    const library = await createTemporaryLibrary();
    put(join(library.folder, chair));
    const before = readTree(library.folder);
    expect((await install(library, chairFiles)).folder).toBe("Furniture/Chairs/Chair_Blender");
    expect(readTree(library.folder)).toMatchObject(before);
  });

  it("finds a folder for each of many products that want the same one at the same time", async () => {
    const library = await createTemporaryLibrary();
    const ids = Array.from({ length: 12 }, (_, index) => index + 1);
    const wanted = (productId: number) => ({ manifest: { productId }, candidates: [chair, `${chair}_${productId}`] });
    const installs = await Promise.all(ids.map((productId) => install(library, chairFiles, wanted(productId))));
    expect(new Set(installs.map(({ folder }) => folder)).size).toBe(ids.length);
    expect(installs.map(({ folder }) => folder)).toContain(chair);
  });

  it("leaves other products alone and gives up when no candidate is free", async () => {
    const library = await createTemporaryLibrary();
    const other = { files: { "other.blend": "other" }, manifest: { productId: 7, title: "Other" } };
    for (const folder of candidates)
      await install(library, other.files, { manifest: other.manifest, candidates: [folder] });
    const before = readTree(library.folder);
    expect(await failureOf(install(library, chairFiles))).toMatchObject({
      code: "asset-folder-taken",
      message: expect.stringContaining("Chair_132602"),
    });
    expect(readTree(library.folder)).toEqual(before);
  });

  it("does not install into another asset's folder, where nobody would find it", async () => {
    const library = await createTemporaryLibrary();
    await install(library, { "x.blend": "x" }, { manifest: { productId: 7 }, candidates: ["Furniture/Chairs"] });
    expect((await failureOf(install(library, chairFiles))).code).toBe("asset-folder-taken");
  });

  it("is done already if the very same asset is in place", async () => {
    const library = await createTemporaryLibrary();
    await install(library, chairFiles);
    expect((await install(library, chairFiles)).folder).toBe(chair);
    expect(readdirSync(join(library.folder, "Furniture/Chairs"))).toEqual(["Chair"]);
    expect((await failureOf(install(library, newChairFiles, { manifest: newer }))).code).toBe("asset-folder-taken");
  });

  it("refuses staged files that are not those of the manifest", async () => {
    const library = await createTemporaryLibrary();
    const commit = async (staged: Record<string, string>) => {
      const stagingFolder = await createStagingFolder(library);
      writeFiles(stagingFolder, staged);
      const manifest = createManifest(chairFiles);
      return await failureOf(
        commitAsset({
          library,
          stagingFolder,
          candidates,
          manifest,
          replaces: null,
          allowEdited: false,
          signal: new AbortController().signal,
        }),
      );
    };
    expect((await commit({ "chair.blend": "BLENDER chair" })).message).toContain('lacks "textures/wood.png"');
    expect((await commit({ ...chairFiles, "more.txt": "x" })).message).toContain('holds "more.txt"');
    expect(existsSync(join(library.folder, chair))).toBe(false);
  });

  it("stops before the rename when told to, and only takes staging folders of this library", async () => {
    const library = await createTemporaryLibrary();
    const stagingFolder = await createStagingFolder(library);
    writeFiles(stagingFolder, chairFiles);
    const commit = (folder: string, signal: AbortSignal) =>
      commitAsset({
        library,
        stagingFolder: folder,
        candidates,
        manifest: createManifest(chairFiles),
        replaces: null,
        allowEdited: false,
        signal,
      });
    expect((await failureOf(commit(stagingFolder, AbortSignal.abort()))).code).toBe("stopped");
    const elsewhere = createTemporaryFolder();
    expect((await failureOf(commit(elsewhere, new AbortController().signal))).message).toContain("no staging folder");
    await removeStagingFolder(library, stagingFolder);
    expect(Object.keys(readTree(library.folder, { sync: true }))).toEqual([".asset-sync"]);
  });
});

describe("links inside the library", () => {
  it.each(["Furniture", "Furniture/Chairs"])("are never followed: %s", async (linked) => {
    const library = await createTemporaryLibrary();
    const outside = createTemporaryFolder();
    mkdirSync(join(library.folder, dirname(linked)), { recursive: true });
    symlinkSync(outside, join(library.folder, linked));
    expect(await failureOf(install(library, chairFiles))).toMatchObject({
      code: "library-unsafe-path",
      message: expect.stringContaining("is a link"),
    });
    expect(readTree(outside)).toEqual({});
  });

  it.each([".sync/staging", ".sync/replaced"])("not even our own: %s", async (linked) => {
    const library = await createTemporaryLibrary();
    const { asset } = await install(library, chairFiles);
    const outside = createTemporaryFolder();
    rmSync(join(library.folder, linked), { recursive: true, force: true });
    symlinkSync(outside, join(library.folder, linked));
    const updating = install(library, newChairFiles, { manifest: newer, replaces: asset });
    expect((await failureOf(updating)).code).toBe("library-unsafe-path");
    expect(readTree(outside)).toEqual({});
    expect(readAsset(library, chair)).toEqual(chairFiles);
  });
});
