import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { toFailure } from "../domain/failure.ts";
import { replacedFolderName, syncFolderName } from "../domain/library-layout.ts";
import { removeIfEmpty } from "./asset-files.ts";
import { systemErrorCode } from "./durable-rename.ts";
import { readManifestIn } from "./manifest-file.ts";
import { checkLibrary, explainLibraryError, type Library } from "./open-library.ts";
import { findKind, withRealFolder } from "./real-folder.ts";
import {
  asideName,
  finishReplacement,
  forgetReplacement,
  isAsidePath,
  isIdentical,
  listReplacements,
  type Replacement,
  type ReplacementRecord,
  replacementFolder,
  toIdentity,
} from "./replacement.ts";
import { isStagingPath, listStagingFolders, removeStagingFolder } from "./staging.ts";
import { finishPruning, moveInLibrary } from "./swap-asset.ts";
import { isTemporaryName } from "./write-file-atomic.ts";

export interface RecoveredLibrary {
  readonly removedStaging: number;
  /** Folders where the old version was put back, because the new one was not whole. */
  readonly restored: string[];
  /** Folders where the new version was put in place, because the old one was aside already. */
  readonly finished: string[];
  /** Replacements that could not be healed; the old version stays in `.sync/replaced`. One sentence each. */
  readonly unresolved: string[];
}

type Healed = "not-begun" | "finished" | "restored" | "was-done" | "in-the-way";

/**
 * Makes a library whole after a crash or power cut: finishes or takes back replacements that were under way, then
 * removes staging folders, temporary files of ours and what was left of old versions that were being removed. To be called once, before anything is staged. Doing it again
 * changes nothing.
 */
export async function recoverLibrary(recovered: { library: Library }): Promise<RecoveredLibrary> {
  const { library } = recovered;
  const result = { removedStaging: 0, restored: [] as string[], finished: [] as string[], unresolved: [] as string[] };
  try {
    await checkLibrary(library);
    const stillNeeded = new Set<string>();
    for (const replacement of await listReplacements(library)) {
      if (replacement.record === null) result.unresolved.push(...(await clearUnrecorded(library, replacement.key)));
      else if (replacement.state === "done") await clearDone(library, replacement.key);
      else await healInto({ library, replacement, record: replacement.record, result, stillNeeded });
    }
    for (const stagingFolder of await listStagingFolders(library)) {
      if (stillNeeded.has(stagingFolder)) continue;
      await removeStagingFolder(library, stagingFolder);
      result.removedStaging += 1;
    }
    await removeTemporaryFiles(library, "");
    await removeTemporaryFiles(library, syncFolderName);
    result.unresolved.push(...(await finishRemovals(library)));
    return result;
  } catch (error) {
    throw await explainLibraryError(library, error, { path: library.folder, doing: "Recovering" });
  }
}

async function healInto(healing: {
  library: Library;
  replacement: Replacement;
  record: ReplacementRecord;
  result: RecoveredLibrary;
  stillNeeded: Set<string>;
}): Promise<void> {
  const { library, replacement, record, result } = healing;
  try {
    const healed = await heal(library, replacement.key, record);
    if (healed === "finished") result.finished.push(record.folder);
    if (healed === "restored") result.restored.push(record.folder);
    if (healed === "in-the-way") {
      const aside = `${replacementFolder(replacement.key)}/${asideName}`;
      result.unresolved.push(
        `"${record.folder}" was taken by something else during an update; the old version is in "${aside}".`,
      );
    }
  } catch (error) {
    // One that cannot be healed must not keep the others from it; nothing of it is removed.
    healing.stillNeeded.add(join(library.folder, record.incoming));
    result.unresolved.push(`The update of "${record.folder}" could not be healed: ${toFailure(error).message}`);
  }
}

/** An old version that cannot be removed takes room and stands in nobody's way, so it is told and not thrown. */
async function finishRemovals(library: Library): Promise<string[]> {
  try {
    await finishPruning(library);
    return [];
  } catch (error) {
    return [`An old version could not be removed: ${toFailure(error).message}`];
  }
}

/** Decides by what is on disk how far a replacement came, and brings it to an end. */
async function heal(library: Library, key: string, record: ReplacementRecord): Promise<Healed> {
  const aside = `${replacementFolder(key)}/${asideName}`;
  if ((await findKind(library, aside)) === "absent") {
    await forgetReplacement(library, key);
    return "not-begun";
  }
  if ((await findKind(library, record.folder)) !== "absent") {
    const isNew = await isWhole(library, record.folder, record);
    await finishReplacement(library, key);
    return isNew ? "was-done" : "in-the-way";
  }
  const isOurs = isStagingPath(record.incoming) || isAsidePath(record.incoming);
  if (isOurs && (await isWhole(library, record.incoming, record))) {
    await moveInLibrary(library, record.incoming, record.folder);
    await finishReplacement(library, key);
    return "finished";
  }
  await moveInLibrary(library, aside, record.folder);
  await forgetReplacement(library, key);
  return "restored";
}

/** A manifest is written last, so its presence means that the asset is whole. */
async function isWhole(library: Library, folder: string, record: ReplacementRecord): Promise<boolean> {
  if ((await findKind(library, folder)) !== "folder") return false;
  const manifest = await withRealFolder({ library, folder }, readManifestIn);
  return manifest !== null && !("reason" in manifest) && isIdentical(toIdentity(manifest), record.new);
}

/** What a crash left before the record was written is cleared away; says so where an old version lies there instead. */
async function clearUnrecorded(library: Library, key: string): Promise<string[]> {
  const folder = replacementFolder(key);
  if ((await findKind(library, `${folder}/${asideName}`)) !== "absent") {
    return [`"${folder}" holds an old version, but its record cannot be read; it was left as it is.`];
  }
  await removeTemporaryFiles(library, folder);
  await withRealFolder({ library, folder: replacedFolderName }, (path) => removeIfEmpty(join(path, key)));
  return [];
}

// The old version was brought back by `undoReplace`, or a person took it: only the record is left.
async function clearDone(library: Library, key: string): Promise<void> {
  if ((await findKind(library, `${replacementFolder(key)}/${asideName}`)) === "absent")
    await forgetReplacement(library, key);
}

async function removeTemporaryFiles(library: Library, folder: string): Promise<void> {
  try {
    await withRealFolder({ library, folder }, async (path) => {
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (entry.isFile() && isTemporaryName(entry.name)) await rm(join(path, entry.name), { force: true });
      }
    });
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}
