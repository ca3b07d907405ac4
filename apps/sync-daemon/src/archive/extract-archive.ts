import { lstat, readdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Failure, toFailure } from "../domain/failure.ts";
import type { ManifestFile } from "../domain/manifest.ts";
import type { ArchiveContents, ArchiveEntry } from "./archive-contents.ts";
import type { InspectArchiveRequest } from "./inspect-archive.ts";
import { createWorkerPool, type WorkerPool } from "./worker-pool.ts";

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

/** Owns the threads that read archives. Everything heavy happens there; the event loop stays free. */
export interface Extractor {
  /** As the function of that name, in a thread. */
  inspectArchive(request: InspectArchiveRequest): Promise<ArchiveContents>;
  /**
   * Extracts what `contents` lists and nothing else. Returns each file with its length and SHA-256, sorted by path; all
   * of them have the declared length and checksum. On any `Failure` nothing is written any more and `into` was emptied.
   */
  extractArchive(request: ExtractArchiveRequest): Promise<ManifestFile[]>;
  close(): Promise<void>;
}

const defaultIdleMs = 10_000;
// Two threads halve the time where there are cores for them; more only queue for the disk.
const maxDefaultWorkers = 2;

/** Threads start with the first archive and end when there has been none for `idleMs` (default 10 s). */
export function createExtractor(options: { workers?: number; idleMs?: number } = {}): Extractor {
  const pool = createWorkerPool({
    size: options.workers ?? Math.min(maxDefaultWorkers, availableParallelism()),
    idleMs: options.idleMs ?? defaultIdleMs,
  });
  return {
    inspectArchive({ signal, ...request }) {
      return pool.run({ kind: "inspect", request }, { signal });
    },
    extractArchive(request) {
      return extract(pool, request);
    },
    close() {
      return pool.close();
    },
  };
}

async function extract(pool: WorkerPool, request: ExtractArchiveRequest): Promise<ManifestFile[]> {
  const { contents, into } = request;
  await checkStaging(into);
  const durable = request.durable ?? true;
  // Ends the other threads' work on this archive as soon as one fails.
  const giveUp = new AbortController();
  const signal = AbortSignal.any([request.signal, giveUp.signal]);
  const folders = listFolders(contents.entries);
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    request.onProgress?.({ bytes, totalBytes: contents.extractedBytes });
  };
  let pending: Promise<readonly ManifestFile[]>[] = [];
  try {
    await pool.run({ kind: "make-folders", into, folders }, { signal });
    pending = splitIntoTasks(contents.entries).map((entries) => {
      const { path, name } = request;
      return pool.run({ kind: "write-entries", task: { path, name, into, entries, durable } }, { signal, onBytes });
    });
    const files = (await Promise.all(pending)).flat();
    if (durable) await pool.run({ kind: "flush-folders", into, folders }, { signal });
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (error) {
    giveUp.abort();
    await Promise.allSettled(pending);
    const failure = toFailure(error);
    try {
      await emptyFolder(into);
    } catch (cleaningError) {
      // What went wrong first is what a person must hear; recovery discards staging folders anyway.
      throw new Failure(failure.code, failure.message, {
        path: into,
        cause: new AggregateError([failure, cleaningError]),
      });
    }
    throw failure;
  }
}

/** Whoever can enter the folder could put a link where a file is about to be written. */
async function checkStaging(into: string): Promise<void> {
  try {
    const stats = await lstat(into);
    const isPrivate = process.platform === "win32" || (stats.mode & 0o077) === 0;
    if (!stats.isDirectory() || !isPrivate)
      throw new Failure("unexpected", `${into} is no private folder.`, { path: into });
    if ((await readdir(into)).length > 0) throw new Failure("unexpected", `${into} is not empty.`, { path: into });
  } catch (error) {
    throw toFailure(error);
  }
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Every folder that is needed, parents before children. */
function listFolders(entries: readonly ArchiveEntry[]): string[] {
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

/** Neighbours together, so that one read serves many; the largest first, so that no thread is left with one at the end. */
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
