import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Failure, toFailure } from "../domain/failure.ts";
import type { ManifestFile } from "../domain/manifest.ts";
import type { ArchiveContents, ArchiveEntry } from "./archive-contents.ts";
import { archiveLabel } from "./archive-failure.ts";
import type { InspectArchiveRequest } from "./inspect-archive.ts";
import { createSlots } from "./slots.ts";
import { createUnpackCrew, type UnpackCrew } from "./unpack-crew.ts";
import type { UnpackProcessOptions } from "./unpack-process.ts";

export interface ExtractProgress {
  /** Written so far. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface ExtractArchiveRequest {
  readonly path: string;
  /** The shop's name for it, for messages. Without it the file's own name is used. */
  readonly name?: string | undefined;
  /** What `inspectArchive` said about this very file. */
  readonly contents: ArchiveContents;
  /** An existing, empty folder that only this user may enter (0700). Files in it are 0644, folders 0755, less the umask. */
  readonly into: string;
  /**
   * Whether every file and folder is on the disk before it ends; `true` unless told otherwise. Without it a power cut
   * may leave whole folders of empty files behind a finished rename. Measured: bench/extract.ts.
   */
  readonly durable?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ExtractProgress) => void;
}

/** Owns the processes that read archives. Everything heavy happens there; the event loop stays free. */
export interface Extractor {
  /** As the function of that name, in a process that may write nowhere. */
  inspectArchive(request: Omit<InspectArchiveRequest, "onRead">): Promise<ArchiveContents>;
  /**
   * Extracts what `contents` lists and nothing else. Returns each file with its length and SHA-256, sorted by path; all
   * of them have the declared length and checksum. On any `Failure` nothing is written any more and `into` was emptied,
   * unless somebody exchanged it meanwhile. `unpacking-failed`: the process came to harm, not the archive.
   */
  extractArchive(request: ExtractArchiveRequest): Promise<ManifestFile[]>;
  close(): Promise<void>;
}

// Two processes halve the time where there are cores for them; more only queue for the disk.
const maxDefaultProcesses = 2;
const defaultStallMs = 60_000;

/**
 * Each archive is read by processes of its own, at most `processes` at a time over all archives (by default 2, or 1 on one
 * core). One that is silent for `stallMs` (default 60 s; ten minutes while it waits for the disk) is given up.
 */
export function createExtractor(options: { processes?: number; stallMs?: number } = {}): Extractor {
  const slots = createSlots(options.processes ?? Math.min(maxDefaultProcesses, availableParallelism()));
  const stallMs = options.stallMs ?? defaultStallMs;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function withCrew<T>(
    request: { path: string; name?: string | undefined; signal: AbortSignal },
    target: UnpackProcessOptions["target"],
    work: (crew: UnpackCrew) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.any([request.signal, closing.signal]);
    const process = { archive: resolve(request.path), label: archiveLabel(request), target, stallMs };
    const working = createUnpackCrew({ process, slots, signal }, work);
    running.add(working);
    try {
      return await working;
    } finally {
      running.delete(working);
    }
  }

  return {
    inspectArchive({ signal, ...request }) {
      return withCrew({ ...request, signal }, null, (crew) =>
        crew.run({ kind: "inspect", request: absolute(request) }),
      );
    },
    async extractArchive(request) {
      const staging = await holdStaging(request.into);
      try {
        return await extract(request, (signal, work) => withCrew({ ...request, signal }, staging.target, work));
      } finally {
        await staging.release();
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

// The processes work in the staging folder, where a relative path would mean another file.
function absolute<T extends { readonly path: string }>(request: T): T {
  return { ...request, path: resolve(request.path) };
}

type WithCrew = <T>(signal: AbortSignal, work: (crew: UnpackCrew) => Promise<T>) => Promise<T>;

async function extract(request: ExtractArchiveRequest, withCrew: WithCrew): Promise<ManifestFile[]> {
  const { contents, name } = request;
  const { path } = absolute(request);
  const durable = request.durable ?? true;
  const folders = listFolders(contents.entries);
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    request.onProgress?.({ bytes, totalBytes: contents.extractedBytes });
  };
  try {
    return await withCrew(request.signal, async (crew) => {
      await crew.run({ kind: "make-folders", folders });
      const tasks = splitIntoTasks(contents.entries).map((entries) => ({ path, name, entries, durable }));
      const files = await crew.writeAll(tasks, onBytes);
      if (durable) await crew.run({ kind: "flush-folders", folders });
      return checkAnswer(
        files.sort((a, b) => (a.path < b.path ? -1 : 1)),
        contents,
      );
    });
  } catch (error) {
    const failure = toFailure(error);
    try {
      await withCrew(new AbortController().signal, (crew) => crew.run({ kind: "empty-folder" }));
    } catch (cleaningError) {
      // What went wrong first is what a person must hear; recovery discards staging folders anyway.
      throw new Failure(failure.code, failure.message, {
        path: failure.path ?? request.into,
        cause: new AggregateError([failure, cleaningError]),
      });
    }
    throw failure;
  }
}

/** What read a hostile archive is not believed more than it must be: these files were asked for, and no others. */
function checkAnswer(files: ManifestFile[], contents: ArchiveContents): ManifestFile[] {
  const asked = new Map(contents.entries.filter(({ kind }) => kind === "file").map(({ path, bytes }) => [path, bytes]));
  const isAsAsked = files.length === asked.size && files.every(({ path, bytes }) => asked.get(path) === bytes);
  if (!isAsAsked)
    throw new Failure("unpacking-failed", "The process that unpacks answered with other files than asked.");
  return files;
}

/** Whoever can enter the folder could put a link where a file is about to be written. Held open, it keeps its inode. */
async function holdStaging(into: string): Promise<{
  target: NonNullable<UnpackProcessOptions["target"]>;
  release(): Promise<void>;
}> {
  try {
    // Windows cannot open folders; there nothing is held.
    const flags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);
    const folder = process.platform === "win32" ? null : await openFolder(into, flags);
    try {
      const stats = await (folder === null ? lstat(into, { bigint: true }) : folder.stat({ bigint: true }));
      if (!stats.isDirectory() || !(folder === null || (await isPrivate(folder)))) throw notPrivate(into);
      if ((await readdir(into)).length > 0) throw new Failure("unexpected", `${into} is not empty.`, { path: into });
      return {
        target: { path: await realpath(into), device: stats.dev, inode: stats.ino },
        release: async () => folder?.close(),
      };
    } catch (error) {
      await folder?.close();
      throw error;
    }
  } catch (error) {
    throw toFailure(error);
  }
}

/**
 * Closed to everybody else; or, on a file system that gives every folder the same mode whatever it is told (NTFS, exFAT,
 * shares), closed to their writing. Reading does no harm: the asset is for everybody to read once it is installed.
 */
async function isPrivate(folder: FileHandle): Promise<boolean> {
  const { mode } = await folder.stat();
  if ((mode & 0o077) === 0) return true;
  if ((mode & 0o022) !== 0) return false;
  // One that could have been closed and was not is somebody's mistake, not its file system's nature.
  await folder.chmod(0o700);
  return (await folder.stat()).mode === mode;
}

const notPrivate = (into: string): Failure =>
  new Failure("unexpected", `${into} is no private folder.`, { path: into });

async function openFolder(into: string, flags: number) {
  try {
    return await open(into, flags);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "ELOOP" || code === "ENOTDIR" ? notPrivate(into) : error;
  }
}

/** Every folder that is needed, parents before children. */
export function listFolders(entries: readonly ArchiveEntry[]): string[] {
  const folders = new Set<string>();
  for (const { path, kind } of entries) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
      folders.add(path.slice(0, slash));
    if (kind === "folder") folders.add(path);
  }
  return [...folders].sort();
}

const maxTaskFiles = 256;
const maxTaskBytes = 16 << 20;

/** Neighbours together, so that one read serves many; the largest first, so that no process is left with one at the end. */
function splitIntoTasks(entries: readonly ArchiveEntry[]): ArchiveEntry[][] {
  const tasks: { entries: ArchiveEntry[]; bytes: number }[] = [];
  let current: { entries: ArchiveEntry[]; bytes: number } | undefined;
  for (const entry of entries) {
    if (entry.kind === "folder") continue;
    if (current === undefined || current.entries.length >= maxTaskFiles || current.bytes + entry.bytes > maxTaskBytes) {
      current = { entries: [], bytes: 0 };
      tasks.push(current);
    }
    current.entries.push(entry);
    current.bytes += entry.bytes;
  }
  return tasks.sort((a, b) => b.bytes - a.bytes).map((task) => task.entries);
}
