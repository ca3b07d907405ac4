import { stat, statfs } from "node:fs/promises";
import { formatBytes } from "../domain/byte-size.ts";
import { Failure, toFailure } from "../domain/failure.ts";
import { exceedsDisk, type RoomNeed } from "../domain/limits.ts";
import { checkLibrary, type Library } from "../library/open-library.ts";
import type { SyncParts } from "./parts.ts";

/** What is to be written below a folder that exists. */
export interface FolderNeed extends RoomNeed {
  readonly folder: string;
  /** The library whose folder it is: one that has gone is told as that, and its mount point is not measured instead. */
  readonly library?: Library;
}

/** Bytes that can still be written on the volume of `folder`. */
export async function readFreeBytes(folder: string): Promise<number> {
  return (await readFree(folder)).bytes;
}

/** `files` is null where the file system sets no limit of its own. */
async function readFree(folder: string): Promise<{ bytes: number; files: number | null }> {
  try {
    const volume = await statfs(folder);
    return { bytes: volume.bavail * volume.bsize, files: volume.files === 0 ? null : volume.ffree };
  } catch (error) {
    throw toFailure(error);
  }
}

async function readDevice(folder: string): Promise<number> {
  try {
    return (await stat(folder)).dev;
  } catch (error) {
    throw toFailure(error);
  }
}

/**
 * Throws `disk-full` unless all of it fits: bytes above the configured floor, and files where the file system counts
 * them. What goes to one volume is taken together, whichever folders it is for. Throws `library-…` for a library that is
 * not there.
 */
export async function requireRoom(
  parts: Pick<SyncParts, "settings">,
  wanted: { needs: readonly FolderNeed[]; what: string },
): Promise<void> {
  const { diskFloorBytes } = parts.settings().limits;
  const volumes = new Map<number, FolderNeed>();
  for (const need of wanted.needs) {
    if (need.library !== undefined) await checkLibrary(need.library);
    const device = await readDevice(need.folder);
    const { bytes, files } = volumes.get(device) ?? { bytes: 0, files: 0 };
    volumes.set(device, { folder: need.folder, bytes: bytes + need.bytes, files: files + need.files });
  }
  for (const { folder, bytes, files } of volumes.values()) {
    const free = await readFree(folder);
    if (exceedsDisk({ freeBytes: free.bytes, neededBytes: bytes, diskFloorBytes })) {
      throw full(
        folder,
        `No room for ${wanted.what} in ${folder}: ${formatBytes(bytes)} needed, ${formatBytes(free.bytes)} free, of which ${formatBytes(diskFloorBytes)} are to stay free.`,
      );
    }
    if (free.files !== null && free.files < files) {
      throw full(
        folder,
        `No room for ${wanted.what} in ${folder}: it needs ${files} files, and the file system can take ${free.files} more.`,
      );
    }
  }
}

function full(path: string, message: string): Failure {
  return new Failure("disk-full", message, { path });
}
