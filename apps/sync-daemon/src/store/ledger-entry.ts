import { crc32 } from "node:zlib";
import { z } from "zod";
import type { Spend, SpendState } from "../domain/quota.ts";

const spendEntrySchema = z.object({
  kind: z.literal("spend"),
  /** The spend's name outside any one database. */
  key: z.string().min(1),
  id: z.int().positive(),
  productId: z.int(),
  downloadId: z.string(),
  revision: z.string(),
  state: z.enum(["reserved", "confirmed", "released", "in-doubt"]),
  requester: z.enum(["rule", "person"]),
  downloadRowId: z.int(),
  evidence: z.string(),
  reservedAtMs: z.int(),
  settledAtMs: z.int().nullable(),
  /** Counts the states it went through, from 1. */
  change: z.int().positive(),
});

const refusalEntrySchema = z.object({
  kind: z.literal("refusal"),
  productId: z.int(),
  refused: z.boolean(),
  evidence: z.string(),
  atMs: z.int(),
  change: z.int().positive(),
});

const ledgerEntrySchema = z.discriminatedUnion("kind", [spendEntrySchema, refusalEntrySchema]);

/** A spend as it was after one of its changes. Whole each time, so that any one line of the ledger is enough. */
export type SpendEntry = Readonly<z.infer<typeof spendEntrySchema>>;
/** What the shop said last about a product's quota. */
export type RefusalEntry = Readonly<z.infer<typeof refusalEntrySchema>>;
export type LedgerEntry = SpendEntry | RefusalEntry;

const checkOf = (text: string): string => crc32(text).toString(16).padStart(8, "0");
const linePattern = /^\{"check":"([0-9a-f]{8})","entry":(.*)\}$/s;

/** One line of `ledger.jsonl`, with its line end. `check` is CRC-32 of the entry's text: a flipped bit must not make a spend vanish. */
export function formatLedgerLine(entry: LedgerEntry): string {
  const text = JSON.stringify(entry);
  return `{"check":"${checkOf(text)}","entry":${text}}\n`;
}

/** Undefined for a line that is torn, changed or not ours. */
export function parseLedgerLine(line: string): LedgerEntry | undefined {
  const [, check, text] = linePattern.exec(line) ?? [];
  if (text === undefined || checkOf(text) !== check) return undefined;
  const parsed = ledgerEntrySchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

export function spendOf(entry: SpendEntry): Spend {
  const { kind: _kind, key: _key, change: _change, ...spend } = entry;
  return spend;
}

/** How much a state takes from what is left, for the case that two copies of a spend went equally far. */
const weights: Readonly<Record<SpendState, number>> = { released: 0, reserved: 1, "in-doubt": 2, confirmed: 3 };

/** Does `candidate` know more than `known`? In a draw the one that leaves less to spend is believed. */
export function isNewer(candidate: LedgerEntry, known: LedgerEntry): boolean {
  if (candidate.change !== known.change) return candidate.change > known.change;
  if (candidate.kind === "spend" && known.kind === "spend") return weights[candidate.state] > weights[known.state];
  if (candidate.kind === "refusal" && known.kind === "refusal") return candidate.refused && !known.refused;
  return false;
}

/** What an entry is about: entries with the same subject are states of the same thing. */
export function subjectOf(entry: LedgerEntry): string {
  return entry.kind === "spend" ? `spend ${entry.key}` : `refusal ${entry.productId}`;
}

/** Of all entries, the newest about each subject. */
export function newestEntries(entries: Iterable<LedgerEntry>): Map<string, LedgerEntry> {
  const newest = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const subject = subjectOf(entry);
    const known = newest.get(subject);
    if (known === undefined || isNewer(entry, known)) newest.set(subject, entry);
  }
  return newest;
}
