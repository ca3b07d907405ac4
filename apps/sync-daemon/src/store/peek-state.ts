import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type AssetType, assetTypes } from "../domain/product.ts";
import type { Spend } from "../domain/quota.ts";
import { newestEntries, parseLedgerLine, spendOf } from "./ledger-entry.ts";

/** What `ledger.jsonl` says, without the database beside it. */
export interface LedgerPeek {
  readonly exists: boolean;
  readonly spends: readonly Spend[];
  /** Products of which the shop itself said that nothing is left. */
  readonly refused: ReadonlySet<number>;
  readonly damagedLines: number;
}

/** What of the state is needed to judge it, as it lies there. */
export interface StatePeek {
  readonly ledger: LedgerPeek;
  readonly libraryIds: Partial<Record<AssetType, string>>;
  /** The last refusal of a sign-in, whoever's. */
  readonly signInRefusal: { readonly accountFingerprint: string; readonly message: string } | null;
  /** Why the database could not be read; null where it could, or where there is none. */
  readonly problem: string | null;
}

const refusalSchema = z.object({ accountFingerprint: z.string(), message: z.string() });
const libraryIdsSchema = z.partialRecord(z.enum(assetTypes), z.string());

/** Reads the state of a home in which no daemon runs, and changes nothing in it: neither file is opened for writing. */
export async function peekState(folder: string): Promise<StatePeek> {
  const ledger = await peekLedger(join(folder, "ledger.jsonl"));
  try {
    const facts = await readFacts(folder);
    return {
      ledger,
      libraryIds: libraryIdsSchema.safeParse(facts.get("library-ids")).data ?? {},
      signInRefusal: refusalSchema.safeParse(facts.get("sign-in-refusal")).data ?? null,
      problem: null,
    };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ledger, libraryIds: {}, signInRefusal: null, problem };
  }
}

/** A line that is cut short at the end was never told to anybody as written; it is left as it is. */
async function peekLedger(path: string): Promise<LedgerPeek> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const lines = (text ?? "").split("\n");
  const tail = lines.pop() ?? "";
  const entries = [...lines.map(parseLedgerLine), ...(tail === "" ? [] : [parseLedgerLine(tail)])];
  const newest = [...newestEntries(entries.filter((entry) => entry !== undefined)).values()];
  return {
    exists: text !== null,
    spends: newest.flatMap((entry) => (entry.kind === "spend" ? [spendOf(entry)] : [])),
    refused: new Set(newest.flatMap((entry) => (entry.kind === "refusal" && entry.refused ? [entry.productId] : []))),
    damagedLines: lines.filter((line) => parseLedgerLine(line) === undefined).length,
  };
}

/** From a copy, because SQLite writes beside a database that it only reads. Empty where there is no database. */
async function readFacts(folder: string): Promise<Map<string, unknown>> {
  const scratch = await mkdtemp(join(tmpdir(), "asset-sync-look-"));
  try {
    const copy = join(scratch, "state.db");
    if (!(await copyIfThere(join(folder, "state.db"), copy))) return new Map();
    await copyIfThere(join(folder, "state.db-wal"), `${copy}-wal`);
    const database = new DatabaseSync(copy);
    try {
      const rows = database.prepare("SELECT name, value FROM source_facts").all();
      return new Map(rows.map(({ name, value }) => [String(name), JSON.parse(String(value))]));
    } finally {
      database.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
