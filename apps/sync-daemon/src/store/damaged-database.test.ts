import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { flipEverywhere, overwrite, positionOf } from "./__fixtures__/damage.ts";
import {
  createTemporaryHome,
  fillStore,
  planFor,
  reserveFor,
  type TemporaryHome,
} from "./__fixtures__/temporary-home.ts";

let home: TemporaryHome;

beforeEach(() => {
  home = createTemporaryHome();
});
afterEach(() => home.remove());

const pageBytes = 4_096;
const pageOf = (text: string): number => Math.floor(positionOf(home.path, text) / pageBytes) * pageBytes;

/** Stands in its table and in the index that keeps it unique. */
function keyOfSpend(): string {
  const database = new DatabaseSync(home.path, { readOnly: true });
  const key = String(database.prepare("SELECT key FROM spends ORDER BY id DESC LIMIT 1").get()?.key);
  database.close();
  return key;
}

const setAsideFiles = (): string[] =>
  readdirSync(home.folder).filter((name) => /^state\.db\.corrupt-[^/]*Z(-\d+)?$/.test(name));

/** T14 of the reliability plan: what is done to the closed database, and how it must be found. */
const rebuiltCases: Record<string, () => void> = {
  "0 bytes": () => truncateSync(home.path, 0),
  "header garbage": () => overwrite(home.path, 0, () => 0xaa, 100),
  "half of it": () => truncateSync(home.path, Math.floor(statSync(home.path).size / 2 / pageBytes) * pageBytes),
  "odd length": () => truncateSync(home.path, statSync(home.path).size - 1_000),
  "zeroed page": () => overwrite(home.path, pageOf("Oak_Table_Blender.zip"), () => 0, pageBytes),
  "first page zeroed behind the header": () => overwrite(home.path, 100, () => 0, pageBytes - 100),
  "flipped bit in an index or its table": () =>
    overwrite(home.path, positionOf(home.path, keyOfSpend()), (byte) => byte ^ 1),
  "flipped bit in a withdrawn product that was paid for": () => flipEverywhere(home.path, '"assetType":"model"'),
  "flipped bit in a spend, where no index holds it": () => flipEverywhere(home.path, "rule"),
  "flipped bit in the schema": () => flipEverywhere(home.path, "adopted_at_ms INTEGER"),
  "schema version lost": () => overwrite(home.path, 60, () => 0, 4),
  "newer file format": () => overwrite(home.path, 18, () => 3),
  folder: () => {
    rmSync(home.path);
    mkdirSync(home.path);
  },
  HTML: () => writeFileSync(home.path, "<!doctype html><title>404</title>"),
  "another program's database": () => {
    rmSync(home.path);
    const other = new DatabaseSync(home.path);
    other.exec(
      "CREATE TABLE spends (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO spends (note) VALUES ('not ours')",
    );
    other.close();
  },
};

describe("a damaged database is set aside, rebuilt, and forgets no spend", () => {
  test.each(Object.entries(rebuiltCases))("%s", (_, damage) => {
    fillStore(home.open());
    const [spends, quotas] = [home.store.spends.list(), home.store.spends.listQuotas(4)];
    home.close();
    damage();
    const damagedBytes = statSync(home.path).isFile() ? readFileSync(home.path) : undefined;

    const store = home.open();

    expect(store.opened.state).toBe("rebuilt");
    expect(store.spends.list()).toEqual(spends);
    expect(store.spends.listQuotas(4)).toEqual(quotas);
    expect(store.spends.quotaOf(2, 4)).toMatchObject({ refusedByShop: true, left: 0 });
    expect(store.catalogs.currentRevision()).toBe(null);
    const [aside = ""] = setAsideFiles();
    expect(store.opened.message).toContain(aside);
    if (damagedBytes !== undefined) expect(readFileSync(join(home.folder, aside))).toEqual(damagedBytes);
    // The next start finds nothing to do.
    expect(home.open().opened.state).toBe("existing");
    expect(setAsideFiles()).toEqual([aside]);
  });

  test("deleted, with its ledger left", () => {
    fillStore(home.open());
    const spends = home.store.spends.list();
    home.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(home.path + suffix, { force: true });

    expect(home.open().opened).toMatchObject({ state: "rebuilt", message: expect.stringContaining("was missing") });
    expect(home.store.spends.list()).toEqual(spends);
  });

  test("deleted, before anything was spent: the ledger's file alone says that it is not new", () => {
    home.open();
    home.close();
    rmSync(home.path);
    expect(home.open().opened.state).toBe("rebuilt");
  });

  test("deleted while its log was left: old commits are not played into the new database", () => {
    fillStore(home.open());
    home = home.copyAsAfterKill();
    expect(statSync(`${home.path}-wal`).size).toBeGreaterThan(0);
    rmSync(home.path);

    expect(home.open().opened.state).toBe("rebuilt");
    expect(home.store.catalogs.currentRevision()).toBe(null);
    expect(readdirSync(home.folder)).toContainEqual(expect.stringMatching(/^state\.db\.corrupt-.*-wal$/));
    expect(home.store.spends.list()).toHaveLength(4);
    expect(home.open().opened.state).toBe("existing");
  });

  test("with the ledger's file lost as well, what can still be read of it counts", () => {
    fillStore(home.open());
    const [spends, downloads] = [home.store.spends.list(), home.store.journal.listOpen()];
    home.close();
    overwrite(home.path, positionOf(home.path, keyOfSpend()), (byte) => byte ^ 1);
    rmSync(home.ledgerPath);

    expect(home.open().opened.state).toBe("rebuilt");
    expect(home.store.spends.list()).toEqual(spends);
    expect(home.store.journal.listOpen()).toEqual(downloads);
    expect(home.store.sourceState.libraryId("model")).toBe("library-of-models");
  });

  test("number of a download row that the ledger speaks of is not given out again", () => {
    fillStore(home.open());
    home.close();
    truncateSync(home.path, 0);
    expect(planFor(home.open(), 9).id).toBe(5);
  });
});

describe("a sound database is never set aside", () => {
  test("of a newer version: refused with a sentence, and left as it is", () => {
    fillStore(home.open());
    home.close();
    const newer = new DatabaseSync(home.path);
    newer.exec("PRAGMA user_version = 9999");
    newer.close();
    const bytes = readFileSync(home.path);

    expect(() => home.open()).toThrow(/written by a newer asset-sync \(schema 9999/);
    expect(readFileSync(home.path)).toEqual(bytes);
    expect(setAsideFiles()).toEqual([]);
  });

  test("garbage instead of the log", () => {
    fillStore(home.open());
    const spends = home.store.spends.list();
    home.close();
    writeFileSync(`${home.path}-wal`, Buffer.alloc(32_768, 0x55));

    expect(home.open().opened.state).toBe("existing");
    expect(home.store.spends.list()).toEqual(spends);
  });

  test.each([
    ["deleted", (path: string) => rmSync(path)],
    ["torn", (path: string) => truncateSync(path, statSync(path).size - 100)],
    ["torn to its first frame", (path: string) => truncateSync(path, 5_000)],
  ])("a log that was %s: the ledger makes up for the lost commits", (_, damage) => {
    fillStore(home.open(), 5);
    const spends = home.store.spends.list();
    home = home.copyAsAfterKill();
    damage(`${home.path}-wal`);

    home.open();
    expect(home.store.spends.list()).toEqual(spends);
    expect(home.store.spends.quotaOf(2, 4).refusedByShop).toBe(true);
  });

  test("replaced by an older copy: spends made since then are taken over from the ledger", () => {
    const first = reserveFor(home.open(), planFor(home.store, 1));
    home.close();
    copyFileSync(home.path, `${home.path}.mine`);
    home.open().spends.confirm(first.id, "A link came.");
    reserveFor(home.store, planFor(home.store, 2));
    const spends = home.store.spends.list();
    home.close();
    copyFileSync(`${home.path}.mine`, home.path);

    expect(home.open().opened).toMatchObject({ state: "existing", message: expect.stringMatching(/2 .*taken over/) });
    expect(home.store.spends.list()).toEqual(spends);
    // Row 2 is not in the old copy's journal; a new row must not look as if it had been paid for.
    expect(planFor(home.store, 3).id).toBe(3);
  });

  test("with a changed row that SQLite cannot know to be wrong: the ledger's checksum decides", () => {
    fillStore(home.open());
    const spends = home.store.spends.list();
    home.close();
    const database = new DatabaseSync(home.path);
    database.exec("UPDATE spends SET revision = '7', product_id = 99 WHERE state = 'confirmed'");
    database.close();
    expect(home.open().spends.list()).toEqual(spends);
  });

  test("locked by another program: says so, and does not call it damaged", () => {
    home.open();
    home.close();
    const other = new DatabaseSync(home.path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (id INTEGER)");
    try {
      expect(() => home.open()).toThrow(/is locked by another program/);
    } finally {
      other.close();
    }
    expect(home.open().opened.state).toBe("existing");
  });
});

test("a byte changed anywhere in the database never gives a download back", () => {
  fillStore(home.open(), 60);
  const spends = home.store.spends.list();
  home.close();
  const sound = readFileSync(home.path);
  const ledger = readFileSync(home.ledgerPath);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: sound.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      home.close();
      for (const name of readdirSync(home.folder)) rmSync(join(home.folder, name), { recursive: true });
      writeFileSync(home.path, sound);
      writeFileSync(home.ledgerPath, ledger);
      overwrite(home.path, at, (byte) => byte ^ flip);
      try {
        home.open();
      } catch (error) {
        // Bytes 60 to 63 are the schema's version: a database of the future is refused, not thrown away.
        expect(at).toBeGreaterThanOrEqual(60);
        expect(at).toBeLessThan(64);
        expect(error).toMatchObject({ code: "state-damaged" });
        return;
      }
      expect(home.store.spends.list()).toEqual(spends);
    }),
    {
      numRuns: 150,
      examples: [
        [60, 1],
        [60, 128],
        [63, 1],
        [63, 2],
        [18, 4],
        [19, 4],
        [20, 1],
        [56, 1],
        [16, 1],
        [28, 1],
        [68, 255],
      ],
    },
  );
});
