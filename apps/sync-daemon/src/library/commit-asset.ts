import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure, toFailure } from "../domain/failure.ts";
import type { InstalledAsset, Manifest } from "../domain/manifest.ts";
import { foldForCollision } from "../domain/path-segment.ts";
import { compareWithManifest } from "./asset-files.ts";
import { carryOver } from "./carry-over.ts";
import { systemErrorCode } from "./durable-rename.ts";
import { isSameDownload, readManifestIn } from "./manifest-file.ts";
import { checkLibrary, explainLibraryError, type Library } from "./open-library.ts";
import { prepareStaging } from "./prepare-staging.ts";
import { findKind, splitPath, withRealFolder } from "./real-folder.ts";
import { isIdentical, toIdentity } from "./replacement.ts";
import { removeStagingFolder, toStagingPath } from "./staging.ts";
import { moveInLibrary, pruneReplaced, swapAsset } from "./swap-asset.ts";

export interface CommittedAsset {
  /** Where the asset is, relative to the library's root, with `/`. */
  readonly folder: string;
  /** Where the version before is, relative to the library's root; null for a first install. */
  readonly keptAside: string | null;
  /** A person's files that were copied into the new version, relative to the asset's folder. */
  readonly carried: readonly string[];
  /** Why versions before that one could not be cleared away; the asset itself is in place. */
  readonly asideProblem: string | null;
}

interface Commit {
  readonly library: Library;
  readonly stagingFolder: string;
  readonly candidates: readonly string[];
  readonly manifest: Manifest;
  readonly replaces: InstalledAsset | null;
  readonly allowEdited: boolean;
  readonly signal: AbortSignal;
}

interface Current {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Makes a staged asset the library's, by one rename: readers see no asset or the whole one, the old version or the new.
 *
 * A first install takes the first of `candidates` (relative folders, best first) that is free. A folder that is there
 * already is never touched, whether it is a person's, iMeshh's own add-on's or another product's.
 *
 * With `replaces`, the new version goes where the old one is, also if a person moved it: scenes link to those paths.
 * The old one is moved to `.sync/replaced` and can be brought back by `undoReplace`. If a person edited or added files,
 * that is `asset-edited` and nothing changes, unless `allowEdited`: then copies go along (see `planCarryOver`) and the
 * old version is kept for good.
 *
 * Files in staging must have been brought to the disk by whoever wrote them. Stops at `signal` up to the rename, not
 * after. Throws `Failure`; then the library is as it was, and the staging folder should be removed. Also throws
 * `library-…` (also where a link stands in place of a folder), `disk-…` and `asset-folder-taken` (no candidate is free).
 */
export async function commitAsset(commit: Commit): Promise<CommittedAsset> {
  const { library, manifest } = commit;
  try {
    return await commitStaged(commit);
  } catch (error) {
    throw await explainLibraryError(library, error, {
      path: library.folder,
      doing: `Installing "${manifest.title}" into`,
    });
  }
}

function stopIf(commit: Commit): void {
  if (commit.signal.aborted) throw new Failure("stopped", `Installing "${commit.manifest.title}" was stopped.`);
}

async function commitStaged(commit: Commit): Promise<CommittedAsset> {
  const { library, stagingFolder, manifest, signal } = commit;
  stopIf(commit);
  await checkLibrary(library);
  if (manifest.assetType !== library.assetType) {
    throw new Failure("unexpected", `"${manifest.title}" is a ${manifest.assetType}, not for "${library.folder}".`);
  }
  const incoming = toStagingPath(library, stagingFolder);
  const current = commit.replaces === null ? null : await findCurrent(library, commit.replaces);
  const carried = current === null ? new Set<string>() : await takeAlong(commit, current, incoming);
  await withRealFolder({ library, folder: incoming }, (path) => prepareStaging({ path, manifest, carried }));
  stopIf(commit);
  await checkLibrary(library);
  if (current === null) {
    const folder = await placeNew(commit, incoming);
    return { folder, keptAside: null, carried: [], asideProblem: null };
  }
  const { folder } = current;
  const { keptAside } = await swapAsset({
    library,
    folder,
    incoming,
    oldManifest: current.manifest,
    newManifest: manifest,
  });
  return { folder, keptAside, carried: [...carried], asideProblem: await prune(library, manifest, signal) };
}

/**
 * The asset to replace, if it is still there and still that download; a person may have removed or moved it. One that the
 * disk does not show now is not taken for gone: throws `disk-failed`, and what is paid for stays.
 */
async function findCurrent(library: Library, replaces: InstalledAsset): Promise<Current | null> {
  const { folder } = replaces;
  if ((await findKind(library, folder)) !== "folder") return null;
  const manifest = await withRealFolder({ library, folder }, readManifestIn);
  if (manifest !== null && "reason" in manifest && manifest.isUnseen) {
    const path = join(library.folder, folder);
    throw new Failure("disk-failed", `"${path}" was not replaced: ${manifest.reason}.`, { path });
  }
  if (manifest === null || "reason" in manifest || !isSameDownload(manifest, replaces.manifest)) return null;
  return { folder, manifest };
}

async function takeAlong(commit: Commit, current: Current, incoming: string): Promise<Set<string>> {
  const { library, manifest, signal } = commit;
  return await withRealFolder({ library, folder: current.folder }, async (from) => {
    const differences = await compareWithManifest({ path: from, manifest: current.manifest, thorough: true, signal });
    const touched = [...differences.edited, ...differences.foreign];
    if (touched.length === 0) return new Set<string>();
    if (!commit.allowEdited) {
      const named = touched
        .slice(0, 3)
        .map((file) => `"${file}"`)
        .join(", ");
      const more = touched.length > 3 ? ` and ${touched.length - 3} more` : "";
      throw new Failure(
        "asset-edited",
        `"${manifest.title}" was not updated: in "${current.folder}" you changed or added ${named}${more}.`,
        { productId: manifest.productId, path: join(library.folder, current.folder) },
      );
    }
    return await withRealFolder({ library, folder: incoming }, (into) =>
      carryOver({ from, into, manifest, differences, signal }),
    );
  });
}

/** What stands in the way of a candidate folder. */
type Obstacle = "none" | "already-installed" | "other-revision" | "taken";

async function findObstacle(library: Library, folder: string, manifest: Manifest): Promise<Obstacle> {
  const { parent, name } = splitPath(folder);
  const segments = parent === "" ? [] : parent.split("/");
  for (const index of segments.keys()) {
    // Inside another asset's folder nobody would find it again.
    const above = segments.slice(0, index + 1).join("/");
    if ((await withRealFolder({ library, folder: above, createMissing: true }, readManifestIn)) !== null)
      return "taken";
  }
  return await withRealFolder({ library, folder: parent }, async (path) => {
    const key = foldForCollision(name);
    // Also what other systems take for the same name: a library may move there.
    if (!(await readdir(path)).some((other) => foldForCollision(other) === key)) return "none";
    const installed = await readManifestIn(join(path, name));
    if (installed === null || "reason" in installed || !isSameDownload(installed, manifest)) return "taken";
    return isIdentical(toIdentity(installed), toIdentity(manifest)) ? "already-installed" : "other-revision";
  });
}

async function placeNew(commit: Commit, incoming: string): Promise<string> {
  const { library, manifest, stagingFolder } = commit;
  for (const folder of commit.candidates) {
    const obstacle = await findObstacle(library, folder, manifest);
    if (obstacle === "none" && (await moveNew(library, incoming, folder))) return folder;
    if (obstacle === "already-installed") {
      // As after a crash between the rename and the journal: the work is done, the second copy is not needed.
      await removeStagingFolder(library, stagingFolder);
      return folder;
    }
    if (obstacle === "other-revision") throw taken(commit, `another version of it is in "${folder}"`);
  }
  throw taken(commit, `${commit.candidates.map((folder) => `"${folder}"`).join(", ")} are there already and not ours`);
}

/** Returns false where something appeared there meanwhile, such as another product installed at the same time. */
async function moveNew(library: Library, incoming: string, folder: string): Promise<boolean> {
  try {
    await moveInLibrary(library, incoming, folder);
    return true;
  } catch (error) {
    const code = error instanceof Failure ? error.code : systemErrorCode(error);
    if (code === "asset-folder-taken" || code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR") return false;
    throw error;
  }
}

function taken(commit: Commit, why: string): Failure {
  const { manifest, library } = commit;
  return new Failure("asset-folder-taken", `"${manifest.title}" was not installed: ${why}.`, {
    productId: manifest.productId,
    path: library.folder,
  });
}

// The new version is in place whatever happens here, so this is told and not thrown.
async function prune(library: Library, manifest: Manifest, signal: AbortSignal): Promise<string | null> {
  try {
    await pruneReplaced({ library, manifest, signal });
    return null;
  } catch (error) {
    return toFailure(error).message;
  }
}
