import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SpendState } from "../../../src/domain/quota.ts";
import { newestEntries, parseLedgerLine } from "../../../src/store/ledger-entry.ts";

/** One spend as it stands on the disk. */
export interface SpendLook {
  readonly key: string;
  readonly revision: string;
  readonly state: SpendState;
}

/** What the database of a home says was spent; nothing where there is none yet. Looks at a copy: opening it heals it. */
export function spendsInDatabase(home: string): SpendLook[] {
  if (!existsSync(join(home, "state.db"))) return [];
  const folder = mkdtempSync(join(tmpdir(), "asset-sync-ledger-"));
  for (const name of ["state.db", "state.db-wal"]) {
    if (existsSync(join(home, name))) copyFileSync(join(home, name), join(folder, name));
  }
  const database = new DatabaseSync(join(folder, "state.db"));
  try {
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'spends'").get() === undefined) return [];
    const rows = database.prepare("SELECT key, revision, state FROM spends ORDER BY id").all();
    return rows.map(({ key, revision, state }) => ({
      key: String(key),
      revision: String(revision),
      state: state as SpendState,
    }));
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `ledger.jsonl` says was spent, the newest line of each spend. */
export function spendsInFile(home: string): SpendLook[] {
  const path = join(home, "ledger.jsonl");
  if (!existsSync(path)) return [];
  const entries = readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => parseLedgerLine(line) ?? []);
  return [...newestEntries(entries).values()].flatMap((entry) =>
    entry.kind === "spend" ? [{ key: entry.key, revision: entry.revision, state: entry.state }] : [],
  );
}
