import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { InstalledAsset, Manifest } from "../../domain/manifest.ts";
import { commitAsset } from "../commit-asset.ts";
import { type Library, openLibrary } from "../open-library.ts";
import { createStagingFolder } from "../staging.ts";

/** A folder of its own for one test, removed when the test ends. */
export function createTemporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "library-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function createTemporaryLibrary(): Promise<Library> {
  return await openLibrary({
    folder: join(createTemporaryFolder(), "root", "iMeshh-Models"),
    assetType: "model",
    source: "imeshh",
    expectedId: null,
    createIfAbsent: true,
  });
}

export type FileContents = Readonly<Record<string, string>>;

export function writeFiles(folder: string, files: FileContents): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

export function createManifest(files: FileContents, changes: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    source: "imeshh",
    productId: 132602,
    slug: "chair",
    title: "Chair",
    assetType: "model",
    revision: "2025-07-01T00:00:00",
    downloadId: "d1",
    licence: { value: "1", label: "Royalty Free" },
    blenderVersion: { value: "7", label: "4.2" },
    archive: { name: "Chair_Blender.zip", sha256: sha256(JSON.stringify(files)), bytes: 10 },
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text), sha256: sha256(text) })),
    installedAt: "2026-08-01T10:00:00.000Z",
    ...changes,
  };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export const chairFiles: FileContents = { "chair.blend": "BLENDER chair", "textures/wood.png": "wood" };
export const newChairFiles: FileContents = { "chair.blend": "BLENDER chair, better", "textures/wood.png": "wood" };
export const candidates = ["Furniture/Chairs/Chair", "Furniture/Chairs/Chair_Blender", "Furniture/Chairs/Chair_132602"];

/** Stages `files` and commits them, as a sync does. */
export async function install(library: Library, files: FileContents, options: {
  manifest?: Partial<Manifest>;
  replaces?: InstalledAsset | null;
  allowEdited?: boolean;
  candidates?: readonly string[];
} = {}) {
  const stagingFolder = await createStagingFolder(library);
  writeFiles(stagingFolder, files);
  const manifest = createManifest(files, options.manifest);
  const committed = await commitAsset({
    library,
    stagingFolder,
    candidates: [...(options.candidates ?? candidates)],
    manifest,
    replaces: options.replaces ?? null,
    allowEdited: options.allowEdited ?? false,
    signal: new AbortController().signal,
  });
  const asset: InstalledAsset = { assetType: library.assetType, folder: committed.folder, manifest };
  return { ...committed, asset };
}

/** Every file and link below `folder` with its content, `.sync` left out unless asked for. */
export function readTree(folder: string, options: { sync?: boolean } = {}): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      if (name === ".sync" && options.sync !== true) continue;
      const inner = path === "" ? name : `${path}/${name}`;
      const stats = lstatSync(join(folder, inner));
      if (stats.isDirectory()) walk(inner);
      else found[inner] = stats.isFile() ? readFileSync(join(folder, inner), "utf8") : "not a file";
    }
  };
  if (existsSync(folder)) walk("");
  return found;
}

/** The files of an asset's folder, without its manifest. */
export function readAsset(library: Library, folder: string): Record<string, string> {
  const { ".asset.json": _manifest, ...files } = readTree(join(library.folder, folder));
  return files;
}

export async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && "code" in error) return { code: String(error.code), message: error.message };
    throw error;
  }
  throw new Error("It should have failed.");
}
