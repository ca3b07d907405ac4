import type { Database } from "./database.ts";
import { isNewer, type LedgerEntry, newestEntries, type SpendEntry, subjectOf } from "./ledger-entry.ts";
import type { LedgerRows } from "./ledger-rows.ts";

/** What bringing the copies of the ledger to agreement changed. */
export interface Reconciled {
  /** Rows the database did not have, or had in an older state. */
  readonly restored: number;
  /** Entries that the plain copy does not have, or has in an older state; the caller appends them. */
  readonly missingInFile: readonly LedgerEntry[];
}

/**
 * Makes the database's ledger the union of itself and its copies: of two states of one spend the one that went further
 * is believed, and nothing is ever taken away. So a database that was lost, emptied or replaced by an older one cannot
 * make a spend undone.
 *
 * @param copies.file what `ledger.jsonl` says. Its lines carry a checksum, so in a draw it wins over the database.
 * @param copies.databases what backups and damaged databases say; without a checksum they only add.
 */
export function reconcileLedger(
  database: Database,
  rows: LedgerRows,
  copies: { file: readonly LedgerEntry[]; databases: readonly LedgerEntry[] },
): Reconciled {
  return database.transact(() => {
    const here = new Map(rows.list().map((entry) => [subjectOf(entry), entry]));
    const inFile = newestEntries(copies.file);
    let restored = 0;
    const restore = (entry: LedgerEntry): void => {
      const isForeignId = entry.kind === "spend" && !here.has(subjectOf(entry)) && rows.isIdTaken(entry.id);
      rows.put(isForeignId ? { ...entry, id: 0 } : entry);
      restored += 1;
    };

    for (const [subject, entry] of inFile) {
      const known = here.get(subject);
      if (known === undefined || isNewer(entry, known) || (!isNewer(known, entry) && !isSame(known, entry))) {
        restore(entry);
      }
    }
    const known = new Map(rows.list().map((entry) => [subjectOf(entry), entry]));
    const reservations = new Set([...known.values()].map(reservationOf));
    for (const [subject, entry] of newestEntries(copies.databases)) {
      const there = known.get(subject);
      // With a changed key it would look like one more spend; what it is about says that it is not.
      const isSpoilt = there === undefined && entry.kind === "spend" && reservations.has(reservationOf(entry));
      if (!isSpoilt && (there === undefined || isNewer(entry, there))) restore(entry);
    }

    const after = rows.list();
    keepRowIdsUnused(database, after);
    const missingInFile = after.filter((entry) => {
      const filed = inFile.get(subjectOf(entry));
      return filed === undefined || isNewer(entry, filed);
    });
    return { restored, missingInFile };
  });
}

/** Names a spend by when and under which number it was reserved. */
function reservationOf(entry: LedgerEntry): string {
  return entry.kind === "spend" ? `${entry.id} ${entry.reservedAtMs}` : "";
}

/** Ids are left out: they belong to one database, and a restored row may have had to take another. */
function isSame(left: LedgerEntry, right: LedgerEntry): boolean {
  return JSON.stringify({ ...left, id: 0 }) === JSON.stringify({ ...right, id: 0 });
}

/**
 * A restored ledger speaks of download rows that the journal beside it may never have had. Their numbers must not be
 * given out again: a new row would inherit the spends and the partial file of another product.
 */
function keepRowIdsUnused(database: Database, entries: readonly LedgerEntry[]): void {
  const spends = entries.filter((entry): entry is SpendEntry => entry.kind === "spend");
  const highest = spends.reduce((most, { downloadRowId }) => Math.max(most, downloadRowId), 0);
  const sequence = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'downloads'").get();
  if (sequence === undefined) {
    database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('downloads', ?)").run(highest);
  } else database.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'downloads'").run(highest);
}
