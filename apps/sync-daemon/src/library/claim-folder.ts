import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import { manifestFileName } from "../domain/library-layout.ts";
import type { Manifest, ManifestFile } from "../domain/manifest.ts";
import { hashFile, listAssetTree } from "./asset-files.ts";
import { lstatIfThere, renamePatiently, syncFile, syncFolder } from "./durable-rename.ts";
import { formatManifest, parseManifest, readManifestIn } from "./manifest-file.ts";
import { checkLibrary, explainLibraryError, type Library } from "./open-library.ts";
import { withRealFolder } from "./real-folder.ts";
import { createStagingFolder, removeStagingFolder, toStagingPath } from "./staging.ts";

/** Where iMeshh's own add-on puts assets: category, sub-category, asset. */
const addOnDepth = 3;

/**
 * Folders at category/sub-category/asset without a manifest of ours, relative to the library's root. Links, what begins
 * with a dot and what lies inside an asset are passed over.
 */
export async function listUnclaimedFolders(listed: { library: Library; signal: AbortSignal }): Promise<string[]> {
  const { library, signal } = listed;
  await checkLibrary(library);
  const unclaimed: string[] = [];
  async function look(folder: string, depth: number): Promise<void> {
    if (signal.aborted) throw new Failure("stopped", "Looking for folders was stopped.");
    const path = join(library.folder, folder);
    if (depth > 0 && (await readManifestIn(path)) !== null) return;
    if (depth === addOnDepth) {
      unclaimed.push(folder);
      return;
    }
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
      await look(folder === "" ? entry.name : `${folder}/${entry.name}`, depth + 1);
    }
  }
  try {
    await look("", 0);
  } catch (error) {
    throw await explainLibraryError(library, error, { path: library.folder, doing: "Looking through" });
  }
  return unclaimed.sort();
}

/** The files of a folder without a manifest, relative to it; null where another asset lies inside. */
export async function listFolderFiles(listed: {
  library: Library;
  folder: string;
  signal: AbortSignal;
}): Promise<readonly string[] | null> {
  const { library, folder, signal } = listed;
  const { files } = await withRealFolder({ library, folder }, (path) => listAssetTree(path, signal));
  return files.some((file) => file.endsWith(`/${manifestFileName}`)) ? null : files;
}

/**
 * Makes a folder that is there already an asset, by writing a manifest over its files as they are; no other file is
 * touched, and a manifest that is there is never replaced. Reads every byte. Returns null, with nothing written, where
 * somebody changes the folder meanwhile or it holds a name that a manifest cannot carry.
 */
export async function claimFolder(claimed: {
  library: Library;
  folder: string;
  describe: (files: readonly ManifestFile[]) => Manifest;
  signal: AbortSignal;
}): Promise<Manifest | null> {
  const { library, folder, describe, signal } = claimed;
  try {
    await checkLibrary(library);
    const files = await withRealFolder({ library, folder }, (path) => readFiles(path, signal));
    if (files === null) return null;
    const manifest = describe(files);
    const text = formatManifest(manifest);
    if ("reason" in parseManifest(text)) return null;
    return (await writeManifest(library, folder, text)) ? manifest : null;
  } catch (error) {
    throw await explainLibraryError(library, error, { path: join(library.folder, folder), doing: "Claiming" });
  }
}

async function readFiles(path: string, signal: AbortSignal): Promise<ManifestFile[] | null> {
  const files: ManifestFile[] = [];
  for (const file of (await listAssetTree(path, signal)).files) {
    const whole = join(path, file);
    const before = await lstatIfThere(whole);
    if (before === null || !before.isFile()) return null;
    const sha256 = await hashFile(whole, signal);
    const after = await lstatIfThere(whole);
    if (after === null || after.size !== before.size || after.mtimeMs !== before.mtimeMs) return null;
    files.push({ path: file, bytes: Number(after.size), sha256 });
  }
  return files;
}

/** Written in staging first, so that a crash leaves nothing of ours among a person's files. */
async function writeManifest(library: Library, folder: string, text: string): Promise<boolean> {
  const staging = await createStagingFolder(library);
  try {
    return await withRealFolder({ library, folder: toStagingPath(library, staging) }, async (from) => {
      await writeFile(join(from, manifestFileName), text, { flag: "wx" });
      await syncFile(join(from, manifestFileName));
      return await withRealFolder({ library, folder }, async (path) => {
        const target = join(path, manifestFileName);
        const isWritten = await renamePatiently(join(from, manifestFileName), target, () => !existsSync(target));
        await syncFolder(path);
        return isWritten;
      });
    });
  } finally {
    await removeStagingFolder(library, staging);
  }
}
