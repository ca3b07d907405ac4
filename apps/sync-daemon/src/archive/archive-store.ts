import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, toFailure } from "../domain/failure.ts";
import {
  type ArchiveReceipt,
  formatReceipts,
  isSameDownload,
  isSha256,
  type NewReceipt,
  parseReceipts,
  type ReceiptKey,
} from "./archive-receipt.ts";
import { copyDurably, flushFile, flushFolder, unfinishedSuffix, writeTextDurably } from "./durable-file.ts";
import { hashFile } from "./hash-file.ts";

/**
 * The kept archives, by content hash: `<sha256>.zip` with its receipts in `<sha256>.json`, a list, because two products
 * may share one zip. `find`, `list` and `totalBytes` answer from memory and only about archives that are on disk.
 */
export interface ArchiveStore {
  /**
   * Takes the archive at `path` over, also from another device: afterwards it is at `pathOf(sha256)`, gone from `path`,
   * and on the disk with its receipt. May be called again after a crash at any point, also when `path` is already gone.
   */
  keep(archive: { path: string; sha256: string; receipt: NewReceipt }): Promise<void>;
  /** One that was not refused, where there is one. */
  find(key: ReceiptKey): ArchiveReceipt | undefined;
  list(): readonly ArchiveReceipt[];
  pathOf(sha256: string): string;
  /** Notes on every receipt of it why it was not extracted; `null` takes that back. */
  markRefused(sha256: string, refused: ArchiveReceipt["refused"]): Promise<void>;
  /** Reads the whole archive again. `missing`: it is not there; `damaged`: it has other bytes than its name says. */
  verify(sha256: string, options: { signal: AbortSignal }): Promise<"intact" | "damaged" | "missing">;
  /** What the archives take together, each counted once. */
  totalBytes(): number;
  /** Removes archive and receipts. */
  remove(sha256: string): Promise<void>;
}

interface KeptArchive {
  readonly receipts: readonly ArchiveReceipt[];
  readonly bytes: number;
}

/** What receipts are called from the decision to remove their archive until it is gone. */
const removalSuffix = ".removed";

/**
 * Opens or creates the store. Unfinished files of a killed run are removed, and a removal that was begun is brought to
 * its end. Receipts whose archive is not there for another reason stay, unused: it may come back.
 */
export async function openArchiveStore(options: { folder: string }): Promise<ArchiveStore> {
  const { folder } = options;
  const pathOf = (sha256: string): string => join(folder, `${checkedSha256(sha256)}.zip`);
  const receiptsPathOf = (sha256: string): string => join(folder, `${checkedSha256(sha256)}.json`);
  const removalPathOf = (sha256: string): string => join(folder, `${checkedSha256(sha256)}${removalSuffix}`);
  const finishRemoval = async (sha256: string): Promise<void> => {
    await rm(pathOf(sha256), { force: true });
    await rm(removalPathOf(sha256), { force: true });
    await flushFolder(folder);
  };
  const kept = await readStore({ folder, pathOf, finishRemoval });

  // Changes wait for each other: two receipts of one archive share a file.
  let lastChange: Promise<unknown> = Promise.resolve();
  const change = <T>(work: () => Promise<T>): Promise<T> => {
    const result = lastChange.then(work, work).catch((error: unknown) => {
      throw toFailure(error);
    });
    // Whoever asked for it hears of the failure; the next one only waits for the end.
    lastChange = result.catch(() => undefined);
    return result;
  };

  const writeReceipts = async (sha256: string, archive: KeptArchive): Promise<void> => {
    await writeTextDurably({ folder, path: receiptsPathOf(sha256), text: formatReceipts(archive.receipts) });
  };

  return {
    keep({ path, sha256, receipt }) {
      return change(async () => {
        const target = pathOf(sha256);
        // A removal that failed half-way must not take what comes now.
        await rm(removalPathOf(sha256), { force: true });
        const before = kept.get(sha256) ?? { receipts: await readReceipts(receiptsPathOf(sha256)), bytes: 0 };
        const others = before.receipts.filter((other) => !isSameDownload(other, receipt));
        const refused = before.receipts[0]?.refused ?? null;
        const archive = {
          receipts: [...others, { format: 1 as const, ...receipt, sha256, refused }],
          bytes: receipt.bytes,
        };
        // The receipt first: an archive without one could not be told apart, a receipt without an archive is ignored.
        await writeReceipts(sha256, archive);
        await moveInto({ path, target, folder, sha256, bytes: receipt.bytes });
        // From here on, also if a flush fails: what lies here is not fetched again.
        kept.set(sha256, archive);
        for (const moved of new Set([folder, dirname(path)])) await flushFolder(moved);
      });
    },
    find(key) {
      const found = [...kept.values()].flatMap(({ receipts }) => receipts.filter((one) => isSameDownload(one, key)));
      // Fetched again after a refusal there are two: the one that may be used counts.
      return found.find(({ refused }) => refused === null) ?? found[0];
    },
    list() {
      return [...kept.values()].flatMap(({ receipts }) => receipts);
    },
    pathOf,
    markRefused(sha256, refused) {
      return change(async () => {
        const archive = kept.get(sha256);
        if (archive === undefined) throw new Failure("unexpected", `No archive ${sha256} is kept.`);
        const receipts = archive.receipts.map((receipt) => ({ ...receipt, refused }));
        const marked = { ...archive, receipts };
        await writeReceipts(sha256, marked);
        kept.set(sha256, marked);
      });
    },
    async verify(sha256, { signal }) {
      try {
        if ((await sizeOf(pathOf(sha256))) === null) return "missing";
        return (await hashFile(pathOf(sha256), signal)) === sha256 ? "intact" : "damaged";
      } catch (error) {
        throw toFailure(error);
      }
    },
    totalBytes() {
      let total = 0;
      for (const { bytes } of kept.values()) total += bytes;
      return total;
    },
    remove(sha256) {
      return change(async () => {
        kept.delete(sha256);
        // On disk before anything is gone: whatever stops this, the next opening knows that no half of it is wanted.
        await rename(receiptsPathOf(sha256), removalPathOf(sha256)).catch((error: unknown) => {
          // Without receipts it is of no use to the next opening either.
          if (!isMissing(error)) throw error;
        });
        await flushFolder(folder);
        await finishRemoval(sha256);
      });
    },
  };
}

function checkedSha256(sha256: string): string {
  if (!isSha256(sha256)) throw new Failure("unexpected", `"${sha256}" is no SHA-256.`);
  return sha256;
}

async function readStore(store: {
  folder: string;
  pathOf: (sha256: string) => string;
  finishRemoval: (sha256: string) => Promise<void>;
}): Promise<Map<string, KeptArchive>> {
  const { folder, pathOf, finishRemoval } = store;
  const kept = new Map<string, KeptArchive>();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = await readdir(folder);
    for (const name of names) {
      if (name.endsWith(unfinishedSuffix)) await rm(join(folder, name), { force: true });
      const removed = name.slice(0, -removalSuffix.length);
      if (name.endsWith(removalSuffix) && isSha256(removed)) {
        // Receipts beside it are of the same zip that was kept again.
        if (names.includes(`${removed}.json`)) await rm(join(folder, name));
        else await finishRemoval(removed);
      }
      const sha256 = name.slice(0, -".json".length);
      if (!name.endsWith(".json") || !isSha256(sha256)) continue;
      const receipts = (await readReceipts(join(folder, name))).filter((receipt) => receipt.sha256 === sha256);
      const bytes = await sizeOf(pathOf(sha256));
      // An archive of another length than its receipt says was cut: as good as missing.
      if (bytes !== null && receipts.length > 0 && receipts.every((receipt) => receipt.bytes === bytes)) {
        kept.set(sha256, { receipts, bytes });
      }
    }
  } catch (error) {
    throw toFailure(error);
  }
  return kept;
}

async function readReceipts(path: string): Promise<readonly ArchiveReceipt[]> {
  try {
    return parseReceipts(await readFile(path, "utf8")) ?? [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function moveInto(move: {
  path: string;
  target: string;
  folder: string;
  sha256: string;
  bytes: number;
}): Promise<void> {
  const { path, target, folder, sha256, bytes } = move;
  const isThere = (await sizeOf(target)) === bytes;
  const isHere = (await sizeOf(path)) !== null;
  if (!isHere && isThere) return;
  // Ours even if one is there already: it was hashed a moment ago, the other may have rotted since.
  try {
    await flushFile(path);
    await rename(path, target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    await copyDurably({ from: path, folder, path: target, sha256 });
    await rm(path);
  }
}
