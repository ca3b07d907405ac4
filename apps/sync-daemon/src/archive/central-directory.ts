import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from "yauzl";

/** One line of a zip's central directory, as it stands there. Nothing about it is trusted yet. */
export interface DirectoryEntry {
  readonly rawName: Buffer;
  readonly extraFields: readonly { readonly id: number; readonly data: Buffer }[];
  readonly versionMadeBy: number;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly externalAttributes: number;
  readonly headerOffset: number;
}

const fixedEntryBytes = 46;

/** Lets yauzl read from memory: the end of the file, which `start` is the position of, and nothing before it. */
class EndOfFileReader extends RandomAccessReader {
  readonly #bytes: Buffer;
  readonly #start: number;

  constructor(end: { bytes: Buffer; start: number }) {
    super();
    this.#bytes = end.bytes;
    this.#start = end.start;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const from = position - this.#start;
    if (from < 0 || from + length > this.#bytes.length) {
      callback(new Error(`The list of files does not hold bytes ${position} to ${position + length}.`));
      return;
    }
    this.#bytes.copy(buffer, offset, from, from + length);
    callback(null);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

/**
 * Reads the central directory from the end of a zip, of which `start` is the position in the file. `bytes` begins where
 * the directory begins or earlier. Throws plain errors about a damaged directory.
 */
export async function readCentralDirectory(end: {
  bytes: Buffer;
  start: number;
  fileBytes: number;
  directoryOffset: number;
  directoryBytes: number;
}): Promise<DirectoryEntry[]> {
  const zip = await fromRandomAccessReaderPromise(new EndOfFileReader(end), end.fileBytes, {
    // Names are decoded by entry-name.ts: the checks need to know which bytes are no valid UTF-8.
    decodeStrings: false,
    autoClose: true,
  });
  const entries: DirectoryEntry[] = [];
  let readBytes = 0;
  for await (const entry of zip.eachEntry()) {
    readBytes += fixedEntryBytes + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (readBytes > end.directoryBytes) throw new Error("The list of files is longer than the zip's end says.");
    entries.push(toDirectoryEntry(entry));
  }
  if (readBytes !== end.directoryBytes) throw new Error("The list of files holds more than the zip's end says.");
  return entries;
}

function toDirectoryEntry(entry: Entry): DirectoryEntry {
  for (const size of [entry.compressedSize, entry.uncompressedSize, entry.relativeOffsetOfLocalHeader]) {
    if (!Number.isSafeInteger(size)) throw new Error(`A size of ${size} bytes cannot be.`);
  }
  return {
    rawName: entry.fileNameRaw,
    extraFields: entry.extraFields,
    versionMadeBy: entry.versionMadeBy,
    flags: entry.generalPurposeBitFlag,
    method: entry.compressionMethod,
    crc32: entry.crc32,
    compressedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    externalAttributes: entry.externalFileAttributes,
    headerOffset: entry.relativeOffsetOfLocalHeader,
  };
}
