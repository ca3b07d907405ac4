/** How an entry's bytes are stored. Source: PKWARE APPNOTE 4.4.5; every other method is refused. */
export type ArchiveMethod = "stored" | "deflated";

/** One entry that will be written. */
export interface ArchiveEntry {
  /** Where it goes, relative to the asset's folder, with `/`; already decided to be safe. */
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Length once extracted. */
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly method: ArchiveMethod;
  readonly crc32: number;
  /** Where its data begins in the archive. */
  readonly dataOffset: number;
}

/** An entry that is left out on purpose; the rest of the archive is used. */
export interface SkippedEntry {
  /** As the archive spells it, with `/`. Show it through an escaper: it comes from outside. */
  readonly name: string;
  readonly reason: string;
}

/** What an archive holds, after every check that needs no extracting. */
export interface ArchiveContents {
  /** In the order of their data in the archive, folders included. */
  readonly entries: readonly ArchiveEntry[];
  readonly skipped: readonly SkippedEntry[];
  /** The single folder that holds every entry, if there is one; `entries` are relative to it then. */
  readonly topFolder: string | null;
  readonly extractedBytes: number;
  readonly fileCount: number;
}
