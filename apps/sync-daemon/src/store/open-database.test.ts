import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createClock, createTemporaryHome, fillStore, type TemporaryHome } from "./__fixtures__/temporary-home.ts";
import { readPragma } from "./database.ts";
import { loadMigrations, type Migration, migrate } from "./migrations.ts";
import { openDatabase, requireSqlite } from "./open-database.ts";

let home: TemporaryHome;
const now = createClock(Date.UTC(2026, 5, 1));

beforeEach(() => {
  home = createTemporaryHome(now);
});
afterEach(() => home.remove());

/** Schemas of the future, which this version does not have yet. */
const addNote = (version: number): Migration => ({
  version,
  name: `${version}-note.sql`,
  sql: `CREATE TABLE note_${version} (text TEXT) STRICT; INSERT INTO note_${version} VALUES ('there')`,
});
const migrationsUpTo = (version: number): Migration[] => {
  const present = loadMigrations();
  return [
    ...present,
    ...Array.from({ length: version - present.length }, (_, index) => addNote(present.length + index + 1)),
  ];
};
const openAt = (migrations: readonly Migration[], keepBackups = 5) => {
  const { connection } = openDatabase({ folder: home.folder, now, keepBackups, migrations });
  const version = readPragma(connection, "user_version");
  connection.close();
  return version;
};
const backups = () => readdirSync(home.folder).filter((name) => name.startsWith("state.db.backup-"));

describe("migrations", () => {
  test("an existing database is backed up before each step, with all its content", () => {
    fillStore(home.open());
    const spends = home.store.spends.list();
    home.close();
    expect(backups()).toEqual([]);
    expect(openAt(migrationsUpTo(3))).toBe(3);

    expect(backups().map((name) => /backup-v(\d+)-2026/.exec(name)?.[1])).toEqual(["1", "2"]);
    for (const name of backups()) {
      const backup = new DatabaseSync(join(home.folder, name), { readOnly: true });
      expect(readPragma(backup, "integrity_check")).toBe("ok");
      expect(backup.prepare("SELECT count(*) AS spends FROM spends").get()).toEqual({ spends: spends.length });
      expect(backup.prepare("SELECT count(*) AS notes FROM sqlite_master WHERE name = 'note_3'").get()).toEqual({
        notes: 0,
      });
      backup.close();
    }
    expect(openAt(migrationsUpTo(3))).toBe(3);
    expect(backups()).toHaveLength(2);
  });

  test("a new database needs none", () => {
    openAt(migrationsUpTo(3));
    expect(backups()).toEqual([]);
  });

  test("a step that fails undoes itself and its number", () => {
    fillStore(home.open());
    home.close();
    const broken = {
      version: 2,
      name: "2-broken.sql",
      sql: "CREATE TABLE half (text TEXT); INSERT INTO nowhere VALUES (1)",
    };
    expect(() => openAt([...migrationsUpTo(1), broken])).toThrow("nowhere");
    expect(openAt(migrationsUpTo(1))).toBe(1);
    expect(openAt(migrationsUpTo(2))).toBe(2);
  });

  test("the newest backups are kept, by time and not by name", () => {
    fillStore(home.open());
    home.close();
    for (let version = 2; version <= 12; version += 1) openAt(migrationsUpTo(version), 3);
    expect(
      backups()
        .map((name) => Number(/backup-v(\d+)-/.exec(name)?.[1]))
        .toSorted((a, b) => a - b),
    ).toEqual([9, 10, 11]);
  });

  test("a database of a newer version is refused before anything is written", () => {
    openAt(migrationsUpTo(3));
    expect(() => openAt(migrationsUpTo(2))).toThrow(/newer asset-sync \(schema 3, this one knows 2\)/);
    expect(backups()).toEqual([]);
  });

  test("rows that look different because they are older are migrated, not taken for damage", () => {
    fillStore(home.open());
    home.close();
    const rename = (from: string, to: string) => `ALTER TABLE source_facts RENAME COLUMN ${from} TO ${to}`;
    const older = [...migrationsUpTo(1), { version: 2, name: "2-fact.sql", sql: rename("value", "fact") }];
    expect(openAt(older)).toBe(2);
    expect(openAt([...older, { version: 3, name: "3-value.sql", sql: rename("fact", "value") }])).toBe(3);
    expect(readdirSync(home.folder).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  test("a step that another process did in the meantime is not done twice", () => {
    openAt(migrationsUpTo(1));
    const connection = new DatabaseSync(home.path);
    migrate(connection, {
      path: home.path,
      migrations: migrationsUpTo(2),
      beforeStep: () => expect(openAt(migrationsUpTo(2))).toBe(2),
    });
    expect(connection.prepare("SELECT count(*) AS notes FROM note_2").get()).toEqual({ notes: 1 });
    connection.close();
  });

  test("a lost database takes spends from a backup if there is no other copy", () => {
    fillStore(home.open());
    const spends = home.store.spends.list();
    home.close();
    openAt(migrationsUpTo(2));
    for (const name of readdirSync(home.folder)) if (!name.includes("backup")) home.removeFile(name);
    expect(home.open().opened.state).toBe("rebuilt");
    expect(home.store.spends.list()).toEqual(spends);
  });
});

test("commits are on the disk when they return, and nobody else may read the files", () => {
  const { connection } = openDatabase({ folder: home.folder, now, keepBackups: 5, migrations: loadMigrations() });
  expect(readPragma(connection, "journal_mode")).toBe("wal");
  expect(readPragma(connection, "synchronous")).toBe(2);
  expect(readPragma(connection, "foreign_keys")).toBe(1);
  expect(readPragma(connection, "busy_timeout")).toBe(5_000);
  connection.close();
  home.open();
  if (process.platform === "win32") return;
  for (const name of ["state.db", "state.db-wal", "ledger.jsonl"]) {
    expect(statSync(join(home.folder, name)).mode & 0o777).toBe(0o600);
  }
});

test("every table is strict", () => {
  const { connection } = openDatabase({ folder: home.folder, now, keepBackups: 5, migrations: loadMigrations() });
  const tables = connection
    .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    .all();
  connection.close();
  const loose = tables.filter(({ name, strict }) => strict !== 1 && !/^sqlite_/.test(String(name)));
  expect(loose).toEqual([]);
});

test.each([
  ["3.51.3", true],
  ["3.53.4", true],
  ["4.0.0", true],
  ["3.51.2", false],
  ["3.7.0", false],
  ["3.50.9", false],
])("SQLite %s is good enough: %s", (version, isGood) => {
  if (isGood) expect(() => requireSqlite(version)).not.toThrow();
  else expect(() => requireSqlite(version)).toThrow(`carries SQLite ${version}`);
});
