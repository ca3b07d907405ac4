import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { overwrite } from "./__fixtures__/damage.ts";
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

test("lost or a folder: written anew from the database", () => {
  fillStore(home.open());
  const before = readFileSync(home.ledgerPath, "utf8");
  home.close();
  rmSync(home.ledgerPath);
  mkdirSync(home.ledgerPath);

  home.open();
  home.close();
  expect(statSync(home.ledgerPath).isFile()).toBe(true);
  expect(before).toContain(readFileSync(home.ledgerPath, "utf8").split("\n")[0]);
  truncateSync(home.path, 0);
  expect(home.open().spends.list()).toHaveLength(4);
});

test("cut short: completed from the database, so that it can stand in for it again", () => {
  fillStore(home.open());
  const spends = home.store.spends.list();
  home.close();
  truncateSync(home.ledgerPath, statSync(home.ledgerPath).size >> 1);
  home.open();
  home.close();
  truncateSync(home.path, 0);
  expect(home.open().spends.list()).toEqual(spends);
});

test("torn last line: cut off, and the next line stands on its own", () => {
  fillStore(home.open());
  home.close();
  appendFileSync(home.ledgerPath, '{"check":"00000000","entry":{"kind":"spe');
  reserveFor(home.open(), planFor(home.store, 8));
  const spends = home.store.spends.list();
  home.close();
  truncateSync(home.path, 0);

  expect(home.open().spends.list()).toEqual(spends);
  expect(home.store.opened.message).not.toContain("cannot be read");
});

test("flipped bit in any one line: no spend is forgotten, and it says so", () => {
  fillStore(home.open());
  const quotas = home.store.spends.listQuotas(4);
  home.close();
  // The confirmation of the first spend is now one of product 3; what was reserved before it still counts.
  const text = readFileSync(home.ledgerPath, "utf8");
  const line = text.lastIndexOf("\n", text.indexOf('"state":"confirmed"'));
  overwrite(home.ledgerPath, text.indexOf('"productId":1', line) + 12, (byte) => byte ^ 2);
  truncateSync(home.path, 0);

  expect(home.open().opened.message).toContain("1 line of ledger.jsonl cannot be read");
  expect(home.store.spends.listQuotas(4).map(({ left }) => left)).toEqual(quotas.map(({ left }) => left));
});

test("removed while the daemon runs: whole again with the next spend", () => {
  fillStore(home.open());
  rmSync(home.ledgerPath);
  reserveFor(home.store, planFor(home.store, 8));
  const spends = home.store.spends.list();
  home.close();
  truncateSync(home.path, 0);
  expect(home.open().spends.list()).toEqual(spends);
});

test("cannot be written: nothing is reserved, but a link that came is kept", () => {
  const row = planFor(home.open(), 1);
  const spend = reserveFor(home.store, row);
  rmSync(home.ledgerPath);
  mkdirSync(join(`${home.ledgerPath}.new`, "in-the-way"), { recursive: true });

  const link = { url: "https://r2.example/1.zip", expiresAtMs: null };
  const linked = home.store.recordLink({ spendId: spend.id, downloadRowId: row.id, link, evidence: "A link came." });
  expect(linked).toMatchObject({ state: "linked", link });
  const next = planFor(home.store, 2);
  expect(() => reserveFor(home.store, next)).toThrow(expect.objectContaining({ code: "disk-failed" }));
  expect(home.store.spends.quotaOf(2, 4).left).toBe(4);

  rmSync(`${home.ledgerPath}.new`, { recursive: true });
  reserveFor(home.store, next);
  const spends = home.store.spends.list();
  home.close();
  truncateSync(home.path, 0);
  expect(home.open().spends.list()).toEqual(spends);
});
