import { readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { DirectoryEntry } from "./central-directory.ts";
import { decodeEntryName } from "./entry-name.ts";

/** What is wrong, as the rest of a sentence about the archive; `entry` is its number in the directory, if one is to blame. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
  readonly entry: number | null;

  constructor(message: string, entry: number | null) {
    super(message);
    this.entry = entry;
  }
}

// Layout: PKWARE APPNOTE 4.3.7.
const localSignature = 0x04034b50;
const localSignatureText = "PK\x03\x04";
const fixedHeaderBytes = 30;
const zip64Field = 0x0001;
const descriptorFlag = 0x8;
const unicodePathField = 0x7075;
// Encryption, strong encryption, names in UTF-8, masked header: these change what an entry is.
const meaningfulFlags = 0x1 | 0x40 | 0x800 | 0x2000;

interface OpenArchive {
  readonly descriptor: number;
  readonly directoryOffset: number;
  /** Called with each read. */
  readonly onRead?: (() => void) | undefined;
}

/**
 * Goes through the archive in the order of its data and checks each entry's own header against the central directory:
 * same name, method, sizes and sum; no data shared between entries or reaching into the directory; no further entry
 * hidden in a gap. Returns where each entry's data begins, in the order of `entries`. Reads synchronously: for workers.
 */
export function checkLocalHeaders(archive: OpenArchive, entries: readonly DirectoryEntry[]): number[] {
  const dataOffsets = new Array<number>(entries.length).fill(0);
  const inOrder = entries
    .map((entry, number) => ({ entry, number }))
    .sort((a, b) => a.entry.headerOffset - b.entry.headerOffset);
  let end = 0;
  for (const { entry, number } of inOrder) {
    if (entry.headerOffset < end) throw new LayoutError("shares its bytes with another entry", number);
    checkGap(archive, { start: end, end: entry.headerOffset });
    const dataOffset = checkHeader(archive, entry, number);
    end = dataOffset + entry.compressedBytes;
    if (end > archive.directoryOffset) throw new LayoutError("reaches beyond the archive's data", number);
    dataOffsets[number] = dataOffset;
  }
  checkGap(archive, { start: end, end: archive.directoryOffset });
  return dataOffsets;
}

function checkHeader(archive: OpenArchive, entry: DirectoryEntry, number: number): number {
  const fail = (reason: string): never => {
    throw new LayoutError(reason, number);
  };
  const { headerOffset } = entry;
  if (headerOffset + fixedHeaderBytes > archive.directoryOffset) return fail("has no data in the archive");
  // One read is enough unless the extra field is unusually long.
  const guess = Math.min(fixedHeaderBytes + entry.rawName.length + 64, archive.directoryOffset - headerOffset);
  let header = readExactly(archive, { position: headerOffset, length: guess });
  if (header.readUInt32LE(0) !== localSignature) return fail("has no data where the list of files says");
  const nameBytes = header.readUInt16LE(26);
  const extraBytes = header.readUInt16LE(28);
  const headerBytes = fixedHeaderBytes + nameBytes + extraBytes;
  if (headerOffset + headerBytes > archive.directoryOffset) return fail("reaches beyond the archive's data");
  if (headerBytes > header.length) header = readExactly(archive, { position: headerOffset, length: headerBytes });

  const rawName = header.subarray(fixedHeaderBytes, fixedHeaderBytes + nameBytes);
  if (!rawName.equals(entry.rawName)) return fail("has two different names");
  const flags = header.readUInt16LE(6);
  if (((flags ^ entry.flags) & meaningfulFlags) !== 0) return fail("has two different sets of flags");
  if (header.readUInt16LE(8) !== entry.method) return fail("names two different compressions");
  const extra = parseLocalExtra(header.subarray(fixedHeaderBytes + nameBytes, headerBytes));
  checkUnicodePath({ extra, entry, rawName }, fail);
  checkSizes({ header, extra, entry, hasDescriptor: (flags & descriptorFlag) !== 0 }, fail);
  return headerOffset + headerBytes;
}

type LocalExtra = readonly { readonly id: number; readonly data: Buffer }[];

/** Tolerant of what is left over at the end: programs that align entries pad this field with a few zeros. */
function parseLocalExtra(extra: Buffer): LocalExtra {
  const fields: { id: number; data: Buffer }[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2);
    if (at + 4 + length > extra.length) break;
    fields.push({ id: extra.readUInt16LE(at), data: extra.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return fields;
}

function checkUnicodePath(
  local: { extra: LocalExtra; entry: DirectoryEntry; rawName: Buffer },
  fail: (reason: string) => never,
): void {
  if (!local.extra.some((field) => field.id === unicodePathField)) return;
  const { flags, versionMadeBy } = local.entry;
  const names = [local.extra, local.entry.extraFields].map((extraFields) =>
    decodeEntryName({ bytes: local.rawName, flags, versionMadeBy, extraFields }, crc32),
  );
  if (names[0] !== names[1]) fail("has two different names");
}

function checkSizes(
  local: { header: Buffer; extra: LocalExtra; entry: DirectoryEntry; hasDescriptor: boolean },
  fail: (reason: string) => never,
): void {
  const { header, entry, hasDescriptor } = local;
  const sum = header.readUInt32LE(14);
  let compressedBytes = header.readUInt32LE(18);
  let bytes = header.readUInt32LE(22);
  const zip64 = local.extra.find((field) => field.id === zip64Field)?.data;
  if (zip64 !== undefined) {
    let at = 0;
    const next = (): number => {
      if (at + 8 > zip64.length) return fail("has a size (zip64) that is cut off");
      at += 8;
      return Number(zip64.readBigUInt64LE(at - 8));
    };
    if (bytes === 0xffffffff) bytes = next();
    if (compressedBytes === 0xffffffff) compressedBytes = next();
  }
  const agrees = sum === entry.crc32 && compressedBytes === entry.compressedBytes && bytes === entry.bytes;
  if (agrees) return;
  // A program that writes to a pipe knows sizes and sum only afterwards and leaves these fields open.
  const leavesOpen = (value: number, known: number): boolean => value === 0 || value === 0xffffffff || value === known;
  const isOpen =
    hasDescriptor &&
    leavesOpen(sum, entry.crc32) &&
    leavesOpen(compressedBytes, entry.compressedBytes) &&
    leavesOpen(bytes, entry.bytes);
  if (!isOpen) fail("has two different sizes or sums");
}

const gapWindowBytes = 1 << 20;

/** Bytes between entries are allowed (descriptors, alignment), a further entry among them is not: it would be hidden. */
function checkGap(archive: OpenArchive, gap: { start: number; end: number }): void {
  const overlap = localSignatureText.length - 1;
  for (let position = gap.start; gap.end - position > overlap; position += gapWindowBytes - overlap) {
    const length = Math.min(gapWindowBytes, gap.end - position);
    const window = readExactly(archive, { position, length });
    if (window.includes(localSignatureText, 0, "latin1"))
      throw new LayoutError("holds a file that its list of files hides", null);
  }
}

function readExactly(archive: OpenArchive, range: { position: number; length: number }): Buffer {
  const buffer = Buffer.allocUnsafe(range.length);
  let filled = 0;
  while (filled < range.length) {
    const read = readSync(archive.descriptor, buffer, filled, range.length - filled, range.position + filled);
    if (read === 0) throw new LayoutError("ended while it was read", null);
    filled += read;
  }
  archive.onRead?.();
  return buffer;
}
