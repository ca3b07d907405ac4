/** Our own caps, from the configuration. The shop's caps are quota, see `quota.ts`. */
export interface Limits {
  /** Downloads under way at once. iMeshh's own add-on allows 6. */
  readonly downloads: number;
  readonly bandwidthBytesPerSecond: number | null;
  /** Free space that is never used up, on each volume written to. */
  readonly diskFloorBytes: number;
  readonly maxArchiveBytes: number;
  readonly maxExtractedBytes: number;
  readonly maxEntries: number;
  /** What the kept archives may take together. */
  readonly maxArchiveStoreBytes: number;
}

/** What one archive may be at most; the part of the limits that inspecting needs. */
export type ArchiveLimits = Pick<Limits, "maxArchiveBytes" | "maxExtractedBytes" | "maxEntries">;

/** Is there room for `neededBytes` without going below the floor? */
export function exceedsDisk(room: { freeBytes: number; neededBytes: number; diskFloorBytes: number }): boolean {
  return room.freeBytes - room.neededBytes < room.diskFloorBytes;
}

/** What is written somewhere: how much, and in how many files and folders. */
export interface RoomNeed {
  readonly bytes: number;
  readonly files: number;
}

/** File systems give out room in pieces of this size, or smaller ones. */
const blockBytes = 4096;

/** What files of these lengths take on a disk, with their folders and a manifest that names each. */
export function roomOfFiles(files: readonly { readonly bytes: number }[]): RoomNeed {
  // 300 bytes of JSON name one file with its hash.
  let bytes = blockBytes + files.length * 300;
  for (const file of files) bytes += Math.ceil(file.bytes / blockBytes) * blockBytes;
  return { bytes, files: files.length + Math.ceil(files.length / 4) + 8 };
}

/** Less is never taken to be enough: a small product and the notes about it. Policy figure. */
const leastRoom: RoomNeed = { bytes: 16 * 1024 * 1024, files: 64 };

/**
 * What a download and its files will probably take, asked before anything is spent: the shop tells no size until the
 * link is paid for. The version before is the best guess, else the mean of all that was ever kept.
 */
export function expectRoom(known: {
  previous: { readonly archive: RoomNeed; readonly extracted: RoomNeed } | null;
  keptArchiveBytes: readonly number[];
}): { archive: RoomNeed; extracted: RoomNeed } {
  const { previous, keptArchiveBytes } = known;
  const total = keptArchiveBytes.reduce((sum, bytes) => sum + bytes, 0);
  const mean: RoomNeed = { bytes: keptArchiveBytes.length === 0 ? 0 : total / keptArchiveBytes.length, files: 0 };
  const atLeast = (need: RoomNeed): RoomNeed => ({
    bytes: Math.max(leastRoom.bytes, need.bytes),
    files: Math.max(leastRoom.files, need.files),
  });
  return { archive: atLeast(previous?.archive ?? mean), extracted: atLeast(previous?.extracted ?? mean) };
}
