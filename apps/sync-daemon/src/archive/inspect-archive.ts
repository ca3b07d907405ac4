import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type FailureCode, toFailure } from "../domain/failure.ts";
import type { ArchiveLimits } from "../domain/limits.ts";
import type { ArchiveContents, ArchiveEntry, ArchiveMethod, SkippedEntry } from "./archive-contents.ts";
import { archiveFailure, quoteName } from "./archive-failure.ts";
import { exceedsDeflateBound, maxDirectoryBytes, maxFileBytes } from "./archive-policy.ts";
import { type DirectoryEntry, readCentralDirectory } from "./central-directory.ts";
import { type EndRecord, endRecordReach } from "./end-record.ts";
import { decideEntryKind } from "./entry-kind.ts";
import { decodeEntryName } from "./entry-name.ts";
import { decideEntryPath } from "./entry-path.ts";
import { checkLocalHeaders, LayoutError } from "./local-headers.ts";
import { findCollision } from "./path-collisions.ts";
import { readEndRecord, readRange } from "./verify-archive.ts";

export interface InspectArchiveRequest {
  readonly path: string;
  /** The shop's name for it, for messages. Without it the file's own name is used. */
  readonly name?: string | undefined;
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** Called now and then while the archive is read, which may take minutes on a slow disk. */
  readonly onRead?: () => void;
}

/** One sentence about this archive, with the code of what is wrong. */
type Refuse = (code: FailureCode, whatIsWrong: string, cause?: unknown) => never;

interface NamedEntry {
  readonly entry: DirectoryEntry;
  readonly number: number;
  readonly name: string;
}

interface KeptEntry extends NamedEntry {
  readonly path: string;
  readonly kind: ArchiveEntry["kind"];
}

/**
 * Makes every check that is possible before a byte is written: end record, central directory, names, types, sizes,
 * collisions, each entry's own header, overlap, hidden entries. Says what is to be extracted and what is left out.
 * Throws `Failure` with an `archive-*` code. Reads synchronously in part; `createExtractor` runs it off the event loop.
 */
export async function inspectArchive(request: InspectArchiveRequest): Promise<ArchiveContents> {
  request.signal.throwIfAborted();
  const refuse: Refuse = (code, whatIsWrong, cause) => {
    throw archiveFailure(code, request, whatIsWrong, cause);
  };
  try {
    await using file = await open(request.path, "r");
    const { record, fileBytes } = await readEndRecord({ file, ...request, expectedBytes: null });
    checkBounds({ record, fileBytes, limits: request.limits }, refuse);
    // yauzl looks for the end record by itself, as far back as one can be.
    const start = Math.max(0, Math.min(record.directoryOffset, fileBytes - endRecordReach));
    const bytes = await readRange(file, { start, end: fileBytes });
    const listed = await readDirectory({ ...record, bytes, start, fileBytes }, refuse);
    request.signal.throwIfAborted();
    const named = listed.map((entry, number) => ({ entry, number, name: nameEntry(entry, refuse) }));
    const skipped: SkippedEntry[] = [];
    const kept: KeptEntry[] = [];
    for (const entry of named) {
      const decided = decideEntry(entry, refuse);
      if ("reason" in decided) skipped.push(decided);
      else kept.push(decided);
    }
    const extractedBytes = checkSum(kept, request.limits, refuse);
    const collision = findCollision(kept);
    if (collision !== null) {
      const { first, second } = collision;
      const what =
        first === second
          ? `${quoteName(first)} twice`
          : `${quoteName(first)} and ${quoteName(second)}, one file on some systems`;
      refuse("archive-collision", `holds ${what}`);
    }
    const dataOffsets = locateData(
      { descriptor: file.fd, directoryOffset: record.directoryOffset, onRead: request.onRead },
      named,
      refuse,
    );
    const fileCount = kept.filter(({ kind }) => kind === "file").length;
    if (fileCount === 0) refuse("archive-damaged", "holds nothing that belongs into a library");
    return { ...toEntries(kept, dataOffsets), skipped, extractedBytes, fileCount };
  } catch (error) {
    throw toFailure(error);
  }
}

function checkBounds(archive: { record: EndRecord; fileBytes: number; limits: ArchiveLimits }, refuse: Refuse): void {
  const { record, fileBytes, limits } = archive;
  if (fileBytes > limits.maxArchiveBytes) {
    refuse("archive-too-large", `has ${fileBytes} bytes, ${limits.maxArchiveBytes} are allowed`);
  }
  if (record.entryCount > limits.maxEntries) {
    refuse("archive-too-large", `lists ${record.entryCount} entries, ${limits.maxEntries} are allowed`);
  }
  if (record.directoryBytes > maxDirectoryBytes) {
    refuse(
      "archive-too-large",
      `has a list of files of ${record.directoryBytes} bytes, ${maxDirectoryBytes} are allowed`,
    );
  }
}

async function readDirectory(
  end: Parameters<typeof readCentralDirectory>[0],
  refuse: Refuse,
): Promise<DirectoryEntry[]> {
  try {
    return await readCentralDirectory(end);
  } catch (error) {
    // yauzl names this one itself; everything else it finds is damage.
    const isEncrypted = error instanceof Error && error.message.includes("encryption");
    if (isEncrypted) refuse("archive-encrypted", "is encrypted", error);
    return refuse("archive-damaged", "has a list of files that cannot be read", error);
  }
}

function nameEntry(entry: DirectoryEntry, refuse: Refuse): string {
  const name = decodeEntryName({ ...entry, bytes: entry.rawName }, crc32);
  return (
    name ??
    refuse("archive-unsafe-path", `holds ${quoteName(entry.rawName.toString("latin1"))}, a name that is no valid text`)
  );
}

const encryptedFlags = 0x1 | 0x40 | 0x2000;
// Source: PKWARE APPNOTE 4.4.5.
const methods: Readonly<Record<number, ArchiveMethod>> = { 0: "stored", 8: "deflated" };
const unsupportedMethods: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  9: "deflate64",
  12: "bzip2",
  14: "lzma",
  20: "zstd",
  93: "zstd",
  95: "xz",
  98: "ppmd",
  99: "AES encryption",
};

function methodOf(entry: DirectoryEntry): ArchiveMethod {
  return methods[entry.method] ?? "stored";
}

/** Kept, skipped, or the end of it. */
function decideEntry(named: NamedEntry, refuse: Refuse): KeptEntry | SkippedEntry {
  const { entry, name } = named;
  const says = (reason: string): string => `holds ${quoteName(name)}, which ${reason}`;
  const path = decideEntryPath(name);
  if (path.verdict === "refuse") return refuse("archive-unsafe-path", says(path.reason));
  const namesFolder = name.endsWith("/");
  const kind = decideEntryKind({ externalAttributes: entry.externalAttributes, namesFolder, bytes: entry.bytes });
  if (kind.verdict === "refuse") return refuse("archive-unsafe-entry", says(kind.reason));
  if ((entry.flags & encryptedFlags) !== 0) refuse("archive-encrypted", says("is encrypted"));
  if (methods[entry.method] === undefined) {
    const method = unsupportedMethods[entry.method] ?? `method ${entry.method}`;
    refuse(entry.method === 99 ? "archive-encrypted" : "archive-unsupported", says(`is packed with ${method}`));
  }
  if (methodOf(entry) === "stored" && entry.bytes !== entry.compressedBytes) {
    refuse("archive-damaged", says("has two different sizes or sums"));
  }
  if (path.verdict === "skip") return { name, reason: path.reason };
  if (entry.bytes > maxFileBytes)
    refuse("archive-too-large", says(`has ${entry.bytes} bytes, ${maxFileBytes} are allowed`));
  return { ...named, path: path.path, kind: kind.verdict };
}

function checkSum(kept: readonly KeptEntry[], limits: ArchiveLimits, refuse: Refuse): number {
  let bytes = 0;
  for (const { entry } of kept) bytes += entry.bytes;
  if (bytes > limits.maxExtractedBytes) {
    refuse("archive-too-large", `would extract to ${bytes} bytes, ${limits.maxExtractedBytes} are allowed`);
  }
  for (const { entry, name } of kept) {
    if (methodOf(entry) === "deflated" && exceedsDeflateBound(entry)) {
      refuse("archive-damaged", `holds ${quoteName(name)}, which claims more bytes than its data can hold`);
    }
  }
  return bytes;
}

function locateData(
  archive: { descriptor: number; directoryOffset: number; onRead: (() => void) | undefined },
  named: readonly NamedEntry[],
  refuse: Refuse,
): number[] {
  try {
    return checkLocalHeaders(
      archive,
      named.map(({ entry }) => entry),
    );
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    const name = error.entry === null ? undefined : named[error.entry]?.name;
    return refuse(
      "archive-damaged",
      name === undefined ? error.message : `holds ${quoteName(name)}, which ${error.message}`,
    );
  }
}

/** Paths relative to the single top folder, where there is one, in the order of the data. */
function toEntries(
  kept: readonly KeptEntry[],
  dataOffsets: readonly number[],
): Pick<ArchiveContents, "entries" | "topFolder"> {
  const topFolder = findTopFolder(kept);
  const entries: ArchiveEntry[] = [];
  for (const { entry, number, path, kind } of kept) {
    if (path === topFolder) continue;
    entries.push({
      path: topFolder === null ? path : path.slice(topFolder.length + 1),
      kind,
      bytes: entry.bytes,
      compressedBytes: entry.compressedBytes,
      method: methodOf(entry),
      crc32: entry.crc32,
      dataOffset: dataOffsets[number] ?? 0,
    });
  }
  entries.sort((a, b) => a.dataOffset - b.dataOffset);
  return { entries, topFolder };
}

function findTopFolder(kept: readonly Pick<KeptEntry, "path" | "kind">[]): string | null {
  let topFolder: string | null = null;
  for (const { path, kind } of kept) {
    const slash = path.indexOf("/");
    if (slash < 0 && kind === "file") return null;
    const top = slash < 0 ? path : path.slice(0, slash);
    if (topFolder !== null && topFolder !== top) return null;
    topFolder = top;
  }
  return topFolder;
}
