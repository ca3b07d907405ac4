import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Spend, SpendState } from "../domain/quota.ts";
import { createTemporaryHome, planFor, reserveFor, type TemporaryHome } from "./__fixtures__/temporary-home.ts";
import type { Spends } from "./spends.ts";

let home: TemporaryHome;
let spends: Spends;

beforeEach(() => {
  home = createTemporaryHome();
  spends = home.open().spends;
});
afterEach(() => home.remove());

const bringTo: Record<SpendState, () => Spend> = {
  reserved: () => reserveFor(home.store, planFor(home.store, 1)),
  confirmed: () => spends.confirm(bringTo.reserved().id, "A link came."),
  released: () => spends.release(bringTo.reserved().id, "The shop refused."),
  "in-doubt": () => spends.markInDoubt(bringTo.reserved().id, "No answer came."),
};

const steps: Record<string, { from: SpendState; to: SpendState; run: (id: number) => Spend }> = {
  confirm: { from: "reserved", to: "confirmed", run: (id) => spends.confirm(id, "Said so.") },
  release: { from: "reserved", to: "released", run: (id) => spends.release(id, "Said so.") },
  markInDoubt: { from: "reserved", to: "in-doubt", run: (id) => spends.markInDoubt(id, "Said so.") },
  "resolveInDoubt as confirmed": {
    from: "in-doubt",
    to: "confirmed",
    run: (id) => spends.resolveInDoubt(id, "confirmed", "Said so."),
  },
  "resolveInDoubt as released": {
    from: "in-doubt",
    to: "released",
    run: (id) => spends.resolveInDoubt(id, "released", "Said so."),
  },
};

describe("a spend is settled once", () => {
  const states = Object.keys(bringTo) as SpendState[];
  test.each(Object.entries(steps).flatMap(([name, step]) => states.map((state) => ({ name, step, state }))))(
    "$name of a spend that is $state",
    ({ step, state }) => {
      const before = bringTo[state]();
      if (step.from !== state) {
        expect(() => step.run(before.id)).toThrow(`is ${state}, so it cannot be changed`);
        expect(spends.find(before.id)).toEqual(before);
        return;
      }
      expect(step.run(before.id)).toMatchObject({ id: before.id, state: step.to, evidence: "Said so." });
      expect(spends.find(before.id)?.settledAtMs).toBeGreaterThan(before.reservedAtMs);
    },
  );
});

describe("reserve", () => {
  test("is in the ledger's file, and on the disk with it, when it returns", () => {
    const spend = bringTo.reserved();
    const [line = ""] = readFileSync(home.ledgerPath, "utf8").trimEnd().split("\n").slice(-1);
    expect(JSON.parse(line).entry).toMatchObject({ kind: "spend", id: spend.id, productId: 1, state: "reserved" });
  });

  test.each(["linked", "abandoned", "of another product", "of another revision", "that does not exist"])(
    "is refused for a row that is %s",
    (which) => {
      const row = planFor(home.store, 1);
      if (which === "linked")
        home.store.journal.markLinked(row.id, { url: "https://r2.example/1.zip", expiresAtMs: null });
      if (which === "abandoned") home.store.journal.abandon(row.id);
      const wrong = {
        ...row,
        ...(which === "of another product" && { productId: 2 }),
        ...(which === "of another revision" && { revision: "9" }),
        ...(which === "that does not exist" && { id: 99 }),
      };
      expect(() => reserveFor(home.store, wrong)).toThrow("nothing is spent for it");
      expect(spends.list()).toEqual([]);
      expect(readFileSync(home.ledgerPath, "utf8")).toBe("");
    },
  );

  test("is refused while the same content is being asked for", () => {
    const row = planFor(home.store, 1);
    const first = reserveFor(home.store, row);
    expect(() => reserveFor(home.store, row)).toThrow("asked for already");
    spends.markInDoubt(first.id, "No answer came.");
    expect(reserveFor(home.store, row).id).toBeGreaterThan(first.id);
  });

  test("that the database cannot take leaves a ledger that says nothing was asked for", () => {
    const row = planFor(home.store, 1);
    const ceiling = new DatabaseSync(home.path);
    // Fails at COMMIT, when the ledger's line is on the disk already.
    ceiling.exec(`
      CREATE TABLE room (id INTEGER PRIMARY KEY);
      CREATE TABLE need (room INTEGER REFERENCES room DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER full AFTER INSERT ON spends BEGIN INSERT INTO need VALUES (1); END`);
    expect(() => reserveFor(home.store, row)).toThrow("FOREIGN KEY");
    expect(spends.list()).toEqual([]);
    ceiling.exec("DROP TRIGGER full");
    ceiling.close();
    expect(home.open().spends.quotaOf(1, 4)).toMatchObject({ left: 4, inDoubt: 0 });
  });
});

test("what was reserved and not answered is in doubt at the next start, and said once", () => {
  const [answered, open] = [bringTo.confirmed(), reserveFor(home.store, planFor(home.store, 2))];
  spends = home.open().spends;
  expect(spends.settleLeftovers()).toMatchObject([
    { id: open.id, state: "in-doubt", evidence: expect.stringContaining("ended before") },
  ]);
  expect(spends.settleLeftovers()).toEqual([]);
  expect(spends.find(answered.id)).toEqual(answered);
  expect(spends.quotaOf(2, 4)).toMatchObject({ spent: 0, inDoubt: 1, left: 3 });
});

test("quota is counted per product over all its archives, and listed per archive", () => {
  spends.confirm(reserveFor(home.store, planFor(home.store, 1)).id, "A link came.");
  reserveFor(home.store, planFor(home.store, 1, { downloadId: "other" }));
  spends.release(reserveFor(home.store, planFor(home.store, 2)).id, "The shop refused.");
  spends.recordRefusal({ productId: 2, evidence: "Download limit exceeded." });

  expect(spends.quotaOf(1, 4)).toEqual({ productId: 1, limit: 4, spent: 1, inDoubt: 1, left: 2, refusedByShop: false });
  expect(spends.quotaOf(3, 4)).toEqual({ productId: 3, limit: 4, spent: 0, inDoubt: 0, left: 4, refusedByShop: false });
  expect(spends.listQuotas(4)).toEqual([
    { productId: 1, downloadId: "zip", limit: 4, spent: 1, inDoubt: 0, left: 2 },
    { productId: 1, downloadId: "other", limit: 4, spent: 0, inDoubt: 1, left: 2 },
    { productId: 2, downloadId: "zip", limit: 4, spent: 0, inDoubt: 0, left: 0 },
  ]);
  spends.clearRefusal({ productId: 2, evidence: "The shop's support reset it." });
  expect(spends.quotaOf(2, 4).left).toBe(4);
});

test("spends of one revision, and pages of all", () => {
  const first = bringTo.confirmed();
  const other = reserveFor(home.store, planFor(home.store, 1, { revision: "2" }));
  expect(spends.spendsOfRevision(1, "zip", "1")).toEqual([first]);
  expect(spends.list()).toEqual([first, other]);
  expect(spends.list({ limit: 1 })).toEqual([first]);
  expect(spends.list({ afterId: first.id })).toEqual([other]);
});

test("a receipt adds a spend only where the ledger knows none", () => {
  const receipt = { productId: 1, downloadId: "zip", revision: "1", evidence: "The asset is in the library." };
  expect(spends.restore(receipt)).toMatchObject({ state: "confirmed", productId: 1 });
  expect(spends.restore(receipt)).toBeUndefined();
  expect(home.open().spends.quotaOf(1, 4)).toMatchObject({ spent: 1, left: 3 });
});

describe("recordLink", () => {
  const link = { url: "https://r2.example/1.zip", expiresAtMs: null };

  test("confirms the spend and keeps the link, both", () => {
    const row = planFor(home.store, 1);
    const spend = reserveFor(home.store, row);
    home.store.recordLink({ spendId: spend.id, downloadRowId: row.id, link, evidence: "A link came." });
    const { spends: after, journal } = home.open();
    expect(after.find(spend.id)?.state).toBe("confirmed");
    expect(journal.find(row.id)).toMatchObject({ state: "linked", link });
  });

  test("or neither: a row that cannot take the link leaves the spend as it was, in the ledger's file too", () => {
    const row = planFor(home.store, 1);
    const spend = reserveFor(home.store, row);
    home.store.journal.abandon(row.id);
    const file = readFileSync(home.ledgerPath, "utf8");
    const answer = { spendId: spend.id, downloadRowId: row.id, link, evidence: "A link came." };
    expect(() => home.store.recordLink(answer)).toThrow("is abandoned");
    expect(spends.find(spend.id)).toEqual(spend);
    expect(readFileSync(home.ledgerPath, "utf8")).toBe(file);
  });

  test("that could not be written down is written down the next time, and not asked for again", () => {
    const row = planFor(home.store, 1);
    const spend = reserveFor(home.store, row);
    const answer = { spendId: spend.id, downloadRowId: row.id, link, evidence: "A link came." };
    expect(home.store.recordWaitingLink(row.id)).toBeUndefined();
    // Another connection lets nothing be written, as a full disk would.
    const other = new DatabaseSync(home.path);
    other.exec("CREATE TRIGGER full BEFORE UPDATE ON downloads BEGIN SELECT RAISE(ABORT, 'no room'); END");
    expect(() => home.store.recordLink(answer)).toThrow("no room");
    expect(() => home.store.recordWaitingLink(row.id)).toThrow("no room");
    expect(spends.find(spend.id)?.state).toBe("reserved");
    other.exec("DROP TRIGGER full");
    other.close();
    expect(home.store.recordWaitingLink(row.id)).toMatchObject({ state: "linked", link });
    expect(spends.find(spend.id)?.state).toBe("confirmed");
    expect(home.store.recordWaitingLink(row.id)).toBeUndefined();
  });

  test("refuses the link of another row's spend", () => {
    const spend = bringTo.reserved();
    const other = planFor(home.store, 2);
    const answer = { spendId: spend.id, downloadRowId: other.id, link, evidence: "A link came." };
    expect(() => home.store.recordLink(answer)).toThrow("was not made for");
    expect(spends.find(spend.id)?.state).toBe("reserved");
  });
});
