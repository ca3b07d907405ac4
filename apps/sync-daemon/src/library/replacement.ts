import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../domain/failure.ts";
import { replacedFolderName } from "../domain/library-layout.ts";
import type { Manifest } from "../domain/manifest.ts";
import { removeIfEmpty } from "./asset-files.ts";
import { renameDurably, syncFolder, systemErrorCode } from "./durable-rename.ts";
import type { Library } from "./open-library.ts";
import { toSegments, withRealFolder } from "./real-folder.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

// One replacement is one folder `.sync/replaced/<number>-<productId>` with the old asset in `asset` and one of these:
// the first while the two renames are under way, the second once both are done.
const journalName = "journal.json";
const doneName = "replaced.json";
/** The old asset, inside a replacement's folder. */
export const asideName = "asset";

const keyPattern = /^(\d{6,9})-\d+$/;

const identitySchema = z.object({
  source: z.string(),
  productId: z.int(),
  downloadId: z.string(),
  revision: z.string(),
  archiveSha256: z.string(),
});

/** Which content of which download an asset is. */
export type AssetIdentity = z.infer<typeof identitySchema>;

const recordSchema = z.object({
  format: z.literal(1),
  /** Where the asset lies, relative to the library's root. */
  folder: z.string(),
  /** Where the new asset waits, relative to the library's root. */
  incoming: z.string(),
  old: identitySchema,
  new: identitySchema,
});

/** What is known about one replacement; enough to finish it or take it back. */
export type ReplacementRecord = z.infer<typeof recordSchema>;

export interface Replacement {
  /** Name of its folder; a later replacement has a greater number. */
  readonly key: string;
  readonly state: "under-way" | "done" | "unrecorded";
  /** Null only if unrecorded: we died before it was written, or it cannot be read. */
  readonly record: ReplacementRecord | null;
}

export function toIdentity(manifest: Omit<Manifest, "files">): AssetIdentity {
  const { source, productId, downloadId, revision, archive } = manifest;
  return { source, productId, downloadId, revision, archiveSha256: archive?.sha256 ?? "" };
}

export function isIdentical(one: AssetIdentity, other: AssetIdentity): boolean {
  return (
    isSameProductDownload(one, other) && one.revision === other.revision && one.archiveSha256 === other.archiveSha256
  );
}

export function isSameProductDownload(one: AssetIdentity, other: AssetIdentity): boolean {
  return one.source === other.source && one.productId === other.productId && one.downloadId === other.downloadId;
}

/** The path of a replacement's folder relative to the library's root. */
export function replacementFolder(key: string): string {
  return `${replacedFolderName}/${key}`;
}

/** Is it the path of an old asset set aside, relative to a library's root? */
export function isAsidePath(folder: string): boolean {
  const [sync, replaced, key, name, ...more] = folder.split("/");
  return (
    `${sync}/${replaced}` === replacedFolderName &&
    keyPattern.test(key ?? "") &&
    name === asideName &&
    more.length === 0
  );
}

function numberOf(key: string): number {
  return Number(keyPattern.exec(key)?.[1] ?? 0);
}

function productOf(key: string): number {
  return Number(key.slice(key.indexOf("-") + 1));
}

// A record that leads elsewhere is not of our making.
function isInsideLibrary(folder: string): boolean {
  try {
    return toSegments(folder).length > 0;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

async function readRecord(path: string): Promise<ReplacementRecord | null> {
  try {
    const record = recordSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return record.success && isInsideLibrary(record.data.folder) ? record.data : null;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * All replacements, oldest first, or those of some products; their names say whose they are. What else lies in
 * `.sync/replaced` is passed over.
 */
export async function listReplacements(library: Library, ofProducts?: ReadonlySet<number>): Promise<Replacement[]> {
  try {
    return await withRealFolder({ library, folder: replacedFolderName }, async (path) => {
      const found: Replacement[] = [];
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (!entry.isDirectory() || !keyPattern.test(entry.name)) continue;
        if (ofProducts !== undefined && !ofProducts.has(productOf(entry.name))) continue;
        const underWay = await readRecord(join(path, entry.name, journalName));
        const record = underWay ?? (await readRecord(join(path, entry.name, doneName)));
        const recordedState = underWay === null ? "done" : "under-way";
        found.push({ key: entry.name, state: record === null ? "unrecorded" : recordedState, record });
      }
      return found.sort((one, other) => numberOf(one.key) - numberOf(other.key));
    });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

// Several assets may be replaced at once, so the folder's creation decides who has a number.
async function createNumbered(library: Library, firstNumber: number, productId: number): Promise<string> {
  return await withRealFolder({ library, folder: replacedFolderName, createMissing: true }, async (path) => {
    for (let number = firstNumber; ; number += 1) {
      const key = `${String(number).padStart(6, "0")}-${productId}`;
      try {
        await mkdir(join(path, key));
        await syncFolder(path);
        return key;
      } catch (error) {
        if (systemErrorCode(error) !== "EEXIST") throw error;
      }
    }
  });
}

/** Writes down, durably, that a replacement is about to happen. Returns its key. */
export async function beginReplacement(library: Library, record: ReplacementRecord): Promise<string> {
  const earlier = await listReplacements(library);
  const key = await createNumbered(library, numberOf(earlier.at(-1)?.key ?? "") + 1, record.old.productId);
  await withRealFolder({ library, folder: replacementFolder(key) }, (path) =>
    writeFileAtomic({ path: join(path, journalName), text: `${JSON.stringify(record, null, 1)}\n` }),
  );
  return key;
}

/** Writes down, durably, that both renames happened. The old asset stays aside until a later replacement. */
export async function finishReplacement(library: Library, key: string): Promise<void> {
  await withRealFolder({ library, folder: replacementFolder(key) }, (path) =>
    renameDurably(join(path, journalName), join(path, doneName)),
  );
}

/** Removes a replacement's record and folder, if the old asset is no longer in it. Anything else in it stays. */
export async function forgetReplacement(library: Library, key: string): Promise<void> {
  await withRealFolder({ library, folder: replacementFolder(key) }, async (path) => {
    if ((await readdir(path)).includes(asideName)) return;
    await rm(join(path, journalName), { force: true });
    await rm(join(path, doneName), { force: true });
  });
  await withRealFolder({ library, folder: replacedFolderName }, (path) => removeIfEmpty(join(path, key)));
}
