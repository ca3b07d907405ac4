import { createHash, hash } from "node:crypto";
import { closeSync, constants, mkdirSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { Failure, toFailure } from "../domain/failure.ts";
import type { ManifestFile } from "../domain/manifest.ts";
import type { ArchiveEntry } from "./archive-contents.ts";
import { archiveFailure, quoteName } from "./archive-failure.ts";
import { createNewFiles, type NewFiles, writeAll } from "./new-files.ts";
import type { TargetFolder } from "./target-folder.ts";

export interface WriteEntriesTask {
  readonly path: string;
  readonly name?: string | undefined;
  /** Files only, in the order of their data. Their folders exist in the target. */
  readonly entries: readonly ArchiveEntry[];
  /** Whether each file is flushed to the disk before the task ends. */
  readonly durable: boolean;
}

/** Hears how far the writing came. */
export interface WriteReport {
  wrote(bytes: number): void;
  /** From now on it waits for the disk. */
  flushing(): void;
  /** Waited for between files and pieces: the only places where messages and signals are heard. */
  breathe(): Promise<void>;
}

// Files up to these sizes are inflated in one call, larger ones piece by piece so that memory stays flat. Measured with
// bench/extract.ts: 16 KiB pieces took ten times as long.
const maxWholeCompressedBytes = 4 << 20;
const maxWholeBytes = 8 << 20;
const windowBytes = 4 << 20;
const pieceBytes = 256 << 10;

/** Makes these folders, parents first, for every user readable as the umask allows. */
export function makeFolders(target: TargetFolder, folders: readonly string[]): void {
  for (const folder of folders) mkdirSync(target.reach(folder), 0o755);
}

/** Flushes the folders' own entries to the disk, those of the target too. Does nothing on Windows, which cannot. */
export async function flushFolders(target: TargetFolder, folders: readonly string[]): Promise<void> {
  if (process.platform === "win32") return;
  for (const folder of ["", ...folders]) {
    await using handle = await open(target.reach(folder), constants.O_RDONLY | constants.O_NOFOLLOW);
    await handle.sync();
  }
}

/** Removes everything in the target. Links are removed, not followed: `rmSync` goes by open folders, `rm` by names. */
export function emptyFolder(target: TargetFolder): void {
  for (const name of readdirSync(target.reach(""))) rmSync(target.reach(name), { recursive: true, force: true });
}

/**
 * Extracts these entries. Synchronous file calls throughout, and it changes the working folder: it belongs into a process
 * of its own. Every file has exactly the declared length and checksum, or `Failure` (`archive-damaged`, a disk code) is
 * thrown and the target is to be emptied.
 */
export async function writeEntries(
  task: WriteEntriesTask,
  target: TargetFolder,
  report: WriteReport,
): Promise<ManifestFile[]> {
  const archive = openSync(task.path, constants.O_RDONLY);
  const files = createNewFiles(task);
  try {
    const window = createWindow(archive, task.entries);
    const written: ManifestFile[] = [];
    for (const entry of task.entries) {
      const isSmall = entry.compressedBytes <= maxWholeCompressedBytes && entry.bytes <= maxWholeBytes;
      written.push(
        isSmall
          ? await writeWhole({ task, target, entry, files, window })
          : await writePieces({ task, target, entry, files, archive, report }),
      );
      if (isSmall) report.wrote(entry.bytes);
      if (files.isFull()) await flush(files, report);
      await report.breathe();
    }
    await flush(files, report);
    return written;
  } catch (error) {
    throw toFailure(error);
  } finally {
    await files.abandon();
    closeSync(archive);
  }
}

async function flush(files: NewFiles, report: WriteReport): Promise<void> {
  if (files.isEmpty()) return;
  report.flushing();
  await files.flush();
}

interface Writing {
  readonly task: WriteEntriesTask;
  readonly target: TargetFolder;
  readonly entry: ArchiveEntry;
  readonly files: NewFiles;
}

function damaged(task: WriteEntriesTask, entry: ArchiveEntry, whatIsWrong: string, cause?: unknown): Failure {
  return archiveFailure("archive-damaged", task, `holds ${quoteName(entry.path)}, which ${whatIsWrong}`, cause);
}

/** Reads ahead, because the data of small files lie one after the other. What it returns is valid until the next call. */
function createWindow(
  archive: number,
  entries: readonly ArchiveEntry[],
): (range: { position: number; length: number }) => Buffer {
  const first = entries[0]?.dataOffset ?? 0;
  const last = entries.at(-1);
  const reachBytes = last === undefined ? 0 : last.dataOffset + last.compressedBytes - first;
  let buffer: Buffer | undefined;
  let start = 0;
  let end = 0;
  return ({ position, length }) => {
    buffer ??= Buffer.allocUnsafeSlow(Math.min(windowBytes, reachBytes));
    if (position < start || position + length > end) {
      start = position;
      end = position + readUpTo(archive, buffer, position);
      if (position + length > end)
        throw new Failure("archive-incomplete", "The archive became shorter while it was read.");
    }
    return buffer.subarray(position - start, position - start + length);
  };
}

function readUpTo(archive: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(archive, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

async function writeWhole(
  writing: Writing & { window: (range: { position: number; length: number }) => Buffer },
): Promise<ManifestFile> {
  const { task, target, entry, files, window } = writing;
  const packed = window({ position: entry.dataOffset, length: entry.compressedBytes });
  const content = entry.method === "stored" ? packed : inflateWhole(task, entry, packed);
  if (content.length !== entry.bytes)
    throw damaged(task, entry, `has ${content.length} bytes where ${entry.bytes} were announced`);
  if (crc32(content) !== entry.crc32) throw damaged(task, entry, "does not match its checksum");
  const file = await files.open(target.reach(entry.path));
  writeAll(file, content);
  files.done(file);
  return { path: entry.path, bytes: entry.bytes, sha256: hash("sha256", content, "hex") };
}

const smallestChunkBytes = 64;

function inflateWhole(task: WriteEntriesTask, entry: ArchiveEntry, packed: Buffer): Buffer {
  const options = {
    info: true,
    chunkSize: Math.max(smallestChunkBytes, entry.bytes + 1),
    maxOutputLength: Math.max(1, entry.bytes),
  };
  try {
    // With `info` the engine comes back too, which @types/node does not know. It says how much input was used.
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (engine.bytesWritten !== entry.compressedBytes) throw damaged(task, entry, "is followed by hidden bytes");
    return buffer;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw damaged(task, entry, explainInflateError(error), error);
  }
}

function explainInflateError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_BUFFER_TOO_LARGE" ? "has more bytes than were announced" : "cannot be unpacked";
}

async function writePieces(writing: Writing & { archive: number; report: WriteReport }): Promise<ManifestFile> {
  const { task, target, entry, files, archive, report } = writing;
  const digest = createHash("sha256");
  let bytes = 0;
  let sum = 0;
  const file = await files.open(target.reach(entry.path));
  const write = async (piece: Buffer): Promise<void> => {
    bytes += piece.length;
    if (bytes > entry.bytes) throw damaged(task, entry, "has more bytes than were announced");
    sum = crc32(piece, sum);
    digest.update(piece);
    writeAll(file, piece);
    report.wrote(piece.length);
    await report.breathe();
  };
  if (entry.method === "stored") for (const piece of readPieces(archive, entry, { reuse: true })) await write(piece);
  else await inflatePieces({ task, entry, archive, write });
  if (bytes !== entry.bytes) throw damaged(task, entry, `has ${bytes} bytes where ${entry.bytes} were announced`);
  if (sum !== entry.crc32) throw damaged(task, entry, "does not match its checksum");
  files.done(file);
  return { path: entry.path, bytes, sha256: digest.digest("hex") };
}

/** With `reuse` all pieces are the same buffer, valid until the next one. */
function* readPieces(archive: number, entry: ArchiveEntry, options: { reuse: boolean }): Generator<Buffer> {
  let left = entry.compressedBytes;
  let buffer: Buffer | undefined;
  while (left > 0) {
    buffer = options.reuse && buffer !== undefined ? buffer : Buffer.allocUnsafeSlow(pieceBytes);
    const piece = buffer.subarray(0, Math.min(pieceBytes, left));
    const read = readUpTo(archive, piece, entry.dataOffset + entry.compressedBytes - left);
    if (read < piece.length) throw new Failure("archive-incomplete", "The archive became shorter while it was read.");
    left -= read;
    yield piece;
  }
}

/** Inflates on another thread of Node's pool while this one hashes and writes the piece before. */
async function inflatePieces(inflating: {
  task: WriteEntriesTask;
  entry: ArchiveEntry;
  archive: number;
  write: (piece: Buffer) => Promise<void>;
}): Promise<void> {
  const { task, entry, archive, write } = inflating;
  const inflate = createInflateRaw({ chunkSize: pieceBytes });
  try {
    await pipeline(readPieces(archive, entry, { reuse: false }), inflate, async (pieces) => {
      for await (const piece of pieces) await write(piece);
    });
  } catch (error) {
    const isUnpacking = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw isUnpacking ? damaged(task, entry, explainInflateError(error), error) : error;
  }
  if (inflate.bytesWritten !== entry.compressedBytes) throw damaged(task, entry, "is followed by hidden bytes");
}
