import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createClock,
  createTemporaryHome,
  fillStore,
  makeProduct,
  type TemporaryHome,
} from "./__fixtures__/temporary-home.ts";
import { readPragma } from "./database.ts";
import { loadMigrations, type Migration, migrate } from "./migrations.ts";
import { openDatabase, requireSqlite } from "./open-database.ts";

let home: TemporaryHome;
const now = createClock(Date.UTC(2026, 5, 1));

beforeEach(() => {
  home = createTemporaryHome(now);
});
afterEach(() => home.remove());

const newest = loadMigrations().length;

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
    expect(openAt(migrationsUpTo(newest + 2))).toBe(newest + 2);

    expect(backups().map((name) => /backup-v(\d+)-2026/.exec(name)?.[1])).toEqual([String(newest), String(newest + 1)]);
    for (const name of backups()) {
      const backup = new DatabaseSync(join(home.folder, name), { readOnly: true });
      expect(readPragma(backup, "integrity_check")).toBe("ok");
      expect(backup.prepare("SELECT count(*) AS spends FROM spends").get()).toEqual({ spends: spends.length });
      expect(
        backup.prepare(`SELECT count(*) AS notes FROM sqlite_master WHERE name = 'note_${newest + 2}'`).get(),
      ).toEqual({
        notes: 0,
      });
      backup.close();
    }
    expect(openAt(migrationsUpTo(newest + 2))).toBe(newest + 2);
    expect(backups()).toHaveLength(2);
  });

  test("a new database needs none", () => {
    openAt(migrationsUpTo(newest + 2));
    expect(backups()).toEqual([]);
  });

  test("a step that fails undoes itself and its number", () => {
    fillStore(home.open());
    home.close();
    const broken = {
      version: newest + 1,
      name: "broken.sql",
      sql: "CREATE TABLE half (text TEXT); INSERT INTO nowhere VALUES (1)",
    };
    expect(() => openAt([...migrationsUpTo(newest), broken])).toThrow("nowhere");
    expect(openAt(migrationsUpTo(newest))).toBe(newest);
    expect(openAt(migrationsUpTo(newest + 1))).toBe(newest + 1);
  });

  test("the newest backups are kept, by time and not by name", () => {
    fillStore(home.open());
    home.close();
    for (let version = newest + 1; version <= 12; version += 1) openAt(migrationsUpTo(version), 3);
    expect(
      backups()
        .map((name) => Number(/backup-v(\d+)-/.exec(name)?.[1]))
        .toSorted((a, b) => a - b),
    ).toEqual([9, 10, 11]);
  });

  test("a database of a newer version is refused before anything is written", () => {
    openAt(migrationsUpTo(newest + 2));
    expect(() => openAt(migrationsUpTo(newest + 1))).toThrow(
      `newer asset-sync (schema ${newest + 2}, this one knows ${newest + 1})`,
    );
    expect(backups()).toEqual([]);
  });

  test("rows that look different because they are older are migrated, not taken for damage", () => {
    fillStore(home.open());
    home.close();
    const rename = (from: string, to: string) => `ALTER TABLE source_facts RENAME COLUMN ${from} TO ${to}`;
    const older = [...migrationsUpTo(newest), { version: newest + 1, name: "fact.sql", sql: rename("value", "fact") }];
    expect(openAt(older)).toBe(newest + 1);
    const newer = { version: newest + 2, name: "value.sql", sql: rename("fact", "value") };
    expect(openAt([...older, newer])).toBe(newest + 2);
    expect(readdirSync(home.folder).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  test("a step that another process did in the meantime is not done twice", () => {
    openAt(migrationsUpTo(newest));
    const connection = new DatabaseSync(home.path);
    migrate(connection, {
      path: home.path,
      migrations: migrationsUpTo(newest + 1),
      beforeStep: () => expect(openAt(migrationsUpTo(newest + 1))).toBe(newest + 1),
    });
    expect(connection.prepare(`SELECT count(*) AS notes FROM note_${newest + 1}`).get()).toEqual({ notes: 1 });
    connection.close();
  });

  test("a lost database takes spends from a backup if there is no other copy", () => {
    fillStore(home.open());
    const spends = home.store.spends.list();
    home.close();
    openAt(migrationsUpTo(newest + 1));
    for (const name of readdirSync(home.folder)) if (!name.includes("backup")) home.removeFile(name);
    expect(home.open().opened.state).toBe("rebuilt");
    expect(home.store.spends.list()).toEqual(spends);
  });

  test("the catalog of the first layout leaves the database; ledger, journal and what people rely on stay", () => {
    expect(openAt(loadMigrations().slice(0, 1))).toBe(1);
    const before = new DatabaseSync(home.path);
    const product = JSON.stringify(makeProduct(7));
    before.exec("BEGIN");
    const add = before.prepare("INSERT INTO products VALUES (?, ?, ?, ?)");
    for (let id = 100; id < 20_100; id += 1) add.run(id, `slug-${id}`, "hash", product);
    before.prepare("INSERT INTO catalog VALUES (1, 'old', 20000, 5)").run();
    before.prepare("INSERT INTO withdrawn_products VALUES (7, 'oak-table-7', ?, 9)").run(product);
    before.prepare("INSERT INTO catalog_files VALUES ('model', 'served', 'merged'), ('fx', 'served', NULL)").run();
    before.prepare("INSERT INTO source_facts VALUES ('pause', '{\"untilMs\":null,\"sinceMs\":1}', 1)").run();
    before.exec("COMMIT");
    before.close();
    const bytes = statSync(home.path).size;

    const { catalogs, sourceState, opened } = home.open();
    expect(opened.state).toBe("existing");
    expect(catalogs.currentRevision()).toBe(null);
    expect(catalogs.lastKnownSize()).toBe(20_000);
    expect(catalogs.mergedCatalogFile("model")).toBe("merged");
    expect(catalogs.mergedCatalogFile("fx")).toBe(null);
    expect(catalogs.findWithdrawn(7)).toEqual({ product: makeProduct(7), withdrawnAtMs: 9 });
    expect(sourceState.pause()).toMatchObject({ untilMs: null });
    home.close();
    expect(statSync(home.path).size).toBeLessThan(bytes / 10);
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
