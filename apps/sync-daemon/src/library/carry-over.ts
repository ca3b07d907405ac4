import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Manifest } from "../domain/manifest.ts";
import { foldForCollision } from "../domain/path-segment.ts";
import { type AssetDifferences, hashFile } from "./asset-files.ts";
import { lstatIfThere, syncFile } from "./durable-rename.ts";
import { splitPath, withRealFolder } from "./real-folder.ts";

/** One file of a person's that goes along into the next version of an asset. */
export interface CarriedFile {
  readonly from: string;
  readonly to: string;
}

function toUserName(path: string, date: string, attempt: number): string {
  const { dir, name, ext } = posix.parse(path);
  const mark = `user-${date}${attempt === 1 ? "" : `-${attempt}`}`;
  return posix.join(dir, `${name}.${mark}${ext}`);
}

function listFolders(path: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) folders.push(folder);
  return folders;
}

/**
 * Decides under which names a person's files go into the next version: their own files under their own names where
 * those are free, edited ones as `NAME.user-YYYY-MM-DD.ext` beside the new ones. What fits nowhere (a folder has become
 * a file) stays only with the old version, which is kept aside. Pure.
 */
export function planCarryOver(planned: {
  differences: Pick<AssetDifferences, "edited" | "foreign">;
  newFiles: readonly string[];
  /** `YYYY-MM-DD`. */
  date: string;
}): CarriedFile[] {
  const files = new Set(planned.newFiles.map(foldForCollision));
  const folders = new Set(planned.newFiles.flatMap(listFolders).map(foldForCollision));
  const isFree = (path: string): boolean => {
    const key = foldForCollision(path);
    return !files.has(key) && !folders.has(key);
  };
  const fits = (path: string): boolean => listFolders(path).every((folder) => !files.has(foldForCollision(folder)));
  const carried: CarriedFile[] = [];
  const carry = (from: string, to: string): void => {
    files.add(foldForCollision(to));
    for (const folder of listFolders(to)) folders.add(foldForCollision(folder));
    carried.push({ from, to });
  };
  const carryRenamed = (from: string): void => {
    for (let attempt = 1; ; attempt += 1) {
      const to = toUserName(from, planned.date, attempt);
      if (!isFree(to)) continue;
      carry(from, to);
      return;
    }
  };
  for (const path of planned.differences.foreign.filter(fits)) {
    if (isFree(path)) carry(path, path);
    else carryRenamed(path);
  }
  for (const path of planned.differences.edited.filter(fits)) carryRenamed(path);
  return carried;
}

/**
 * Copies a person's files from the old version at `from` into the staged one at `into`. The old version keeps its own.
 * Links and the like are left with the old version, and so is an edited file that equals the new one. Returns the
 * copied files, relative to the asset's folder.
 */
export async function carryOver(carried: {
  from: string;
  into: string;
  manifest: Manifest;
  differences: AssetDifferences;
  signal: AbortSignal;
}): Promise<Set<string>> {
  const { from, into, manifest, signal } = carried;
  const newHashes = new Map(manifest.files.map((file) => [file.path, file.sha256]));
  const copied = new Set<string>();
  const planned = planCarryOver({
    differences: carried.differences,
    newFiles: manifest.files.map((file) => file.path),
    date: manifest.installedAt.slice(0, 10),
  });
  for (const file of planned) {
    const source = splitPath(file.from);
    const target = splitPath(file.to);
    await withRealFolder({ library: { folder: from }, folder: source.parent }, async (sourceFolder) => {
      const sourcePath = join(sourceFolder, source.name);
      if ((await lstatIfThere(sourcePath))?.isFile() !== true) return;
      const newHash = newHashes.get(file.from);
      if (newHash !== undefined && (await hashFile(sourcePath, signal)) === newHash) return;
      const there = { library: { folder: into }, folder: target.parent, createMissing: true };
      await withRealFolder(there, async (targetFolder) => {
        const targetPath = join(targetFolder, target.name);
        await copyFile(sourcePath, targetPath, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
        await syncFile(targetPath);
      });
      copied.add(file.to);
    });
  }
  return copied;
}
