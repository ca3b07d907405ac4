import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Database, Row } from "./database.ts";
import { downloadColumns, parseDownloadRow } from "./download-row.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { parseRefusalRow, parseSpendRow } from "./ledger-rows.ts";

/** What could still be read from a database that is not in use: a damaged one, or a backup. */
export interface Salvage {
  readonly ledger: readonly LedgerEntry[];
  /** Rows of the journal and facts of the source, as they lay there. */
  readonly downloads: readonly Row[];
  readonly sourceFacts: readonly Row[];
  readonly favourites: readonly Row[];
}

/**
 * Reads what is dear from a database file without changing it: each row that can be reached and makes sense. Never
 * throws for the file's sake; a file that is no database at all gives nothing.
 */
export function salvage(path: string): Salvage {
  return {
    ledger: [
      ...readRows(path, "SELECT * FROM spends", parseSpendRow),
      ...readRows(path, "SELECT * FROM quota_refusals", parseRefusalRow),
    ],
    downloads: readRows(path, "SELECT * FROM downloads", (row) => {
      parseDownloadRow(row);
      return row;
    }),
    sourceFacts: readRows(path, "SELECT * FROM source_facts", (row) => {
      JSON.parse(String(row.value));
      return row;
    }),
    favourites: readRows(path, "SELECT * FROM favourites", (row) => {
      if (!Number.isSafeInteger(row.product_id)) throw new TypeError("A favourite names no product.");
      return row;
    }),
  };
}

function readRows<T>(path: string, sql: string, parse: (row: Row) => T): T[] {
  const found: T[] = [];
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    for (const row of connection.prepare(sql).iterate()) {
      try {
        found.push(parse(row));
      } catch {
        // This row is part of the damage; the ones beside it may be sound.
      }
    }
  } catch {
    // From here on the file cannot be read; what came before it counts.
  } finally {
    connection?.close();
  }
  return found;
}

/** Writes salvaged rows into a new database. Returns how many downloads it took over. */
export function restoreSalvaged(database: Database, salvaged: Omit<Salvage, "ledger">): number {
  // What is rebuilt may be of an older layout, which is migrated afterwards.
  const present = new Set(
    database
      .prepare("SELECT name FROM pragma_table_info('downloads')")
      .all()
      .map(({ name }) => name),
  );
  const columns = downloadColumns.filter((column) => present.has(column));
  const marks = columns.map(() => "?").join(", ");
  const addDownload = database.prepare(`INSERT OR IGNORE INTO downloads (${columns.join(", ")}) VALUES (${marks})`);
  const addFact = database.prepare("INSERT OR IGNORE INTO source_facts (name, value, updated_at_ms) VALUES (?, ?, ?)");
  const valuesOf = (row: Row, names: readonly string[]): SQLInputValue[] => names.map((name) => row[name] ?? null);
  return database.transact(() => {
    let downloads = 0;
    for (const row of salvaged.downloads) downloads += addDownload.run(...valuesOf(row, columns)).changes;
    for (const row of salvaged.sourceFacts) addFact.run(...valuesOf(row, ["name", "value", "updated_at_ms"]));
    for (const row of salvaged.favourites) {
      const add = database.prepare("INSERT OR IGNORE INTO favourites (product_id, marked_at_ms) VALUES (?, ?)");
      add.run(...valuesOf(row, ["product_id", "marked_at_ms"]));
    }
    return downloads;
  });
}
