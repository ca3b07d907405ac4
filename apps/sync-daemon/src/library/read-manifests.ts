import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import { systemErrorCode } from "./durable-rename.ts";
import { readManifestIn, type UnreadableManifest } from "./manifest-file.ts";
import { checkLibrary, type Library } from "./open-library.ts";
import { toLibraryFailure } from "./real-folder.ts";

/** Assets lie at category/sub-category/asset; one level more for people who sort theirs further. */
const maxAssetDepth = 4;

/** Folders looked into at once. More does not help: Node reads with four threads. */
const parallelFolders = 16;

/** A folder that may hold an asset but cannot be read as one, and why. */
export interface UnreadableFolder {
  /** Relative to the library's root. */
  readonly folder: string;
  readonly reason: string;
  /** The system would not let it be read, so there may be assets in it and below. */
  readonly isUnseen: boolean;
}

export interface FoundManifests {
  /** Sorted by folder. A folder a person copied appears as well as its original. */
  readonly assets: InstalledAsset[];
  readonly unreadable: UnreadableFolder[];
}

/**
 * Finds every asset of a library by its manifest, at most four levels deep, wherever a person moved it to. Folders that
 * begin with a dot, links and everything without a manifest are passed over. `assetType` of what it returns is the
 * library's. Throws `library-missing` rather than an empty list when the disk is gone, also when it goes meanwhile.
 */
export async function readManifests(read: { library: Library; signal: AbortSignal }): Promise<FoundManifests> {
  const { found, unreadable } = await findAssets({ ...read, readIn: readManifestIn });
  const { assetType } = read.library;
  return { assets: found.map(({ folder, content }) => ({ assetType, folder, manifest: content })), unreadable };
}

/** The same with another way of reading what says that a folder is an asset: `readIn` gives null where it is none. */
export async function findAssets<Content extends object>(read: {
  library: Library;
  signal: AbortSignal;
  readIn: (path: string) => Promise<Content | UnreadableManifest | null>;
}): Promise<{ found: { folder: string; content: Content }[]; unreadable: UnreadableFolder[] }> {
  const { library, signal, readIn } = read;
  await checkLibrary(library);
  const found: { folder: string; content: Content }[] = [];
  const unreadable: UnreadableFolder[] = [];

  async function look(folder: string, depth: number): Promise<string[]> {
    const path = join(library.folder, folder);
    // First the manifest: an asset's folder need not be listed, and it may hold thousands of files.
    const content = depth === 0 ? null : await readIn(path);
    if (content !== null && "reason" in content)
      unreadable.push({ folder, reason: content.reason, isUnseen: content.isUnseen ?? false });
    else if (content !== null) found.push({ folder, content });
    if (content !== null || depth === maxAssetDepth) return [];
    try {
      const entries = await readdir(path, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
        .map(({ name }) => (folder === "" ? name : `${folder}/${name}`));
    } catch (error) {
      const code = systemErrorCode(error);
      if (depth === 0) throw toLibraryFailure(error, path, "Listing the library");
      // Gone since its parent was listed: a person is moving things, which is no fault.
      if (code !== "ENOENT" && code !== "ENOTDIR")
        unreadable.push({ folder, reason: `it cannot be listed (${code})`, isUnseen: true });
      return [];
    }
  }

  let level = [""];
  for (let depth = 0; level.length > 0 && depth <= maxAssetDepth; depth += 1) {
    const next: string[] = [];
    const waiting = level.values();
    const lookAtNext = async (): Promise<void> => {
      for (const folder of waiting) {
        if (signal.aborted) throw new Failure("stopped", "Looking for assets was stopped.");
        for (const inner of await look(folder, depth)) next.push(inner);
      }
    };
    await Promise.all(Array.from({ length: parallelFolders }, lookAtNext));
    level = next;
  }
  await checkLibrary(library);
  const byFolder = (one: { folder: string }, other: { folder: string }): number => (one.folder < other.folder ? -1 : 1);
  return { found: found.sort(byFolder), unreadable: unreadable.sort(byFolder) };
}
