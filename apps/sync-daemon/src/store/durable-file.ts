import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../domain/failure.ts";

/** Brings a folder's names to the disk, so that a rename in it survives a power cut. */
export function syncFolder(folder: string): void {
  // Windows cannot open a folder for this; there the file system's own journal has to do.
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Brings a file that others wrote to the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const incomingPathOf = (path: string): string => `${path}.new`;

/** Removes what a process that died in `writeFileDurably` left beside the file. */
export function removeUnfinished(path: string): void {
  const incoming = incomingPathOf(path);
  if (lstatSync(incoming, { throwIfNoEntry: false })?.isFile()) rmSync(incoming);
}

/** Replaces a whole file, readable by its owner only: after a power cut there is the old or the new text. */
export function writeFileDurably(path: string, text: string): void {
  const incoming = incomingPathOf(path);
  const descriptor = openSync(incoming, "w", 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(incoming, path);
  } catch (error) {
    rmSync(incoming, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** A time as part of a file name: sortable, and without the colons that Windows forbids. */
export function formatTimeForName(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(":", "-");
}

/** Node's error codes that mean "no room". */
const noRoom: readonly string[] = ["ENOSPC", "EDQUOT"];

/** Turns what the system threw about a file of the daemon's own state into a `Failure` that names it. The rest passes. */
export function toDiskFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  const details = { path, cause: error };
  if (noRoom.includes(String(error.code))) {
    return new Failure("disk-full", `There is no room left to write ${path}.`, details);
  }
  return new Failure("disk-failed", `${path} cannot be read or written: ${error.message}.`, details);
}
