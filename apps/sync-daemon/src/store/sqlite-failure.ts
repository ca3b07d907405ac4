import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../domain/failure.ts";

/** SQLite's primary result codes that say something about the file or the disk. Source: sqlite.org/rescode.html. */
const primaryCodes = {
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of an error thrown by `node:sqlite`; undefined for every other error. */
function primaryCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Does this error say that the file is no sound database? Trouble of the disk or of access is not meant. */
export function saysDamaged(error: unknown): boolean {
  const code = primaryCodeOf(error);
  return code === primaryCodes.corrupt || code === primaryCodes.notADatabase;
}

/** Does this error say that a statement makes no sense here? For a statement that is sound, the schema is at fault. */
export function saysNonsense(error: unknown): boolean {
  return primaryCodeOf(error) === primaryCodes.error;
}

/** Does this error say that another connection holds the lock? */
export function saysBusy(error: unknown): boolean {
  const code = primaryCodeOf(error);
  return code === primaryCodes.busy || code === primaryCodes.locked;
}

/**
 * Turns what SQLite throws into a `Failure` that says which file and what to do. Everything else passes as it is: an
 * error without such a code is a defect, and hiding it behind "damaged" would send a person looking in the wrong place.
 */
export function toSqliteFailure(error: unknown, path: string): unknown {
  const details = { path, cause: error };
  const words = error instanceof Error ? error.message : String(error);
  switch (primaryCodeOf(error)) {
    case primaryCodes.full:
      return new Failure("disk-full", `There is no room left to write ${path}.`, details);
    case primaryCodes.cannotOpen:
      return hasNoRoomForFiles(dirname(path))
        ? new Failure("disk-full", `There is no room left for another file beside ${path}.`, details)
        : new Failure("disk-failed", `${path} cannot be read or written: ${words}.`, details);
    case primaryCodes.inputOutput:
    case primaryCodes.permission:
    case primaryCodes.readOnly:
      return new Failure("disk-failed", `${path} cannot be read or written: ${words}.`, details);
    case primaryCodes.corrupt:
    case primaryCodes.notADatabase:
      return new Failure(
        "state-damaged",
        `${path} is damaged (${words}); the next start sets it aside and rebuilds it.`,
        details,
      );
    case primaryCodes.busy:
    case primaryCodes.locked:
      return new Failure(
        "state-damaged",
        `${path} is locked by another program; end that program, then start again.`,
        details,
      );
    default:
      return error;
  }
}

/** A database with its -wal, -shm and -journal. */
const filesOfDatabase = 4;

/** SQLite says only that it cannot open a file, also where the file system has no more of them to give. */
function hasNoRoomForFiles(folder: string): boolean {
  try {
    const { files, ffree } = statfsSync(folder);
    // A file system that makes them as they are needed says 0 of 0.
    return files > 0 && ffree < filesOfDatabase;
  } catch {
    // It does not say, so nothing is known of its room.
    return false;
  }
}
