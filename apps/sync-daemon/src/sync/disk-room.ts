import { statfs } from "node:fs/promises";
import { Failure, toFailure } from "../domain/failure.ts";
import { exceedsDisk } from "../domain/limits.ts";
import type { SyncParts } from "./parts.ts";

/** Bytes that can still be written on the volume of `folder`. */
export async function readFreeBytes(folder: string): Promise<number> {
  try {
    const volume = await statfs(folder);
    return volume.bavail * volume.bsize;
  } catch (error) {
    throw toFailure(error);
  }
}

/** Throws `disk-full` unless `neededBytes` fit on the volume of `folder` above the configured floor. */
export async function requireRoom(
  parts: Pick<SyncParts, "settings">,
  need: { folder: string; neededBytes: number; what: string },
): Promise<void> {
  const { diskFloorBytes } = parts.settings().limits;
  const freeBytes = await readFreeBytes(need.folder);
  if (!exceedsDisk({ freeBytes, neededBytes: need.neededBytes, diskFloorBytes })) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new Failure(
    "disk-full",
    `No room for ${need.what} in ${need.folder}: ${megabytes(need.neededBytes)} needed, ${megabytes(freeBytes)} free, of which ${megabytes(diskFloorBytes)} are to stay free.`,
    { path: need.folder },
  );
}
