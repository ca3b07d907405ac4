import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { Failure } from "../domain/failure.ts";
import { toDiskFailure } from "./durable-file.ts";
import { takeLock } from "./home-lock.ts";

/** The right to write into one library. Free again after `release()` or the end of the process, however it ends. */
export interface LibraryLock {
  /** Why the file system lends no locks, so that a second daemon would not be noticed; null where it does. */
  readonly problem: string | null;
  release(): void;
}

const lockName = "lock.db";
const holderName = "lock.json";
const holderSchema = z.object({ pid: z.int(), host: z.string() });

/**
 * Takes a library for this process, in its `.sync` folder, which must be there. Throws `library-taken` while another
 * process has it, from whatever home or, where the share passes locks on, machine; `library-foreign` where a link stands
 * in the lock's place. Never waits.
 */
export function lockLibrary(library: { folder: string; syncFolder: string }): LibraryLock {
  const { folder, syncFolder } = library;
  const path = join(syncFolder, lockName);
  const holderPath = join(syncFolder, holderName);
  for (const name of [lockName, `${lockName}-journal`, holderName]) {
    const stats = lstatSync(join(syncFolder, name), { throwIfNoEntry: false });
    if (stats === undefined || stats.isFile()) continue;
    throw new Failure(
      "library-foreign",
      `"${folder}" is not the library that was expected: its "${name}" in .sync is a link or a folder; put it away.`,
      { path: folder },
    );
  }
  let held: DatabaseSync | undefined;
  try {
    held = takeLock(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      problem: `The disk of "${folder}" lends no locks (${why}), so take care that no second asset-sync uses it.`,
      release: () => undefined,
    };
  }
  if (held === undefined) throw taken(folder, holderPath);
  try {
    writeHolder(holderPath, syncFolder);
  } catch (error) {
    held.close();
    // Reached through a handle, the file has a name that tells a person nothing.
    throw toDiskFailure(error, folder);
  }
  return {
    problem: null,
    release() {
      if (held === undefined) return;
      // The name goes first: after the lock is free it may be the next one's. A disk that is gone has neither.
      try {
        rmSync(holderPath, { force: true });
      } finally {
        held.close();
        held = undefined;
      }
    },
  };
}

function taken(folder: string, holderPath: string): Failure {
  return new Failure(
    "library-taken",
    `Another asset-sync${readHolder(holderPath)} keeps the library "${folder}"; nothing is written there meanwhile.`,
    { path: folder },
  );
}

/** For the message only: the lock itself is what counts. */
function readHolder(path: string): string {
  try {
    const { pid, host } = holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    return ` (process ${pid}${host === hostname() ? "" : ` on ${host}`})`;
  } catch {
    // Not written yet, or spoilt.
    return "";
  }
}

function writeHolder(path: string, syncFolder: string): void {
  const temporary = join(syncFolder, `.${holderName}.${randomBytes(8).toString("hex")}.asset-sync-tmp`);
  const descriptor = openSync(temporary, "wx", 0o644);
  try {
    writeSync(descriptor, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
}
