import { join } from "node:path";
import type { Download } from "../domain/download.ts";
import type { Link } from "../domain/source.ts";
import { type Catalogs, createCatalogs } from "./catalogs.ts";
import { createFavourites, type Favourites } from "./favourites.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createLedgerFile } from "./ledger-file.ts";
import { createLedgerRows } from "./ledger-rows.ts";
import { loadMigrations } from "./migrations.ts";
import { type Opened, openDatabase } from "./open-database.ts";
import { reconcileLedger } from "./reconcile-ledger.ts";
import { createSourceState, type SourceState } from "./source-state.ts";
import { createSpends, type Spends } from "./spends.ts";
import { toSqliteFailure } from "./sqlite-failure.ts";

interface LinkAnswer {
  readonly spendId: number;
  readonly downloadRowId: number;
  readonly link: Link;
  readonly evidence: string;
}

/** All that must survive a restart: journal, ledger and facts of the source in `state.db` and `ledger.jsonl`, and which
 * catalog database is in use. */
export interface Store {
  /** How the state was found; `message` is for people. */
  readonly opened: Opened;
  readonly journal: Journal;
  readonly spends: Spends;
  readonly catalogs: Catalogs;
  readonly sourceState: SourceState;
  readonly favourites: Favourites;
  /** The shop handed out a link: confirms the spend and keeps the link with the download, both or neither. */
  recordLink(answer: LinkAnswer): Download;
  /**
   * Writes down what `recordLink` could not, because the disk was full for example: the answer is kept in memory, so that
   * a link that is paid for is not asked for again. Undefined where nothing is waiting; throws where it still cannot be.
   */
  recordWaitingLink(downloadRowId: number): Download | undefined;
  /** Frees the files. Everything is on the disk before, so a store that is never closed loses nothing. */
  close(): void;
}

/**
 * Opens the state in `folder`, or creates it. A damaged database is set aside, never deleted, and rebuilt from what is
 * left of the ledger; `opened` says so. Blocks until all of `state.db` was checked, which is small: the catalog has its own
 * database. The caller must hold the folder's lock (`lockHome`).
 *
 * Throws `state-damaged` for a database of a newer asset-sync or one that another program keeps locked, `disk-full` or
 * `disk-failed` where the folder cannot be used.
 */
export function openStore(settings: {
  folder: string;
  now: () => number /** Backups made before migrations. */;
  keepBackups?: number;
}): Store {
  const { folder, now, keepBackups = 5 } = settings;
  const { connection, database, ledgerPath, ledger, opened } = openDatabase({
    folder,
    now,
    keepBackups,
    migrations: loadMigrations(),
  });
  try {
    const rows = createLedgerRows(database);
    const ledgerFile = createLedgerFile({ path: ledgerPath, now, listEntries: rows.list });
    const { restored, missingInFile } = reconcileLedger(database, rows, { file: ledger.entries, databases: [] });
    ledgerFile.append(missingInFile);

    const journal = createJournal(database, now);
    const spends = createSpends({ database, ledgerFile, now });
    const waitingLinks = new Map<number, LinkAnswer>();
    const recordLink = (answer: LinkAnswer): Download => {
      const { spendId, downloadRowId, link, evidence } = answer;
      waitingLinks.set(downloadRowId, answer);
      const linked = database.transact(() => {
        const madeFor = spends.find(spendId)?.downloadRowId;
        if (madeFor !== downloadRowId) {
          throw new Error(`Spend ${spendId} was not made for download ${downloadRowId}.`);
        }
        spends.confirm(spendId, evidence);
        return journal.markLinked(downloadRowId, link);
      });
      waitingLinks.delete(downloadRowId);
      return linked;
    };
    const catalogs = createCatalogs({ database, folder: join(folder, "catalogs"), now });
    return {
      opened: { state: opened.state, message: [opened.message, ...describeLedger({ restored, ...ledger })].join(" ") },
      journal,
      spends,
      catalogs,
      sourceState: createSourceState(database, now),
      favourites: createFavourites(database, now),
      recordLink,
      recordWaitingLink(downloadRowId) {
        const answer = waitingLinks.get(downloadRowId);
        return answer === undefined ? undefined : recordLink(answer);
      },
      close() {
        catalogs.close();
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw toSqliteFailure(error, join(folder, "state.db"));
  }
}

function describeLedger(found: { restored: number; damagedLines: number }): string[] {
  const sentences: string[] = [];
  if (found.restored > 0) {
    sentences.push(
      `It was older than ledger.jsonl: ${found.restored} of the ledger's entries were taken over from there.`,
    );
  }
  if (found.damagedLines > 0) {
    sentences.push(
      `${found.damagedLines === 1 ? "1 line" : `${found.damagedLines} lines`} of ledger.jsonl cannot be read; no spend relies on one line alone.`,
    );
  }
  return sentences;
}
