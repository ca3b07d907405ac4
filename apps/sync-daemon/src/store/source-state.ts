import { z } from "zod";
import { type AssetType, assetTypes } from "../domain/product.ts";
import type { Database } from "./database.ts";

const syncResultSchema = z.object({
  catalogRevision: z.string().nullable(),
  products: z.int(),
  skipped: z.int(),
  planned: z.int(),
  committed: z.int(),
  failed: z.array(z.object({ productId: z.int(), code: z.string(), message: z.string() })).readonly(),
  spent: z.int(),
  durationMs: z.number(),
});

/** What one sync did. */
export type SyncResult = Readonly<z.infer<typeof syncResultSchema>>;

/** Every fact by its name in the table, with its shape. */
const factSchemas = {
  "sign-in-refusal": z.object({ accountFingerprint: z.string(), message: z.string(), atMs: z.int() }),
  pause: z.object({ untilMs: z.int().nullable(), sinceMs: z.int() }),
  "library-ids": z.partialRecord(z.enum(assetTypes), z.string()),
  "held-back": z.array(z.int()),
  "library-move": z.object({ from: z.string(), to: z.string() }),
  "last-poll": z.object({ atMs: z.int() }),
  "last-sync": z.object({ atMs: z.int(), result: syncResultSchema }),
} as const;

type FactName = keyof typeof factSchemas;
type Fact<Name extends FactName> = z.infer<(typeof factSchemas)[Name]>;

/** Facts of the source and of following it that outlive a restart. Each is null until it is known. */
export interface SourceState {
  /** What the shop said when it refused this very account; null for another account or another password. */
  signInRefusal(accountFingerprint: () => string): string | null;
  /** Remembers a refusal, so that a wrong password is said once and not tried again. The fingerprint must not tell the password. */
  setSignInRefusal(accountFingerprint: string, message: string): void;
  clearSignInRefusal(): void;
  /** `untilMs` null: until a person resumes. A pause that is over is no pause. */
  pause(): { untilMs: number | null; sinceMs: number } | null;
  setPause(pause: { untilMs: number | null } | null): void;
  /** The id in the marker of the library that was there last: a folder with another id is another library. */
  libraryId(assetType: AssetType): string | null;
  setLibraryId(assetType: AssetType, id: string): void;
  /** Did a person go back to an older version of this product, so that no rule updates it? */
  isHeldBack(productId: number): boolean;
  setHeldBack(productId: number, held: boolean): void;
  /** A move of the libraries that has begun and not ended. */
  libraryMove(): { from: string; to: string } | null;
  setLibraryMove(move: { from: string; to: string } | null): void;
  lastPollAtMs(): number | null;
  setLastPoll(atMs: number): void;
  lastSync(): { atMs: number; result: SyncResult } | null;
  setLastSync(atMs: number, result: SyncResult): void;
}

export function createSourceState(database: Database, now: () => number): SourceState {
  const select = database.prepare("SELECT value FROM source_facts WHERE name = ?");
  const put = database.prepare("INSERT OR REPLACE INTO source_facts (name, value, updated_at_ms) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM source_facts WHERE name = ?");

  /** A fact in a shape that this version does not know any more is not known. */
  function read<Name extends FactName>(name: Name): Fact<Name> | null {
    const row = select.get(name);
    if (row === undefined) return null;
    const parsed = factSchemas[name].safeParse(JSON.parse(String(row.value)));
    return parsed.success ? (parsed.data as Fact<Name>) : null;
  }
  function write<Name extends FactName>(name: Name, value: Fact<Name> | null): void {
    if (value === null) remove.run(name);
    else put.run(name, JSON.stringify(value), now());
  }

  return {
    signInRefusal(accountFingerprint) {
      const refusal = read("sign-in-refusal");
      return refusal !== null && refusal.accountFingerprint === accountFingerprint() ? refusal.message : null;
    },
    setSignInRefusal: (accountFingerprint, message) =>
      write("sign-in-refusal", { accountFingerprint, message, atMs: now() }),
    clearSignInRefusal: () => write("sign-in-refusal", null),
    pause() {
      const pause = read("pause");
      return pause === null || (pause.untilMs !== null && pause.untilMs <= now()) ? null : pause;
    },
    setPause: (pause) => write("pause", pause === null ? null : { ...pause, sinceMs: now() }),
    libraryId: (assetType) => read("library-ids")?.[assetType] ?? null,
    setLibraryId: (assetType, id) => write("library-ids", { ...read("library-ids"), [assetType]: id }),
    isHeldBack: (productId) => read("held-back")?.includes(productId) ?? false,
    setHeldBack(productId, held) {
      const others = (read("held-back") ?? []).filter((other) => other !== productId);
      write("held-back", held ? [...others, productId] : others);
    },
    libraryMove: () => read("library-move"),
    setLibraryMove: (move) => write("library-move", move),
    lastPollAtMs: () => read("last-poll")?.atMs ?? null,
    setLastPoll: (atMs) => write("last-poll", { atMs }),
    lastSync: () => read("last-sync"),
    setLastSync: (atMs, result) => write("last-sync", { atMs, result }),
  };
}
