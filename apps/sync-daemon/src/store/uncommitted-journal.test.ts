import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClock, createTemporaryHome, fillStore, type TemporaryHome } from "./__fixtures__/temporary-home.ts";
import { openStore } from "./open-store.ts";

let home: TemporaryHome;
const now = createClock(Date.UTC(2026, 5, 1));

beforeEach(() => {
  home = createTemporaryHome(now);
});
afterEach(() => home.remove());

test("a journal that a power cut left is taken back, and the store opens with all that was committed", () => {
  fillStore(home.open());
  const spends = home.store.spends.list();
  home.close();
  const path = join(home.folder, "state.db");
  const cut = join(home.folder, "cut");
  mkdirSync(cut);
  const writer = new DatabaseSync(path);
  writer.exec(`
    PRAGMA journal_mode = DELETE;
    PRAGMA cache_size = 1;
    BEGIN IMMEDIATE;
    UPDATE spends SET evidence = hex(randomblob(20000));
    CREATE TABLE spilled (text TEXT);
    INSERT INTO spilled SELECT hex(randomblob(100000)) FROM (VALUES (1), (2), (3), (4));
  `);
  for (const name of ["state.db", "state.db-journal", "ledger.jsonl"])
    copyFileSync(join(home.folder, name), join(cut, name));
  writer.exec("ROLLBACK");
  writer.close();
  expect(() => new DatabaseSync(join(cut, "state.db"), { readOnly: true }).exec("SELECT * FROM spends")).toThrow(
    /readonly/,
  );

  const store = openStore({ folder: cut, now });
  expect(store.opened.state).toBe("existing");
  expect(store.spends.list()).toEqual(spends);
  store.close();
});
