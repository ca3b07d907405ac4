import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type Row, readPragma } from "./database.ts";
import { parseDownloadRow } from "./download-row.ts";
import { toDiskFailure } from "./durable-file.ts";
import { parseRefusalRow, parseSpendRow } from "./ledger-rows.ts";
import { type Migration, migrate, readSchemaVersion } from "./migrations.ts";
import { parseStoredProduct } from "./product-schema.ts";
import { saysDamaged, saysNonsense, toSqliteFailure } from "./sqlite-failure.ts";

/** What lies at the database's place. */
export type DatabaseCondition =
  | { readonly state: "missing" | "sound" }
  | { readonly state: "damaged" /** Completes "state.db …". */; readonly why: string };

/** "asyn", set by the first migration. */
const applicationId = 0x6173796e;
/** The first 16 bytes of every SQLite database. Source: sqlite.org/fileformat.html §1.2. */
const header = Buffer.from("SQLite format 3\0", "latin1");

/**
 * Looks at a database, all of it, and changes nothing but what was never committed: the quick check does not compare
 * indexes with tables and so misses single flipped bits. SQLite itself opens an empty file as a new database without a
 * word, so the header is read before. Throws `disk-failed` or `state-damaged` where the file may be sound but cannot be looked at now.
 */
export function inspectDatabase(path: string, migrations: readonly Migration[]): DatabaseCondition {
  const damaged = (why: string): DatabaseCondition => ({ state: "damaged", why });
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { state: "missing" };
    if (!stat.isFile()) return damaged("is no file");
    if (stat.size === 0) return damaged("was empty");
    const start = readStart(path, 100);
    if (!start.subarray(0, header.length).equals(header)) return damaged("was no SQLite database");
    // Bytes 18 and 19 are 1 or 2; SQLite takes anything higher for a newer format and opens it for reading only.
    if ((start[18] ?? 0) > 2 || (start[19] ?? 0) > 2) {
      return damaged("was damaged (its header is of an unknown format)");
    }
  } catch (error) {
    throw toDiskFailure(error, path);
  }

  let connection: DatabaseSync | undefined;
  try {
    if (existsSync(`${path}-journal`)) takeBackUncommitted(path);
    connection = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    if (readPragma(connection, "application_id") !== applicationId) return damaged("was not made by asset-sync");
    const version = readSchemaVersion(connection);
    if (version < 1) return damaged("was damaged (it names no schema version)");
    if (version <= migrations.length && !hasSchemaOf(connection, migrations.slice(0, version))) {
      return damaged("was damaged (its schema is not ours)");
    }
    const verdict = readPragma(connection, "integrity_check(1)") ?? "no verdict";
    if (verdict !== "ok") return damaged(`was damaged (${verdict})`);
    // The rows of another version may rightly look different; that version or the migration has to know them.
    const spoilt = version === migrations.length ? findSpoiltRow(connection) : undefined;
    return spoilt === undefined ? { state: "sound" } : damaged(`was damaged (${spoilt} is not what was written)`);
  } catch (error) {
    if (saysDamaged(error) || saysNonsense(error)) {
      return damaged(`was damaged (${error instanceof Error ? error.message : String(error)})`);
    }
    throw toSqliteFailure(error, path);
  } finally {
    connection?.close();
  }
}

/** A journal left by a power cut: a reader alone may not undo what it holds and would fail at every start. */
function takeBackUncommitted(path: string): void {
  const connection = new DatabaseSync(path, { timeout: 5_000 });
  try {
    readPragma(connection, "schema_version");
  } finally {
    connection.close();
  }
}

/**
 * Is everything there that the migrations make, word for word? SQLite keeps its schema as text in the file: with one
 * letter changed it is a sound schema, of other columns.
 */
function hasSchemaOf(connection: DatabaseSync, migrations: readonly Migration[]): boolean {
  const listSchema = "SELECT type, name, tbl_name, sql FROM sqlite_schema";
  const model = new DatabaseSync(":memory:");
  try {
    migrate(model, { path: ":memory:", migrations, beforeStep: () => undefined });
    // The search index makes its own tables, which differ between versions of SQLite.
    const notOurs =
      "name LIKE 'sqlite!_%' ESCAPE '!' OR tbl_name IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')";
    const found = new Set(
      connection
        .prepare(listSchema)
        .all()
        .map((entry) => JSON.stringify(entry)),
    );
    return model
      .prepare(`${listSchema} WHERE NOT (${notOurs})`)
      .all()
      .every((entry) => found.has(JSON.stringify(entry)));
  } finally {
    model.close();
  }
}

/**
 * A flipped bit inside a text that no index holds is no damage to SQLite, and it does not check all constraints: what is
 * there must make sense. That a spend says what it said is up to the checksums of the ledger's file.
 */
function findSpoiltRow(connection: DatabaseSync): string | undefined {
  const checks: Record<string, (row: Row) => unknown> = {
    spends: parseSpendRow,
    quota_refusals: parseRefusalRow,
    downloads: parseDownloadRow,
    source_facts: ({ value }) => JSON.parse(String(value)),
    withdrawn_products: ({ product }) => parseStoredProduct(product),
  };
  for (const [table, check] of Object.entries(checks)) {
    for (const row of connection.prepare(`SELECT * FROM ${table}`).iterate()) {
      try {
        check(row);
      } catch {
        return `a row of ${table}`;
      }
    }
  }
  return undefined;
}

function readStart(path: string, bytes: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const start = Buffer.alloc(bytes);
    readSync(descriptor, start, 0, bytes, 0);
    return start;
  } finally {
    closeSync(descriptor);
  }
}
