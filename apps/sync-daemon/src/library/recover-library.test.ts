import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
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
import { formatManifest } from "./manifest-file.ts";
import { recoverLibrary } from "./recover-library.ts";
import { beginReplacement, toIdentity } from "./replacement.ts";
import { createStagingFolder } from "./staging.ts";
import { moveInLibrary } from "./swap-asset.ts";
import { undoReplace } from "./undo-replace.ts";

const chair = "Furniture/Chairs/Chair";
const aside = ".sync/replaced/000001-132602/asset";
const nothing = { removedStaging: 0, restored: [], finished: [], unresolved: [] };

/** An update as far as the journal: the old version in place, the new one staged with its manifest. */
async function begun() {
  const library = await createTemporaryLibrary();
  const { asset } = await install(library, chairFiles);
  const stagingFolder = await createStagingFolder(library);
  const manifest = createManifest(newChairFiles, { revision: "2" });
  writeFiles(stagingFolder, { ...newChairFiles, ".asset.json": formatManifest(manifest) });
  const incoming = stagingFolder.slice(library.folder.length + 1);
  await beginReplacement(library, {
    format: 1,
    folder: chair,
    incoming,
    old: toIdentity(asset.manifest),
    new: toIdentity(manifest),
  });
  return { library, asset, stagingFolder, incoming };
}

describe("recoverLibrary after a crash of an update", () => {
  it("before the first rename: the old version stays", async () => {
    const { library } = await begun();
    expect(await recoverLibrary({ library })).toEqual({ ...nothing, removedStaging: 1 });
    expect(readAsset(library, chair)).toEqual(chairFiles);
    expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual([]);
  });

  it("between the renames: the new version is put in place", async () => {
    const { library, incoming, asset } = await begun();
    await moveInLibrary(library, chair, aside);
    expect(await recoverLibrary({ library })).toEqual({ ...nothing, finished: [chair] });
    expect(readAsset(library, chair)).toEqual(newChairFiles);
    expect(existsSync(join(library.folder, incoming))).toBe(false);
    expect(await recoverLibrary({ library })).toEqual(nothing);
    expect((await undoReplace({ library, asset }))?.folder).toBe(chair);
    expect(readAsset(library, chair)).toEqual(chairFiles);
  });

  it.each(["gone", "without its manifest", "of another revision"])(
    "between the renames, the new version %s: the old one is put back",
    async (state) => {
      const { library, stagingFolder } = await begun();
      await moveInLibrary(library, chair, aside);
      if (state === "gone") rmSync(stagingFolder, { recursive: true });
      if (state === "without its manifest") rmSync(join(stagingFolder, ".asset.json"));
      if (state === "of another revision") {
        writeFiles(stagingFolder, { ".asset.json": formatManifest(createManifest(newChairFiles, { revision: "9" })) });
      }
      expect(await recoverLibrary({ library })).toMatchObject({ restored: [chair], finished: [] });
      expect(readAsset(library, chair)).toEqual(chairFiles);
      expect(readdirSync(join(library.folder, ".sync/staging"))).toEqual([]);
      expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual([]);
      expect(await recoverLibrary({ library })).toEqual(nothing);
    },
  );

  it("after both renames: the update is done and can be undone", async () => {
    const { library, incoming, asset } = await begun();
    await moveInLibrary(library, chair, aside);
    await moveInLibrary(library, incoming, chair);
    expect(await recoverLibrary({ library })).toEqual(nothing);
    expect(readAsset(library, chair)).toEqual(newChairFiles);
    expect(await undoReplace({ library, asset })).not.toBeNull();
  });

  it("never brings back what a person removed after the update was done", async () => {
    const { library, incoming } = await begun();
    await moveInLibrary(library, chair, aside);
    await moveInLibrary(library, incoming, chair);
    await recoverLibrary({ library });
    rmSync(join(library.folder, chair), { recursive: true });
    expect(await recoverLibrary({ library })).toEqual(nothing);
    expect(existsSync(join(library.folder, chair))).toBe(false);
  });

  it("with something of a person's in the way: says where the old version is and touches neither", async () => {
    const { library } = await begun();
    await moveInLibrary(library, chair, aside);
    writeFiles(join(library.folder, chair), { "mine.txt": "mine" });
    const { unresolved } = await recoverLibrary({ library });
    expect(unresolved).toEqual([expect.stringContaining(aside)]);
    expect(readAsset(library, chair)).toEqual({ "mine.txt": "mine" });
    expect(readAsset(library, aside)).toEqual(chairFiles);
  });

  it("does not take an empty folder's place either", async () => {
    const { library, stagingFolder, incoming } = await begun();
    await moveInLibrary(library, chair, aside);
    mkdirSync(join(library.folder, chair));
    expect((await failureOf(moveInLibrary(library, incoming, chair))).code).toBe("asset-folder-taken");
    expect((await recoverLibrary({ library })).unresolved).toHaveLength(1);
    expect(readdirSync(join(library.folder, chair))).toEqual([]);
    expect(existsSync(stagingFolder)).toBe(false);
    expect(readAsset(library, aside)).toEqual(chairFiles);
  });

  it("heals a crash of an undo as well", async () => {
    const { library, incoming } = await begun();
    await moveInLibrary(library, chair, aside);
    await moveInLibrary(library, incoming, chair);
    await recoverLibrary({ library });
    const current = createManifest(newChairFiles, { revision: "2" });
    const old = createManifest(chairFiles);
    const key = await beginReplacement(library, {
      format: 1,
      folder: chair,
      incoming: aside,
      old: toIdentity(current),
      new: toIdentity(old),
    });
    await moveInLibrary(library, chair, `.sync/replaced/${key}/asset`);
    expect(await recoverLibrary({ library })).toEqual({ ...nothing, finished: [chair] });
    expect(readAsset(library, chair)).toEqual(chairFiles);
    await recoverLibrary({ library });
    expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual([key]);
  });

  it("does not follow a journal that leads outside, nor one of another making", async () => {
    const { library } = await begun();
    const outside = createTemporaryFolder();
    writeFiles(outside, newChairFiles);
    await moveInLibrary(library, chair, aside);
    const journal = join(library.folder, ".sync/replaced/000001-132602/journal.json");
    const record = JSON.parse(readFileSync(journal, "utf8"));
    writeFileSync(journal, JSON.stringify({ ...record, incoming: `../../../${outside}` }));
    expect(await recoverLibrary({ library })).toMatchObject({ restored: [chair] });
    expect(readAsset(library, chair)).toEqual(chairFiles);
    expect(readTree(outside)).toEqual(newChairFiles);

    mkdirSync(join(library.folder, ".sync/replaced/000001-132602"));
    await moveInLibrary(library, chair, aside);
    writeFileSync(journal, JSON.stringify({ ...record, folder: "../outside" }));
    const { unresolved, restored } = await recoverLibrary({ library });
    expect({ unresolved, restored }).toEqual({ unresolved: [expect.stringContaining("cannot be read")], restored: [] });
    expect(readAsset(library, aside)).toEqual(chairFiles);
  });

  it("leaves an asset alone whose category was swapped for a link, with all that belongs to it", async () => {
    const { library, stagingFolder } = await begun();
    await moveInLibrary(library, chair, aside);
    const outside = createTemporaryFolder();
    rmSync(join(library.folder, "Furniture"), { recursive: true });
    symlinkSync(outside, join(library.folder, "Furniture"));
    const { unresolved, removedStaging } = await recoverLibrary({ library });
    expect({ unresolved, removedStaging }).toEqual({
      unresolved: [expect.stringContaining("is a link")],
      removedStaging: 0,
    });
    expect(readTree(outside)).toEqual({});
    expect(existsSync(stagingFolder)).toBe(true);
    expect(readAsset(library, aside)).toEqual(chairFiles);
  });
});

describe("recoverLibrary clears away", () => {
  it("staging folders and temporary files of ours, and nothing else", async () => {
    const library = await createTemporaryLibrary();
    const outside = createTemporaryFolder();
    writeFiles(outside, { "precious.txt": "precious" });
    const stagingFolder = await createStagingFolder(library);
    writeFiles(stagingFolder, chairFiles);
    symlinkSync(outside, join(stagingFolder, "link"));
    symlinkSync(outside, join(library.folder, ".sync/staging", "0".repeat(32)));
    writeFiles(library.folder, {
      ".blender_assets.cats.txt.0123456789abcdef.asset-sync-tmp": "half",
      ".sync/.journal.json.0123456789abcdef.asset-sync-tmp": "half",
      ".sync/staging/somebody's/file": "keep",
      "mine.asset-sync-tmp": "keep",
    });
    expect(await recoverLibrary({ library })).toEqual({ ...nothing, removedStaging: 1 });
    expect(Object.keys(readTree(library.folder, { sync: true }))).toEqual([
      ".asset-sync",
      `.sync/staging/${"0".repeat(32)}`,
      ".sync/staging/somebody's/file",
      "mine.asset-sync-tmp",
    ]);
    expect(readTree(outside)).toEqual({ "precious.txt": "precious" });
  });

  it("what a crash leaves before the journal was written", async () => {
    const library = await createTemporaryLibrary();
    writeFiles(library.folder, { ".sync/replaced/000001-5/.journal.json.0123456789abcdef.asset-sync-tmp": "{" });
    writeFiles(library.folder, { ".sync/replaced/mine/file": "keep" });
    expect(await recoverLibrary({ library })).toEqual(nothing);
    expect(readdirSync(join(library.folder, ".sync/replaced"))).toEqual(["mine"]);
  });

  it("nothing at all where the library is gone", async () => {
    const library = await createTemporaryLibrary();
    renameSync(library.folder, `${library.folder}.away`);
    expect((await failureOf(recoverLibrary({ library }))).code).toBe("library-missing");
  });
});

describe("recoverLibrary after a crash while an old version was being removed", () => {
  /** Two updates, after which the first version is put back where it was, as if its removal had been cut short. */
  async function withFirstVersionBack(change: (path: string) => void) {
    const library = await createTemporaryLibrary();
    const { asset } = await install(library, chairFiles);
    const second = await install(library, newChairFiles, { manifest: { revision: "2" }, replaces: asset });
    const first = join(library.folder, ".sync/replaced/000001-132602");
    const kept = `${library.folder}-kept`;
    cpSync(first, kept, { recursive: true, preserveTimestamps: true });
    await install(library, newChairFiles, { manifest: { revision: "3" }, replaces: second.asset });
    renameSync(kept, first);
    change(join(first, "asset"));
    return { library, left: () => readdirSync(join(library.folder, ".sync/replaced")) };
  }

  it.each([
    ["before its first file", () => undefined],
    ["between its files", (path: string) => rmSync(join(path, Object.keys(chairFiles)[0] ?? ""))],
    [
      "with only the folder left",
      (path: string) => {
        rmSync(path, { recursive: true });
        mkdirSync(path);
      },
    ],
  ])("%s: the rest of it goes, the latest stays", async (_when, change) => {
    const { library, left } = await withFirstVersionBack(change);
    expect(await recoverLibrary({ library })).toEqual(nothing);
    expect(left()).toEqual(["000002-132602"]);
    expect(readAsset(library, ".sync/replaced/000002-132602/asset")).toEqual(newChairFiles);
  });

  it("keeps one in which a person has a file of their own", async () => {
    const { library, left } = await withFirstVersionBack((path) => writeFileSync(join(path, "mine.txt"), "mine"));
    expect(await recoverLibrary({ library })).toEqual(nothing);
    expect(left()).toEqual(["000001-132602", "000002-132602"]);
  });
});
