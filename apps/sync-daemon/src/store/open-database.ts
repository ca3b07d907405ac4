import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../domain/failure.ts";
import { createDatabase, type Database, readPragma } from "./database.ts";
import { syncFile, syncFolder, toDiskFailure } from "./durable-file.ts";
import { inspectDatabase } from "./inspect-database.ts";
import { backUp, listBackups, listSetAside, setAside } from "./kept-copies.ts";
import { type LedgerContents, readLedgerFile } from "./ledger-file.ts";
import { createLedgerRows } from "./ledger-rows.ts";
import { type Migration, migrate } from "./migrations.ts";
import { reconcileLedger } from "./reconcile-ledger.ts";
import { restoreSalvaged, type Salvage, salvage } from "./salvage.ts";
import { toSqliteFailure } from "./sqlite-failure.ts";

/** How the state was found. `rebuilt`: it should have been there and was not, or was damaged; people must hear of it. */
export interface Opened {
  readonly state: "fresh" | "existing" | "rebuilt";
  /** One or more sentences for people. */
  readonly message: string;
}

export interface OpenDatabase {
  readonly connection: DatabaseSync;
  readonly database: Database;
  readonly ledgerPath: string;
  readonly ledger: LedgerContents;
  readonly opened: Opened;
}

/** 3.7.0 to 3.51.2 can lose a WAL when two connections meet at its reset. Source: sqlite.org/wal.html, "WAL-reset bug". */
const oldestSqlite = "3.51.3";

/** Throws `state-damaged` for a SQLite with the WAL-reset bug. */
export function requireSqlite(version: string): void {
  const numbers = (text: string): number[] => text.split(".").map(Number);
  const [found, needed] = [numbers(version), numbers(oldestSqlite)];
  const first = needed.findIndex((number, index) => (found[index] ?? 0) !== number);
  if (first === -1 || (found[first] ?? 0) > (needed[first] ?? 0)) return;
  throw new Failure(
    "state-damaged",
    `This Node.js carries SQLite ${version}, which can lose committed data; use a Node.js with SQLite ${oldestSqlite} or newer (Node.js 24.21 has it).`,
  );
}

/**
 * Opens `state.db` in `folder`: looks at all of it first, sets a damaged one aside and builds a new one from what is left
 * of the ledger, brings the schema up to date. The caller must hold the home's lock.
 */
export function openDatabase(settings: {
  folder: string;
  now: () => number;
  keepBackups: number;
  migrations: readonly Migration[];
}): OpenDatabase {
  requireSqlite(process.versions.sqlite ?? "0");
  const { folder, now, keepBackups, migrations } = settings;
  const path = join(folder, "state.db");
  const ledgerPath = join(folder, "ledger.jsonl");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toDiskFailure(error, folder);
  }

  const condition = inspectDatabase(path, migrations);
  const ledger = readLedgerFile(ledgerPath, now());
  const rebuilt =
    condition.state === "sound" ? undefined : rebuild({ path, condition, ledger, migrations, nowMs: now() });

  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 });
    const open = connection;
    configure(open, path);
    migrate(open, {
      path,
      migrations,
      beforeStep: (version) => backUp(open, { path, version, keep: keepBackups, nowMs: now() }),
    });
    giveBackRoom(open);
    const opened = rebuilt ?? { state: "existing", message: `${path} was opened.` };
    return { connection, database: createDatabase(connection, path), ledgerPath, ledger, opened };
  } catch (error) {
    connection?.close();
    throw toSqliteFailure(error, path);
  }
}

/**
 * Commits are on the disk when they return: with `synchronous=NORMAL` a power cut lost every one of them
 * (docs/recovery.md). What is deleted is overwritten, because a download's link is a secret until it is used.
 */
function configure(connection: DatabaseSync, path: string): void {
  if (readPragma(connection, "journal_mode = WAL") !== "wal") {
    throw new Failure(
      "disk-failed",
      `${path} lies on a disk that cannot be shared safely; put the home folder on a local disk.`,
      { path },
    );
  }
  connection.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA secure_delete = ON;
  `);
}

/** A step that dropped tables leaves their pages in the file, and every start would walk through them. */
function giveBackRoom(connection: DatabaseSync): void {
  const free = Number(readPragma(connection, "freelist_count"));
  if (free > 1_000 && free * 2 > Number(readPragma(connection, "page_count"))) connection.exec("VACUUM");
}

/** Builds a whole new database under another name and puts it in place at the end: it is there and complete, or not there. */
function rebuild(settings: {
  path: string;
  condition: { state: "missing" } | { state: "damaged"; why: string } | { state: "sound" };
  ledger: LedgerContents;
  migrations: readonly Migration[];
  nowMs: number;
}): Opened {
  const { path, condition, ledger, migrations, nowMs } = settings;
  const incoming = `${path}.new`;
  try {
    for (const leftover of ["", "-journal", "-wal", "-shm"].map((suffix) => incoming + suffix))
      rmSync(leftover, { force: true, recursive: true });
    const older = [...listBackups(path), ...listSetAside(path)];
    const isExpected = condition.state === "damaged" || ledger.exists || older.length > 0;
    closeSync(openSync(incoming, "wx", 0o600));
    const damaged =
      condition.state === "damaged" ? salvage(path) : { ledger: [], downloads: [], sourceFacts: [], favourites: [] };
    const copies = {
      file: ledger.entries,
      databases: [...older.flatMap((copy) => salvage(copy).ledger), ...damaged.ledger],
    };
    const restored = fill({ incoming, migrations, copies, damaged });

    syncFile(incoming);
    // Also where nothing lies at `path`: a log without its database would be played into the new one.
    const aside = setAside(path, nowMs);
    renameSync(incoming, path);
    chmodSync(path, 0o600);
    syncFolder(dirname(path));
    if (!isExpected) return { state: "fresh", message: `${path} is new.` };
    return { state: "rebuilt", message: describeRebuild({ path, condition, aside, restored }) };
  } catch (error) {
    throw toDiskFailure(toSqliteFailure(error, path), path);
  }
}

function fill(settings: {
  incoming: string;
  migrations: readonly Migration[];
  copies: Parameters<typeof reconcileLedger>[2];
  damaged: Omit<Salvage, "ledger">;
}): { entries: number; downloads: number } {
  const { incoming, migrations, copies, damaged } = settings;
  const connection = new DatabaseSync(incoming);
  try {
    // No care is needed until it is whole: a crash leaves a file that the next start throws away.
    connection.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");
    migrate(connection, { path: incoming, migrations, beforeStep: () => undefined });
    const database = createDatabase(connection, incoming);
    const downloads = restoreSalvaged(database, damaged);
    const { restored } = reconcileLedger(database, createLedgerRows(database), copies);
    // Changed later, under its own name, a power cut in the middle would leave a journal that only a writer can take back.
    readPragma(connection, "journal_mode = WAL");
    return { entries: restored, downloads };
  } finally {
    connection.close();
  }
}

function describeRebuild(found: {
  path: string;
  condition: { state: string; why?: string };
  aside: string | undefined;
  restored: { entries: number; downloads: number };
}): string {
  const { path, condition, aside, restored } = found;
  const what = condition.why === undefined ? `${path} was missing` : `${path} ${condition.why}`;
  const where = aside === undefined ? "" : ` It was set aside as ${basename(aside)}.`;
  const ledger =
    restored.entries === 0
      ? "No copy of the ledger had an entry, so what was spent before is known only from the assets in the library."
      : `${count(restored.entries, "entry", "entries")} of the ledger and ${count(restored.downloads, "download", "downloads")} under way were restored.`;
  return `${what}, so a new one was made.${where} ${ledger} The catalog is built again at the next sync.`;
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
