import type { ArchiveEntry } from "./archive-contents.ts";

/** What an entry is: written as a file or folder, or refused because it is something else. */
export type EntryKindDecision =
  | { readonly verdict: ArchiveEntry["kind"] }
  | { readonly verdict: "refuse"; readonly reason: string };

const typeMask = 0o170000;
const folderType = 0o040000;
// Refused whatever system the entry says it was made on: some programs look at the bits alone.
const refusedTypes: ReadonlyMap<number, string> = new Map([
  [0o120000, "is a symbolic link"],
  [0o020000, "is a character device"],
  [0o060000, "is a block device"],
  [0o140000, "is a socket"],
]);
const dosFolderBit = 0x10;

/**
 * Decides by the Unix type bits, the DOS folder bit and the trailing slash. Permissions are never taken over. FIFO bits
 * are a regular file: `zip` sets them on what it read from a pipe, and public archives hold such entries.
 */
export function decideEntryKind(entry: {
  externalAttributes: number;
  namesFolder: boolean;
  bytes: number;
}): EntryKindDecision {
  const type = (entry.externalAttributes >>> 16) & typeMask;
  const refused = refusedTypes.get(type);
  if (refused !== undefined) return { verdict: "refuse", reason: refused };
  const isFolder = entry.namesFolder || type === folderType || (entry.externalAttributes & dosFolderBit) !== 0;
  if (!isFolder) return { verdict: "file" };
  // Programs disagree on what this is: a folder to some, a file to others.
  if (entry.bytes !== 0) return { verdict: "refuse", reason: "is marked as a folder and holds data" };
  return { verdict: "folder" };
}
