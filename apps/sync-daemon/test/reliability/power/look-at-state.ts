import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseReceipts } from "../../../src/archive/archive-receipt.ts";
import { parseLedgerLine } from "../../../src/store/ledger-entry.ts";
import { sha256 } from "./look-at-library.ts";

export interface SpendSeen {
  readonly productId: number;
  readonly revision: string;
  readonly state: string;
}

export interface DownloadSeen {
  readonly productId: number;
  readonly revision: string;
  readonly state: string;
  readonly hasLink: boolean;
  readonly archiveSha256: string | null;
  readonly folder: string | null;
}

/** What the state on a disk says, read from a copy, so that looking changes nothing. */
export interface StateLook {
  /** `ok`, or what `PRAGMA integrity_check` or the opening said; null where there is no database. */
  readonly integrity: string | null;
  readonly spends: readonly SpendSeen[];
  /** Product of each spend in the ledger's plain copy. */
  readonly filed: readonly number[];
  readonly downloads: readonly DownloadSeen[];
  /** Kept archives that a row relies on and that are missing or have other bytes. */
  readonly brokenArchives: readonly string[];
}

export function lookAtState(settings: { home: string; within: string }): StateLook {
  const { home, within } = settings;
  const path = join(home, "state.db");
  if (!existsSync(path)) return { integrity: null, spends: [], filed: [], downloads: [], brokenArchives: [] };
  const copies = mkdtempSync(join(within, "state-"));
  try {
    for (const suffix of ["", "-wal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, join(copies, `state.db${suffix}`));
    const database = new DatabaseSync(join(copies, "state.db"));
    try {
      return read(database, home);
    } finally {
      database.close();
    }
  } catch (error) {
    return { integrity: String(error), spends: [], filed: [], downloads: [], brokenArchives: [] };
  } finally {
    rmSync(copies, { recursive: true });
  }
}

function read(database: DatabaseSync, home: string): StateLook {
  const integrity = String(Object.values(database.prepare("PRAGMA integrity_check").get() ?? {})[0]);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'spends'").all();
  if (tables.length === 0) return { integrity, spends: [], filed: [], downloads: [], brokenArchives: [] };
  const spends = database.prepare("SELECT product_id, revision, state FROM spends").all();
  const downloads = database
    .prepare("SELECT product_id, revision, state, link_url, archive_sha256, folder FROM downloads")
    .all();
  const seen = downloads.map((row) => ({
    productId: Number(row.product_id),
    revision: String(row.revision),
    state: String(row.state),
    hasLink: row.link_url !== null,
    archiveSha256: row.archive_sha256 === null ? null : String(row.archive_sha256),
    folder: row.folder === null ? null : String(row.folder),
  }));
  return {
    integrity,
    spends: spends.map((row) => ({
      productId: Number(row.product_id),
      revision: String(row.revision),
      state: String(row.state),
    })),
    filed: readFiled(home),
    downloads: seen,
    brokenArchives: seen.flatMap(({ state, archiveSha256 }) =>
      archiveSha256 !== null && (state === "fetched" || state === "committed")
        ? explainArchive(home, archiveSha256)
        : [],
    ),
  };
}

function explainArchive(home: string, hash: string): string[] {
  const path = join(home, "archives", `${hash}.zip`);
  if (!existsSync(path)) return [`${hash}.zip is missing`];
  if (sha256(readFileSync(path)) !== hash) return [`${hash}.zip has other bytes`];
  const receipts = join(home, "archives", `${hash}.json`);
  if (!existsSync(receipts)) return [`${hash}.json, the receipt, is missing`];
  return parseReceipts(readFileSync(receipts, "utf8")) === null ? [`${hash}.json, the receipt, is unreadable`] : [];
}

function readFiled(home: string): number[] {
  const path = join(home, "ledger.jsonl");
  if (!existsSync(path)) return [];
  const byKey = new Map<string, number>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const entry = parseLedgerLine(line);
    if (entry?.kind === "spend") byKey.set(entry.key, entry.productId);
  }
  return [...byKey.values()];
}
