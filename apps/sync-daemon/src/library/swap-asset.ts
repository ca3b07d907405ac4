import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import type { Manifest } from "../domain/manifest.ts";
import { compareWithManifest, removeIfEmpty, removeInstalledFiles } from "./asset-files.ts";
import { lstatIfThere, renameDurably } from "./durable-rename.ts";
import { readManifestIn } from "./manifest-file.ts";
import { explainLibraryError, type Library } from "./open-library.ts";
import { findKind, splitPath, withRealFolder } from "./real-folder.ts";
import {
  asideName,
  beginReplacement,
  finishReplacement,
  forgetReplacement,
  isSameProductDownload,
  listReplacements,
  type ReplacementRecord,
  replacementFolder,
  toIdentity,
} from "./replacement.ts";

/**
 * Renames a folder inside the library, durably, reaching both ends without following links. Refuses with
 * `asset-folder-taken` if something is at `to` already.
 */
export async function moveInLibrary(library: Library, from: string, to: string): Promise<void> {
  const source = splitPath(from);
  const target = splitPath(to);
  await withRealFolder({ library, folder: source.parent }, (sourceParent) =>
    withRealFolder({ library, folder: target.parent }, async (targetParent) => {
      const path = join(targetParent, target.name);
      // rename() itself would silently replace an empty folder.
      if ((await lstatIfThere(path)) !== null) {
        throw new Failure(
          "asset-folder-taken",
          `"${join(library.folder, to)}" appeared meanwhile; it was left alone.`,
          {
            path: join(library.folder, to),
          },
        );
      }
      await renameDurably(join(sourceParent, source.name), path);
    }),
  );
}

/**
 * Puts the asset that waits in `incoming` in the place of the one in `folder`, which is moved aside, never removed. The
 * intention is on disk first, so that a crash between the two renames is healed by `recoverLibrary`. If the second
 * rename fails, the old asset is moved back. Returns where the old one is, relative to the library's root.
 */
export async function swapAsset(swap: {
  library: Library;
  folder: string;
  incoming: string;
  oldManifest: Manifest;
  newManifest: Manifest;
}): Promise<{ keptAside: string }> {
  const { library, folder, incoming } = swap;
  const record: ReplacementRecord = {
    format: 1,
    folder,
    incoming,
    old: toIdentity(swap.oldManifest),
    new: toIdentity(swap.newManifest),
  };
  const key = await beginReplacement(library, record);
  const aside = `${replacementFolder(key)}/${asideName}`;
  try {
    await moveInLibrary(library, folder, aside);
  } catch (error) {
    await forgetReplacement(library, key);
    throw error;
  }
  try {
    await moveInLibrary(library, incoming, folder);
  } catch (error) {
    await moveBack({ library, folder, aside, key, error });
    throw error;
  }
  await finishReplacement(library, key);
  return { keptAside: aside };
}

async function moveBack(undone: {
  library: Library;
  folder: string;
  aside: string;
  key: string;
  error: unknown;
}): Promise<void> {
  const { library, folder, aside, key } = undone;
  try {
    await moveInLibrary(library, aside, folder);
    await forgetReplacement(library, key);
  } catch (second) {
    const path = join(library.folder, folder);
    const { code, message } = await explainLibraryError(library, undone.error, { path, doing: "Replacing" });
    const why = second instanceof Error ? second.message : String(second);
    throw new Failure(
      code,
      `${message} The old version could not be moved back (${why}); it is whole in "${aside}" and the next start restores it.`,
      { path, cause: new AggregateError([undone.error, second]) },
    );
  }
}

/**
 * Of the old versions set aside, keeps the latest of this download and removes earlier ones that are exactly as
 * installed. One with edited or foreign files is never removed.
 */
export async function pruneReplaced(pruned: {
  library: Library;
  manifest: Manifest;
  signal: AbortSignal;
}): Promise<void> {
  const { library, manifest, signal } = pruned;
  const identity = toIdentity(manifest);
  const done = (await listReplacements(library)).filter(
    ({ state, record }) => state === "done" && record !== null && isSameProductDownload(record.old, identity),
  );
  for (const { key } of done.slice(0, -1)) await pruneOne(library, key, signal);
}

/** The same for every download of the library: a process that died while it removed one had begun what nobody else ends. */
export async function finishPruning(library: Library): Promise<void> {
  const done = (await listReplacements(library)).filter(({ state }) => state === "done");
  const byDownload = Map.groupBy(done, ({ record }) =>
    record === null ? "" : [record.old.source, record.old.productId, record.old.downloadId].join("/"),
  );
  for (const replacements of byDownload.values()) {
    for (const { key } of replacements.slice(0, -1)) await pruneOne(library, key);
  }
}

async function pruneOne(library: Library, key: string, signal?: AbortSignal): Promise<void> {
  const aside = `${replacementFolder(key)}/${asideName}`;
  const kind = await findKind(library, aside);
  // A link there is a person's, who took the old version elsewhere: what it leads to is theirs.
  if (kind === "other") return;
  if (kind === "folder") await removeAside(library, aside, signal);
  await forgetReplacement(library, key);
}

async function removeAside(library: Library, aside: string, signal: AbortSignal | undefined): Promise<void> {
  const stop = signal === undefined ? {} : { signal };
  await withRealFolder({ library, folder: aside }, async (path) => {
    const old = await readManifestIn(path);
    // The manifest goes last, so without one at most the empty folder is left.
    if (old === null || "reason" in old) return;
    // By size and time first: what a person changed is kept for good, and not read anew at every start.
    for (const thorough of [false, true]) {
      const { edited, foreign } = await compareWithManifest({ path, manifest: old, thorough, ...stop });
      if (edited.length > 0 || foreign.length > 0) return;
    }
    await removeInstalledFiles({ path, manifest: old, ...stop });
  });
  const { parent, name } = splitPath(aside);
  await withRealFolder({ library, folder: parent }, (path) => removeIfEmpty(join(path, name)));
}
