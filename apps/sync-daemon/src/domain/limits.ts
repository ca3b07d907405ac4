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
