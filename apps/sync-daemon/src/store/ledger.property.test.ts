import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SpendState } from "../domain/quota.ts";
import { createTemporaryHome, planFor, reserveFor, type TemporaryHome } from "./__fixtures__/temporary-home.ts";

const limit = 4;
const products = [1, 2, 3];

/** The truth: every spend that was acknowledged, in the state it was left in, kept apart from the store. */
interface Model {
  spends: Map<number, { productId: number; state: SpendState }>;
  refused: Set<number>;
}

interface World {
  home: TemporaryHome;
  model: Model;
}

function expectTruth({ home, model }: World): void {
  const { spends } = home.store;
  const found = spends.list({ limit: 1_000 });
  expect(found.map(({ id, productId, state }) => ({ id, productId, state }))).toEqual(
    [...model.spends].map(([id, spend]) => ({ id, ...spend })),
  );
  for (const productId of products) {
    const states = [...model.spends.values()]
      .filter((spend) => spend.productId === productId)
      .map(({ state }) => state);
    const spent = states.filter((state) => state === "confirmed").length;
    const inDoubt = states.filter((state) => state === "reserved" || state === "in-doubt").length;
    const refusedByShop = model.refused.has(productId);
    const left = refusedByShop ? 0 : Math.max(0, limit - spent - inDoubt);
    expect(spends.quotaOf(productId, limit)).toEqual({ productId, limit, spent, inDoubt, left, refusedByShop });
    for (const row of spends.listQuotas(limit)) if (row.productId === productId) expect(row.left).toBe(left);
  }
}

/** Picks a spend of the model in a given state by a number from the generator. */
function pick(model: Model, state: SpendState, number: number): number | undefined {
  const ids = [...model.spends].filter(([, spend]) => spend.state === state).map(([id]) => id);
  return ids[number % Math.max(1, ids.length)];
}

type Step = (world: World) => void;

/** What a crash, a person or a disk does to the files. After each the store is opened again and must know everything. */
const mishaps: Record<string, Step> = {
  "kill -9": (world) => {
    world.home = world.home.copyAsAfterKill();
  },
  "database emptied": ({ home }) => {
    home.close();
    truncateSync(home.path, 0);
  },
  "database deleted": ({ home }) => {
    home.close();
    rmSync(home.path);
  },
  "database overwritten": ({ home }) => {
    home.close();
    writeFileSync(home.path, "<html>");
  },
  "database halved": ({ home }) => {
    home.close();
    truncateSync(home.path, readFileSync(home.path).length >> 1);
  },
  "log lost after kill -9": (world) => {
    world.home = world.home.copyAsAfterKill();
    rmSync(`${world.home.path}-wal`, { force: true });
  },
  "database put back from an older copy": ({ home }) => {
    home.close();
    const copy = `${home.path}.of-a-person`;
    if (existsSync(copy)) copyFileSync(copy, home.path);
  },
  "database copied": ({ home }) => {
    home.close();
    copyFileSync(home.path, `${home.path}.of-a-person`);
  },
  "ledger's file lost": ({ home }) => {
    home.close();
    rmSync(home.ledgerPath);
  },
  "ledger's file torn": ({ home }) => {
    home.close();
    const lines = readFileSync(home.ledgerPath, "utf8");
    writeFileSync(home.ledgerPath, `${lines}${lines.slice(0, 40)}`);
  },
  "ledger's file halved": ({ home }) => {
    home.close();
    truncateSync(home.ledgerPath, readFileSync(home.ledgerPath).length >> 1);
  },
};

const steps = {
  reserve: fc
    .record({
      productId: fc.constantFrom(...products),
      downloadId: fc.constantFrom("a", "b"),
      revision: fc.constantFrom("1", "2", "3"),
    })
    .map(
      ({ productId, ...about }): Step =>
        ({ home, model }) => {
          const row = planFor(home.store, productId, about);
          // A row that was lost with an older database may be waiting for its answer under another number.
          if (
            home.store.spends
              .spendsOfRevision(productId, about.downloadId, about.revision)
              .some(({ state }) => state === "reserved")
          ) {
            expect(() => reserveFor(home.store, row)).toThrow(/asked for already/);
            return;
          }
          model.spends.set(reserveFor(home.store, row).id, { productId, state: "reserved" });
        },
    ),
  settle: fc.record({ outcome: fc.constantFrom("confirmed", "released", "in-doubt"), number: fc.nat(100) }).map(
    ({ outcome, number }): Step =>
      ({ home, model }) => {
        const id = pick(model, "reserved", number);
        const spend = id === undefined ? undefined : model.spends.get(id);
        if (id === undefined || spend === undefined) return;
        const { spends } = home.store;
        if (outcome === "confirmed") spends.confirm(id, "A link came.");
        else if (outcome === "released") spends.release(id, "The shop refused.");
        else spends.markInDoubt(id, "No answer came.");
        spend.state = outcome as SpendState;
      },
  ),
  resolve: fc.record({ outcome: fc.constantFrom("confirmed", "released"), number: fc.nat(100) }).map(
    ({ outcome, number }): Step =>
      ({ home, model }) => {
        const id = pick(model, "in-doubt", number);
        const spend = id === undefined ? undefined : model.spends.get(id);
        if (id === undefined || spend === undefined) return;
        home.store.spends.resolveInDoubt(id, outcome as "confirmed", "A person looked it up.");
        spend.state = outcome as SpendState;
      },
  ),
  settleLeftovers: fc.constant<Step>(({ home, model }) => {
    const left = home.store.spends.settleLeftovers().map(({ id }) => id);
    expect(left).toEqual([...model.spends].filter(([, { state }]) => state === "reserved").map(([id]) => id));
    for (const spend of model.spends.values()) if (spend.state === "reserved") spend.state = "in-doubt";
  }),
  refusal: fc.record({ productId: fc.constantFrom(...products), refused: fc.boolean() }).map(
    ({ productId, refused }): Step =>
      ({ home, model }) => {
        const { spends } = home.store;
        if (refused) spends.recordRefusal({ productId, evidence: "Download limit exceeded." });
        else spends.clearRefusal({ productId, evidence: "A person said so." });
        if (refused) model.refused.add(productId);
        else model.refused.delete(productId);
      },
  ),
  // Several in a row: each start must leave both copies able to stand in for the other.
  mishaps: fc.array(fc.constantFrom(...Object.keys(mishaps)), { minLength: 1, maxLength: 3 }).map(
    (names): Step =>
      (world) => {
        for (const name of names) {
          const before = world.home.store.spends.list({ limit: 1_000 });
          mishaps[name]?.(world);
          expect(world.home.open().spends.list({ limit: 1_000 }), name).toEqual(before);
        }
      },
  ),
};

test("whatever happens to the files, the ledger neither forgets a spend nor gives one back", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          { arbitrary: steps.reserve, weight: 6 },
          { arbitrary: steps.settle, weight: 5 },
          { arbitrary: steps.resolve, weight: 2 },
          { arbitrary: steps.settleLeftovers, weight: 1 },
          { arbitrary: steps.refusal, weight: 1 },
          { arbitrary: steps.mishaps, weight: 5 },
        ),
        { minLength: 5, maxLength: 40 },
      ),
      (sequence) => {
        const world: World = { home: createTemporaryHome(), model: { spends: new Map(), refused: new Set() } };
        try {
          world.home.open();
          for (const step of sequence) {
            step(world);
            expectTruth(world);
          }
        } finally {
          world.home.remove();
        }
      },
    ),
    { numRuns: 60 },
  );
});
