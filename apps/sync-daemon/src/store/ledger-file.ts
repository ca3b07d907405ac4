import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { Failure } from "../domain/failure.ts";
import { removeUnfinished, toDiskFailure, writeFileDurably } from "./durable-file.ts";
import { setAside } from "./kept-copies.ts";
import { formatLedgerLine, type LedgerEntry, parseLedgerLine } from "./ledger-entry.ts";

/** What `ledger.jsonl` says. */
export interface LedgerContents {
  /** Was there a file at all? */
  readonly exists: boolean;
  readonly entries: readonly LedgerEntry[];
  /** Lines within the file that cannot be read. Each spend has two lines or more, so one bad line forgets none. */
  readonly damagedLines: number;
}

/**
 * Reads the ledger's plain copy and takes away a torn last line, and a new copy that was not finished: they were never on
 * the disk as a whole, so nobody was told that they are. A folder at its place is set aside. Throws `disk-failed` if the
 * file is there but cannot be read: going on without it could forget what was spent.
 */
export function readLedgerFile(path: string, nowMs: number): LedgerContents {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile()) setAside(path, nowMs);
  try {
    removeUnfinished(path);
    if (stat === undefined || !stat.isFile()) return { exists: false, entries: [], damagedLines: 0 };
    const text = readFileSync(path, "utf8");
    const lines = text.split("\n");
    const tail = lines.pop() ?? "";
    const entries = lines.map(parseLedgerLine);
    const last = parseLedgerLine(tail);
    if (tail !== "") mendTail(path, last === undefined ? "drop" : "end");
    const readable = [...entries, last].filter((entry) => entry !== undefined);
    return { exists: true, entries: readable, damagedLines: entries.filter((entry) => entry === undefined).length };
  } catch (error) {
    throw toDiskFailure(error, path);
  }
}

/** Makes the file end with a line end again: by cutting off what follows the last one, or by adding it. */
function mendTail(path: string, how: "drop" | "end"): void {
  const bytes = readFileSync(path);
  const descriptor = openSync(path, "r+");
  try {
    if (how === "drop") ftruncateSync(descriptor, bytes.lastIndexOf(0x0a) + 1);
    else writeSync(descriptor, "\n", bytes.length);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The ledger's plain copy beside the database, to which lines are only ever added. */
export interface LedgerFile {
  /** On the disk when this returns; throws `disk-full` or `disk-failed` if it cannot be. */
  append(entries: readonly LedgerEntry[]): void;
  /**
   * The same for what the database already holds: a failure is not thrown, because a link that came must not be lost over
   * it. It comes back with the next `append`, which writes the whole ledger anew or fails.
   */
  follow(entries: readonly LedgerEntry[]): void;
}

export function createLedgerFile(settings: {
  path: string;
  now: () => number;
  /** All that the database knows, including changes of an open transaction. */
  listEntries: () => readonly LedgerEntry[];
}): LedgerFile {
  const { path, now, listEntries } = settings;
  const sizeOnDisk = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? -1;
  let knownBytes = sizeOnDisk();
  let isBehind = knownBytes < 0;

  function append(entries: readonly LedgerEntry[]): void {
    if (entries.length === 0 && !isBehind) return;
    try {
      const foundBytes = sizeOnDisk();
      const isStrange = !isBehind && foundBytes !== knownBytes;
      if (isBehind || isStrange) {
        // Somebody changed the file, or a write failed. After a failed fsync the kernel may hold pages that never reach
        // the disk and a second fsync would not tell (PostgreSQL's "fsyncgate"): so all is written anew.
        isBehind = true;
        if (isStrange && foundBytes > 0) setAside(path, now());
        writeFileDurably(path, listEntries().map(formatLedgerLine).join(""));
      } else {
        appendDurably(path, entries.map(formatLedgerLine).join(""));
      }
      knownBytes = sizeOnDisk();
      isBehind = false;
    } catch (error) {
      isBehind = true;
      throw toDiskFailure(error, path);
    }
  }

  return {
    append,
    follow(entries) {
      try {
        append(entries);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    },
  };
}

function appendDurably(path: string, text: string): void {
  const descriptor = openSync(path, "a", 0o600);
  try {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
