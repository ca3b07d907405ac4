import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { formatTimeForName, syncFile, syncFolder } from "./durable-file.ts";

/** What SQLite keeps beside a database. The log (`-wal`) holds commits that the database file does not have yet. */
const sideFiles = ["-wal", "-shm", "-journal"] as const;

const backupMark = ".backup-v";
const damagedMark = ".corrupt-";

/** Backups beside the database at `path`. */
export function listBackups(path: string): string[] {
  return listBeside(path, backupMark);
}

/** Files beside `path` that were set aside as damaged. */
export function listSetAside(path: string): string[] {
  return listBeside(path, damagedMark);
}

function listBeside(path: string, mark: string): string[] {
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path) + mark) && !/(-wal|-shm|-journal|\.new)$/.test(name))
    .sort()
    .map((name) => join(dirname(path), name));
}

/**
 * Writes a whole copy of the database beside it, on the disk when this returns, and removes the oldest copies beyond
 * `keep`. A copy is complete or not there: it gets its name last.
 */
export function backUp(
  connection: DatabaseSync,
  settings: { path: string; version: number; keep: number; nowMs: number },
): string {
  const { path, version, keep, nowMs } = settings;
  const backup = `${path}${backupMark}${version}-${formatTimeForName(nowMs)}`;
  const unfinished = `${backup}.new`;
  rmSync(unfinished, { force: true });
  connection.prepare("VACUUM INTO ?").run(unfinished);
  syncFile(unfinished);
  renameSync(unfinished, backup);
  syncFolder(dirname(path));
  const oldestFirst = listBackups(path).toSorted((left, right) => timeIn(left).localeCompare(timeIn(right)));
  for (const old of oldestFirst.slice(0, -Math.max(1, keep))) rmSync(old, { force: true });
  return backup;
}

/** The time in a backup's name; by the version before it, 10 would sort before 9. */
function timeIn(backup: string): string {
  return backup.slice(backup.lastIndexOf(backupMark) + backupMark.length).replace(/^\d+-/, "");
}

/**
 * Moves a file (or folder) and SQLite's files beside it out of the way, never deleting anything. Returns where it is
 * now; undefined if there was nothing.
 */
export function setAside(path: string, nowMs: number): string | undefined {
  const wished = `${path}${damagedMark}${formatTimeForName(nowMs)}`;
  let aside = wished;
  for (let number = 2; ["", ...sideFiles].some((suffix) => existsSync(aside + suffix)); number += 1) {
    aside = `${wished}-${number}`;
  }

  // The log goes first: left alone beside a new database, SQLite would play the old commits into it.
  const moved = [...sideFiles, ""].filter((suffix) => existsSync(path + suffix));
  for (const suffix of moved) renameSync(path + suffix, aside + suffix);
  if (moved.length === 0) return undefined;
  syncFolder(dirname(path));
  return aside;
}
