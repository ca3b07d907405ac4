import { mkdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { toDiskFailure, writeFileDurably } from "./durable-file.ts";
import { saysBusy, saysDamaged, toSqliteFailure } from "./sqlite-failure.ts";

/** Held until `release()` or the end of the process, however it ends. */
export interface HomeLock {
  readonly taken: false;
  release(): void;
}

/** Somebody else holds it. The pid is for the message only: it may be missing, or that of a holder who just ended. */
export interface HomeTaken {
  readonly taken: true;
  readonly byPid: number | null;
  readonly sinceMs: number | null;
}

const holderSchema = z.object({ pid: z.int(), startedAtMs: z.int() });

/**
 * Takes the one lock of a folder, or says who has it; never waits. However many ask at once, exactly one gets it: it is
 * SQLite's write lock on `lock.db`, which the kernel frees when its holder dies. A pid file alone could not say that.
 */
export function lockHome(settings: { folder: string; now: () => number }): HomeLock | HomeTaken {
  const { folder, now } = settings;
  const path = join(folder, "lock.db");
  const holderPath = join(folder, "lock.json");
  let connection: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    connection = takeLock(path);
    if (connection === undefined) return { taken: true, ...readHolder(holderPath) };
    writeFileDurably(holderPath, `${JSON.stringify({ pid: process.pid, startedAtMs: now() })}\n`);
  } catch (error) {
    connection?.close();
    throw toDiskFailure(toSqliteFailure(error, path), path);
  }
  let held: DatabaseSync | undefined = connection;
  return {
    taken: false,
    release() {
      if (held === undefined) return;
      // The holder's name goes first: after the lock is free it may be the next one's.
      rmSync(holderPath, { force: true });
      held.close();
      held = undefined;
    },
  };
}

/** Takes SQLite's write lock on `path`; undefined where somebody else holds it. Held until the connection is closed. */
export function takeLock(path: string): DatabaseSync | undefined {
  try {
    return begin(path);
  } catch (error) {
    if (!saysDamaged(error)) throw error;
    // It never holds anything, so whatever lies there instead is worth nothing, and nobody can hold a lock on it.
    truncateSync(path);
    return begin(path);
  }
}

function begin(path: string): DatabaseSync | undefined {
  const connection = new DatabaseSync(path, { timeout: 0 });
  try {
    // Nothing is ever written, so a journal beside it would only be one file more that can be in the way.
    // IMMEDIATE, not EXCLUSIVE: for an exclusive lock the others must have let go of their shared ones first, so that of
    // several who ask at the same moment each may see another and none get it.
    connection.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE");
    return connection;
  } catch (error) {
    connection.close();
    if (saysBusy(error)) return undefined;
    throw error;
  }
}

function readHolder(path: string): Pick<HomeTaken, "byPid" | "sinceMs"> {
  try {
    const { pid, startedAtMs } = holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    return { byPid: pid, sinceMs: startedAtMs };
  } catch {
    // Not written yet, or spoilt: the lock itself is what counts.
    return { byPid: null, sinceMs: null };
  }
}
