import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { InstalledAsset, Manifest } from "../../domain/manifest.ts";
import { commitAsset } from "../commit-asset.ts";
import type { Library } from "../open-library.ts";
import { createStagingFolder } from "../staging.ts";

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

