import { readdirSync, readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../domain/failure.ts";
import { readPragma, transact } from "./database.ts";

/** One step of the schema. `version` is the database's `user_version` afterwards. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Reads `migrations/0001-….sql` and so on, in order and without a gap. */
export function loadMigrations(): Migration[] {
  const folder = new URL("./migrations/", import.meta.url);
  const names = readdirSync(folder).filter((name) => /^\d{4}-.+\.sql$/.test(name));
  return names.sort().map((name, index) => {
    const version = Number(name.slice(0, 4));
    if (version !== index + 1) throw new Error(`The migration ${name} should have the number ${index + 1}.`);
    return { version, name, sql: readFileSync(new URL(name, folder), "utf8") };
  });
}

export function readSchemaVersion(connection: DatabaseSync): number {
  return Number(readPragma(connection, "user_version"));
}

/**
 * Brings a database to the newest schema, one transaction per step; `beforeStep` runs before each and may throw to
 * prevent it. A schema newer than ours is refused with `state-damaged` and nothing is touched.
 */
export function migrate(
  connection: DatabaseSync,
  settings: { path: string; migrations: readonly Migration[]; beforeStep: (fromVersion: number) => void },
): void {
  const { path, migrations } = settings;
  const newest = migrations.length;
  const found = readSchemaVersion(connection);
  if (found > newest) {
    throw new Failure(
      "state-damaged",
      `${path} was written by a newer asset-sync (schema ${found}, this one knows ${newest}); update asset-sync, or move the file away to start anew.`,
      { path },
    );
  }
  for (const migration of migrations.slice(found)) {
    settings.beforeStep(migration.version - 1);
    transact(connection, () => {
      // Another process may have done this step while we waited for the lock.
      if (readSchemaVersion(connection) >= migration.version) return;
      // The number first: whatever the step does, it can never be done twice.
      connection.exec(`PRAGMA user_version = ${migration.version}`);
      connection.exec(migration.sql);
    });
  }
}
