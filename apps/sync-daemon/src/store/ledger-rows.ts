import { z } from "zod";
import type { Database, Row } from "./database.ts";
import type { LedgerEntry, RefusalEntry, SpendEntry } from "./ledger-entry.ts";

const spendRowSchema = z.object({
  key: z.string(),
  id: z.int(),
  product_id: z.int(),
  download_id: z.string(),
  revision: z.string(),
  state: z.enum(["reserved", "confirmed", "released", "in-doubt"]),
  requester: z.enum(["rule", "person"]),
  download_row_id: z.int(),
  evidence: z.string(),
  reserved_at_ms: z.int(),
  settled_at_ms: z.int().nullable(),
  change: z.int(),
});

const refusalRowSchema = z.object({
  product_id: z.int(),
  refused: z.union([z.literal(0), z.literal(1)]),
  evidence: z.string(),
  at_ms: z.int(),
  change: z.int(),
});

/** Throws if the row is not what our schema says it is. */
export function parseSpendRow(row: Row): SpendEntry {
  const spend = spendRowSchema.parse(row);
  return {
    kind: "spend",
    key: spend.key,
    id: spend.id,
    productId: spend.product_id,
    downloadId: spend.download_id,
    revision: spend.revision,
    state: spend.state,
    requester: spend.requester,
    downloadRowId: spend.download_row_id,
    evidence: spend.evidence,
    reservedAtMs: spend.reserved_at_ms,
    settledAtMs: spend.settled_at_ms,
    change: spend.change,
  };
}

export function parseRefusalRow(row: Row): RefusalEntry {
  const { product_id, refused, evidence, at_ms, change } = refusalRowSchema.parse(row);
  return { kind: "refusal", productId: product_id, refused: refused === 1, evidence, atMs: at_ms, change };
}

/** The ledger's rows in the database, whole: how they are written when their content is already decided. */
export interface LedgerRows {
  list(): LedgerEntry[];
  isIdTaken(id: number): boolean;
  /** Writes an entry over the row of its subject, or adds it; a spend whose `id` is 0 gets the next free one. */
  put(entry: LedgerEntry): void;
}

export function createLedgerRows(database: Database): LedgerRows {
  const listSpends = database.prepare("SELECT * FROM spends ORDER BY id");
  const listRefusals = database.prepare("SELECT * FROM quota_refusals ORDER BY product_id");
  const findId = database.prepare("SELECT 1 FROM spends WHERE id = ?");
  const putSpend = database.prepare(`
    INSERT INTO spends (id, key, product_id, download_id, revision, state, requester, download_row_id, evidence,
      reserved_at_ms, settled_at_ms, change)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET product_id = excluded.product_id, download_id = excluded.download_id,
      revision = excluded.revision, state = excluded.state, requester = excluded.requester,
      download_row_id = excluded.download_row_id, evidence = excluded.evidence,
      reserved_at_ms = excluded.reserved_at_ms, settled_at_ms = excluded.settled_at_ms, change = excluded.change`);
  const putRefusal = database.prepare(`
    INSERT INTO quota_refusals (product_id, refused, evidence, at_ms, change) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (product_id) DO UPDATE SET refused = excluded.refused, evidence = excluded.evidence,
      at_ms = excluded.at_ms, change = excluded.change`);

  return {
    list: () => [...listSpends.all().map(parseSpendRow), ...listRefusals.all().map(parseRefusalRow)],
    isIdTaken: (id) => findId.get(id) !== undefined,
    put(entry) {
      if (entry.kind === "refusal") {
        putRefusal.run(entry.productId, entry.refused ? 1 : 0, entry.evidence, entry.atMs, entry.change);
        return;
      }
      putSpend.run(
        entry.id === 0 ? null : entry.id,
        entry.key,
        entry.productId,
        entry.downloadId,
        entry.revision,
        entry.state,
        entry.requester,
        entry.downloadRowId,
        entry.evidence,
        entry.reservedAtMs,
        entry.settledAtMs,
        entry.change,
      );
    },
  };
}
