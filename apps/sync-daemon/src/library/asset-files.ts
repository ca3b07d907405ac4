import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, rm, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import { manifestFileName } from "../domain/library-layout.ts";
import type { Manifest, ManifestFile } from "../domain/manifest.ts";
import { lstatIfThere, systemErrorCode } from "./durable-rename.ts";
import { splitPath, withRealFolder } from "./real-folder.ts";

/** What lies in an asset's folder. Paths are relative to it, with `/`; the manifest is left out. */
export interface AssetTree {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Links, devices, pipes: never opened, never followed. */
  readonly others: readonly string[];
}

/** What differs from the manifest. Paths relative to the asset's folder. */
export interface AssetDifferences {
  readonly missing: string[];
  readonly edited: string[];
  /** Files, links and the like that are not of the manifest. */
  readonly foreign: string[];
}

/** What operating systems leave in every folder they show; nobody's work. */
const systemFile = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i;

/** Coarse clocks: FAT counts in 2 s. */
export const clockToleranceMs = 2_000;

function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure("stopped", "Looking through an asset was stopped.");
}

/** Lists all that is in `path`, without following links. Files that operating systems leave behind are left out. */
export async function listAssetTree(path: string, signal?: AbortSignal): Promise<AssetTree> {
  const folders: string[] = [];
  const files: string[] = [];
  const others: string[] = [];
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    stopIf(signal);
    for (const entry of await readdir(join(path, folder), { withFileTypes: true })) {
      const inner = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.push(inner);
        waiting.push(inner);
      } else if (!entry.isFile()) {
        others.push(inner);
      } else if (inner !== manifestFileName && !systemFile.test(entry.name)) {
        files.push(inner);
      }
    }
  }
  return { folders: folders.sort(), files: files.sort(), others: others.sort() };
}

/** SHA-256 of a file, as hex. A link is not followed. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (;;) {
      stopIf(signal);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Is the file at `path` as it was installed? Missing counts as no. */
async function isAsInstalled(
  path: string,
  file: ManifestFile,
  look: { hashIfNewerThanMs: number; signal: AbortSignal | undefined },
): Promise<boolean> {
  const stats = await lstatIfThere(path);
  if (stats === null || !stats.isFile() || Number(stats.size) !== file.bytes) return false;
  if (Number(stats.mtimeMs) <= look.hashIfNewerThanMs) return true;
  return (await hashFile(path, look.signal)) === file.sha256;
}

/**
 * Compares the folder at `path` with its manifest. Thorough: each file's size and SHA-256, so it reads every byte.
 * Otherwise only what is newer than the manifest is hashed (the manifest is written last at a commit): an edit that
 * keeps the size and sets an old time goes unseen.
 */
export async function compareWithManifest(compared: {
  path: string;
  manifest: Manifest;
  thorough: boolean;
  signal?: AbortSignal;
}): Promise<AssetDifferences> {
  const { path, manifest, signal } = compared;
  const tree = await listAssetTree(path, signal);
  // Some systems store names decomposed: `ü` comes back as two characters.
  const onDisk = new Map(tree.files.map((file) => [file.normalize("NFC"), file]));
  const others = new Set(tree.others.map((other) => other.normalize("NFC")));
  const manifestTimeMs = compared.thorough ? 0 : await readTimeMs(join(path, manifestFileName));
  const hashIfNewerThanMs = compared.thorough ? Number.NEGATIVE_INFINITY : manifestTimeMs + clockToleranceMs;
  const missing: string[] = [];
  const edited: string[] = [];
  for (const file of manifest.files) {
    stopIf(signal);
    const key = file.path.normalize("NFC");
    const found = onDisk.get(key);
    onDisk.delete(key);
    if (found === undefined) {
      // A link in its place is a person's doing, no loss.
      if (others.delete(key)) edited.push(file.path);
      else missing.push(file.path);
    } else if (!(await isAsInstalled(join(path, found), file, { hashIfNewerThanMs, signal }))) edited.push(found);
  }
  return { missing, edited, foreign: [...onDisk.values(), ...others].sort() };
}

async function readTimeMs(path: string): Promise<number> {
  const stats = await lstatIfThere(path);
  return stats === null ? Number.NEGATIVE_INFINITY : Number(stats.mtimeMs);
}

/**
 * Removes what is in the folder at `path`: the files of the manifest that are as installed, the folders left empty, and
 * then the manifest. Whatever else is there stays, with its folders and the manifest, and so does what lies behind a
 * link. Returns whether the folder is empty now.
 */
export async function removeInstalledFiles(removed: {
  path: string;
  manifest: Manifest;
  signal?: AbortSignal;
}): Promise<boolean> {
  const { path, manifest, signal } = removed;
  const folders = new Set<string>();
  for (const [folder, files] of Map.groupBy(manifest.files, (file) => splitPath(file.path).parent)) {
    for (let above = folder; above !== ""; above = splitPath(above).parent) folders.add(above);
    await inFolderIfReal(path, folder, async (held) => {
      for (const file of files) {
        const filePath = join(held, splitPath(file.path).name);
        const look = { hashIfNewerThanMs: Number.NEGATIVE_INFINITY, signal };
        if (await isAsInstalled(filePath, file, look)) await unlink(filePath);
      }
    });
  }
  const deepestFirst = [...folders].sort((one, other) => other.length - one.length);
  for (const folder of deepestFirst) {
    const { parent, name } = splitPath(folder);
    await inFolderIfReal(path, parent, async (held) => void (await removeIfEmpty(join(held, name))));
  }
  const left = await readdir(path);
  if (left.some((name) => name !== manifestFileName)) return false;
  await rm(join(path, manifestFileName), { force: true });
  return true;
}

/** Uses a folder below `path` that is there and reached without a link; else does nothing. */
async function inFolderIfReal(path: string, folder: string, use: (held: string) => Promise<void>): Promise<void> {
  try {
    await withRealFolder({ library: { folder: path }, folder }, use);
  } catch (error) {
    const isLink = error instanceof Failure && error.code === "library-unsafe-path";
    if (!isLink && systemErrorCode(error) !== "ENOENT") throw error;
  }
}

/** Removes a folder if nothing is in it. Returns whether it is gone. */
export async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isDirectory()) return false;
    await rmdir(path);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return true;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}
