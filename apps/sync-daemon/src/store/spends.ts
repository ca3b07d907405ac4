import { randomUUID } from "node:crypto";
import type { Requester } from "../domain/download.ts";
import { countQuota, type ProductQuota, type Spend, type SpendState } from "../domain/quota.ts";
import type { Database } from "./database.ts";
import { type SpendEntry, spendOf } from "./ledger-entry.ts";
import type { LedgerFile } from "./ledger-file.ts";
import { createLedgerRows, parseRefusalRow, parseSpendRow } from "./ledger-rows.ts";

/** What one download of a product has cost so far. `left` is the product's: the shop counts over all its archives. */
export interface DownloadQuota {
  readonly productId: number;
  readonly downloadId: string;
  readonly limit: number;
  readonly spent: number;
  readonly inDoubt: number;
  readonly left: number;
}

/**
 * The ledger of what was spent. Every change is on the disk when the method returns, in the database and in
 * `ledger.jsonl`. A spend is settled once: every other order of steps throws. `evidence` says what the shop answered, or
 * how it is known; it must hold no secret.
 */
export interface Spends {
  /**
   * To be called before the request that may spend leaves the machine, for a `planned` download row. If it throws,
   * nothing is reserved and nothing may be asked of the shop.
   */
  reserve(request: {
    productId: number;
    downloadId: string;
    revision: string;
    requester: Requester;
    downloadRowId: number;
    evidence: string;
  }): Spend;
  /** The shop handed out what was asked for. With a link use `store.recordLink`, which keeps the link in the same step. */
  confirm(id: number, evidence: string): Spend;
  /** The shop refused, or provably was never reached. */
  release(id: number, evidence: string): Spend;
  /** It was asked and nobody knows what became of it. Counts as spent. */
  markInDoubt(id: number, evidence: string): Spend;
  /** To be called once at the start: what was reserved and has no outcome is in doubt. Returns these. */
  settleLeftovers(): Spend[];
  /** The shop or a person said what became of a spend in doubt. */
  resolveInDoubt(id: number, outcome: "confirmed" | "released", evidence: string): Spend;
  /**
   * A spend known from a receipt (a manifest, a kept archive) that the ledger has nothing about: for a ledger that was
   * lost with all its copies. Undefined, and nothing written, if the revision's spend is known.
   */
  restore(receipt: { productId: number; downloadId: string; revision: string; evidence: string }): Spend | undefined;
  /** The shop itself said that nothing of this product is left. */
  recordRefusal(refusal: { productId: number; evidence: string }): void;
  clearRefusal(cleared: { productId: number; evidence: string }): void;
  find(id: number): Spend | undefined;
  quotaOf(productId: number, limit: number): ProductQuota;
  /** Of every product that a link was ever asked for or that the shop refused; all others have the whole limit left. */
  listProductQuotas(limit: number): readonly ProductQuota[];
  /** One row per product and archive that was ever asked for, by product. */
  listQuotas(limit: number): DownloadQuota[];
  spendsOfRevision(productId: number, downloadId: string, revision: string): Spend[];
  /** In the order in which they were reserved. */
  list(page?: { afterId?: number; limit?: number }): Spend[];
  /** The newest first: those before `beforeId`, of one product and in one state where these are given. */
  listNewest(page: {
    beforeId?: number | undefined;
    productId?: number | undefined;
    state?: SpendState | undefined;
    limit: number;
  }): Spend[];
}

export function createSpends(settings: { database: Database; ledgerFile: LedgerFile; now: () => number }): Spends {
  const { database, ledgerFile, now } = settings;
  const rows = createLedgerRows(database);
  const selectOne = database.prepare("SELECT * FROM spends WHERE id = ?");
  const selectKey = database.prepare("SELECT * FROM spends WHERE key = ?");
  const selectReserved = database.prepare("SELECT * FROM spends WHERE state = 'reserved' ORDER BY id");
  const selectStates = database.prepare("SELECT state FROM spends WHERE product_id = ?");
  const selectRevision = database.prepare(
    "SELECT * FROM spends WHERE product_id = ? AND download_id = ? AND revision = ? ORDER BY id",
  );
  const selectPage = database.prepare("SELECT * FROM spends WHERE id > ? ORDER BY id LIMIT ?");
  const selectNewest = database.prepare(`
    SELECT * FROM spends WHERE id < ?1 AND (?2 IS NULL OR product_id = ?2) AND (?3 IS NULL OR state = ?3)
    ORDER BY id DESC LIMIT ?4`);
  const selectArchives = database.prepare(`
    SELECT product_id, download_id, sum(state = 'confirmed') AS spent, sum(state IN ('reserved', 'in-doubt')) AS in_doubt
    FROM spends GROUP BY product_id, download_id ORDER BY product_id, min(id)`);
  const selectProducts = database.prepare("SELECT product_id, state FROM spends ORDER BY product_id");
  const selectRefused = database.prepare("SELECT product_id FROM quota_refusals WHERE refused = 1");
  const selectChanges = database.prepare("SELECT total_changes() AS changes");
  /** Asked for with every search: kept until anything is written. */
  let listed: { state: string; quotas: readonly ProductQuota[] } | undefined;
  const selectRefusal = database.prepare("SELECT * FROM quota_refusals WHERE product_id = ?");
  const selectDownload = database.prepare(
    "SELECT product_id, download_id, revision, state FROM downloads WHERE id = ?",
  );

  function demand(id: number, step: string, allowed: readonly SpendState[]): SpendEntry {
    const row = selectOne.get(id);
    if (row === undefined) throw new Error(`There is no spend ${id} to ${step}.`);
    const entry = parseSpendRow(row);
    if (!allowed.includes(entry.state)) {
      throw new Error(
        `Spend ${id} of product ${entry.productId} is ${entry.state}, so it cannot be changed by ${step}.`,
      );
    }
    return entry;
  }

  /**
   * The one door to an outcome. The database first: a link that came stands in the same transaction, and a crash before
   * it would lose what was paid for. The plain copy follows, or catches up later.
   */
  function settle(step: string, id: number, change: { from: SpendState; to: SpendState; evidence: string }): Spend {
    return database.transact(() => {
      const before = demand(id, step, [change.from]);
      const after: SpendEntry = {
        ...before,
        state: change.to,
        evidence: change.evidence,
        settledAtMs: now(),
        change: before.change + 1,
      };
      rows.put(after);
      database.afterCommit(() => ledgerFile.follow([after]));
      return spendOf(after);
    });
  }

  function insert(entry: Omit<SpendEntry, "kind" | "key" | "id" | "change">): SpendEntry {
    const key = randomUUID();
    rows.put({ kind: "spend", key, id: 0, change: 1, ...entry });
    const row = selectKey.get(key);
    if (row === undefined) throw new Error(`The spend ${key} was written and is not there.`);
    return parseSpendRow(row);
  }

  function refuse(refusal: { productId: number; refused: boolean; evidence: string }): void {
    database.transact(() => {
      const row = selectRefusal.get(refusal.productId);
      const before = row === undefined ? undefined : parseRefusalRow(row);
      if (before === undefined && !refusal.refused) return;
      const after = { kind: "refusal", ...refusal, atMs: now(), change: (before?.change ?? 0) + 1 } as const;
      rows.put(after);
      database.afterCommit(() => ledgerFile.follow([after]));
    });
  }

  function demandPlannedRow(request: Parameters<Spends["reserve"]>[0]): void {
    const row = selectDownload.get(request.downloadRowId);
    const isSame =
      row?.product_id === request.productId &&
      row.download_id === request.downloadId &&
      row.revision === request.revision;
    if (!isSame || row.state !== "planned") {
      throw new Error(
        `Download ${request.downloadRowId} is not a planned one of product ${request.productId}, so nothing is spent for it.`,
      );
    }
  }

  function quotaOf(productId: number, limit: number): ProductQuota {
    const refusal = selectRefusal.get(productId);
    return countQuota({
      productId,
      spends: selectStates.all(productId).map(({ state }) => ({ state: parseState(state) })),
      limit,
      refusedByShop: refusal !== undefined && parseRefusalRow(refusal).refused,
    });
  }

  return {
    reserve(request) {
      let reserved: SpendEntry | undefined;
      try {
        database.transact(() => {
          demandPlannedRow(request);
          const { evidence, ...about } = request;
          if (
            selectRevision.all(about.productId, about.downloadId, about.revision).map(parseSpendRow).some(isWaiting)
          ) {
            throw new Error(
              `A download of product ${about.productId} is being asked for already; two requests could both be charged.`,
            );
          }
          const entry = insert({ ...about, state: "reserved", evidence, reservedAtMs: now(), settledAtMs: null });
          ledgerFile.append([entry]);
          reserved = entry;
        });
      } catch (error) {
        // The line is on the disk and the row is not: say in the plain copy that nothing was asked for.
        if (reserved !== undefined) {
          const evidence = "It could not be recorded, so nothing was asked of the shop.";
          ledgerFile.follow([{ ...reserved, state: "released", evidence, settledAtMs: now(), change: 2 }]);
        }
        throw error;
      }
      if (reserved === undefined) throw new Error("A spend was reserved without an entry.");
      return spendOf(reserved);
    },
    confirm: (id, evidence) => settle("confirm", id, { from: "reserved", to: "confirmed", evidence }),
    release: (id, evidence) => settle("release", id, { from: "reserved", to: "released", evidence }),
    markInDoubt: (id, evidence) => settle("markInDoubt", id, { from: "reserved", to: "in-doubt", evidence }),
    resolveInDoubt: (id, outcome, evidence) =>
      settle("resolveInDoubt", id, { from: "in-doubt", to: outcome, evidence }),
    settleLeftovers: () =>
      database.transact(() =>
        selectReserved
          .all()
          .map(parseSpendRow)
          .map(({ id, evidence }) =>
            settle("settleLeftovers", id, {
              from: "reserved",
              to: "in-doubt",
              evidence: `${evidence} (The daemon ended before the shop's answer was recorded.)`,
            }),
          ),
      ),
    restore: ({ productId, downloadId, revision, evidence }) =>
      database.transact(() => {
        const known = selectRevision.all(productId, downloadId, revision).map(parseSpendRow);
        if (known.some(({ state }) => state !== "released")) return undefined;
        const at = now();
        // Row 0 is no row: what it was made for is not known any more.
        const about = { productId, downloadId, revision, requester: "rule", downloadRowId: 0 } as const;
        const entry = insert({ ...about, state: "confirmed", evidence, reservedAtMs: at, settledAtMs: at });
        database.afterCommit(() => ledgerFile.follow([entry]));
        return spendOf(entry);
      }),
    recordRefusal: ({ productId, evidence }) => refuse({ productId, refused: true, evidence }),
    clearRefusal: ({ productId, evidence }) => refuse({ productId, refused: false, evidence }),
    find(id) {
      const row = selectOne.get(id);
      return row === undefined ? undefined : spendOf(parseSpendRow(row));
    },
    quotaOf,
    listProductQuotas(limit) {
      const state = `${limit} ${selectChanges.get()?.changes}`;
      if (listed?.state === state) return listed.quotas;
      const refused = new Set(selectRefused.all().map((row) => Number(row.product_id)));
      const spends = Map.groupBy(selectProducts.all(), (row) => Number(row.product_id));
      const quotas = [...new Set([...spends.keys(), ...refused])].map((productId) =>
        countQuota({
          productId,
          spends: (spends.get(productId) ?? []).map(({ state }) => ({ state: parseState(state) })),
          limit,
          refusedByShop: refused.has(productId),
        }),
      );
      listed = { state, quotas };
      return quotas;
    },
    listQuotas: (limit) =>
      selectArchives.all().map((row) => {
        const productId = Number(row.product_id);
        const { left } = quotaOf(productId, limit);
        const [spent, inDoubt] = [Number(row.spent), Number(row.in_doubt)];
        return { productId, downloadId: String(row.download_id), limit, spent, inDoubt, left };
      }),
    spendsOfRevision: (productId, downloadId, revision) =>
      selectRevision.all(productId, downloadId, revision).map((row) => spendOf(parseSpendRow(row))),
    list: ({ afterId = 0, limit = 1_000 } = {}) =>
      selectPage.all(afterId, limit).map((row) => spendOf(parseSpendRow(row))),
    listNewest: ({ beforeId = Number.MAX_SAFE_INTEGER, productId = null, state = null, limit }) =>
      selectNewest.all(beforeId, productId, state, limit).map((row) => spendOf(parseSpendRow(row))),
  };
}

const isWaiting = ({ state }: Pick<SpendEntry, "state">): boolean => state === "reserved";

function parseState(value: unknown): SpendState {
  if (value === "reserved" || value === "confirmed" || value === "released" || value === "in-doubt") return value;
  throw new Error(`A spend has the unknown state ${String(value)}.`);
}
