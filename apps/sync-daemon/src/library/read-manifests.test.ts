import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  chairFiles,
  createManifest,
  createTemporaryFolder,
  createTemporaryLibrary,
  failureOf,
  install,
  writeFiles,
} from "./__fixtures__/temporary-library.ts";
import { formatManifest, parseManifest } from "./manifest-file.ts";
import { readManifests } from "./read-manifests.ts";

const signal = new AbortController().signal;

it("finds assets wherever a person put them, and copies beside their original", async () => {
  const library = await createTemporaryLibrary();
  const { asset } = await install(library, chairFiles);
  mkdirSync(join(library.folder, "Mine/deep/er"), { recursive: true });
  cpSync(join(library.folder, asset.folder), join(library.folder, "Mine/deep/er/Chair copy"), { recursive: true });
  cpSync(join(library.folder, asset.folder), join(library.folder, "Top"), { recursive: true });
  cpSync(join(library.folder, asset.folder), join(library.folder, "Mine/deep/er/too/deep"), { recursive: true });
  const { assets, unreadable } = await readManifests({ library, signal });
  expect(assets.map(({ folder }) => folder)).toEqual(["Furniture/Chairs/Chair", "Mine/deep/er/Chair copy", "Top"]);
  expect(assets[0]).toEqual(asset);
  expect(unreadable).toEqual([]);
});

it("passes over links, dot folders, our own folder and what others keep there", async () => {
  const library = await createTemporaryLibrary();
  const outside = createTemporaryFolder();
  const text = formatManifest(createManifest(chairFiles));
  writeFiles(outside, { "Chair/.asset.json": text });
  symlinkSync(outside, join(library.folder, "Linked"));
  writeFiles(library.folder, {
    ".hidden/Chair/.asset.json": text,
    ".sync/replaced/1/asset/.asset.json": text,
    "a.txt": "x",
  });
  expect(await readManifests({ library, signal })).toEqual({ assets: [], unreadable: [] });
});

it("says which folders it cannot read, and goes on", async () => {
  const library = await createTemporaryLibrary();
  await install(library, chairFiles);
  const manifest = createManifest(chairFiles);
  const write = (folder: string, content: unknown) =>
    writeFiles(library.folder, {
      [`X/${folder}/.asset.json`]: typeof content === "string" ? content : JSON.stringify(content),
    });
  write("empty", "");
  write("newer", { ...manifest, format: 3 });
  write("escaping", { ...manifest, files: [{ path: "../../x", bytes: 1, sha256: "a".repeat(64) }] });
  write("absolute", { ...manifest, files: [{ path: "/etc/passwd", bytes: 1, sha256: "a".repeat(64) }] });
  mkdirSync(join(library.folder, "X/folder/.asset.json"), { recursive: true });
  mkdirSync(join(library.folder, "X/link"));
  symlinkSync("/etc/hostname", join(library.folder, "X/link/.asset.json"));
  mkdirSync(join(library.folder, "X/pipe"));
  execFileSync("mkfifo", [join(library.folder, "X/pipe/.asset.json")]);
  const { assets, unreadable } = await readManifests({ library, signal });
  expect(assets).toHaveLength(1);
  expect(Object.fromEntries(unreadable.map(({ folder, reason }) => [folder, reason]))).toEqual({
    "X/empty": "its manifest is no JSON",
    "X/newer": expect.stringContaining("of no format that is known: format"),
    "X/escaping": expect.stringContaining("leaves the asset's folder"),
    "X/absolute": expect.stringContaining("leaves the asset's folder"),
    "X/folder": "its manifest is no file",
    "X/link": "its manifest is a link",
    "X/pipe": "its manifest is no file",
  });
});

it("is never an empty list because the disk is gone", async () => {
  const library = await createTemporaryLibrary();
  await install(library, chairFiles);
  rmSync(join(library.folder, ".asset-sync"));
  expect((await failureOf(readManifests({ library, signal }))).code).toBe("library-missing");
  renameSync(library.folder, `${library.folder}.away`);
  expect((await failureOf(readManifests({ library, signal }))).code).toBe("library-missing");
});

it("stops when told to", async () => {
  const library = await createTemporaryLibrary();
  expect((await failureOf(readManifests({ library, signal: AbortSignal.abort() }))).code).toBe("stopped");
});

it("reads back what was written, with fields of later versions left out", () => {
  const manifest = createManifest(chairFiles);
  expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
  expect(parseManifest(JSON.stringify({ ...manifest, later: true }))).toEqual(manifest);
});

it("reads thousands of assets", async () => {
  const library = await createTemporaryLibrary();
  const text = formatManifest(createManifest(chairFiles));
  for (let number = 0; number < 3_000; number += 1) {
    const folder = join(library.folder, `Category ${number % 30}/Sub ${number % 7}/Asset ${number}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".asset.json"), text);
  }
  expect((await readManifests({ library, signal })).assets).toHaveLength(3_000);
});
