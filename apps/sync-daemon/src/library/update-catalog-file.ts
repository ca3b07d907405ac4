import { createHash } from "node:crypto";
import { closeSync, constants, lstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../domain/failure.ts";
import { catalogFileName, syncFolderName } from "../domain/library-layout.ts";
import { encodeCatalogText } from "./catalog-text.ts";
import { systemErrorCode } from "./durable-rename.ts";
import { mergeCatalogFiles, readServedCatalogs } from "./merge-catalog-files.ts";
import { checkLibrary, explainLibraryError, type Library } from "./open-library.ts";
import { withRealFolder } from "./real-folder.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

/** The text before our last change, for people who want it back. Blender owns the name with `~`. */
export const previousCatalogFileName = `${catalogFileName}.before`;
/** SHA-256 of what we wrote last, so that the watcher tells our own change from a person's. */
const writtenHashName = `${catalogFileName}.sha256`;

/** A shop of 100,000 categories takes 8 MB. */
const maxCatalogFileBytes = 10 * 1024 * 1024;

/** How often the merge is done anew because Blender wrote meanwhile, and how long we wait for it to finish. */
const maxMerges = 5;
const blenderPauseMs = 100;
const maxBlenderWriteMs = 10_000;

export interface UpdatedCatalogFile {
  readonly changed: boolean;
  /** Why the file was left alone although it does not hold what it should; one sentence. */
  readonly problem: string | null;
  /** Why Blender had ignored the file, where it was mended; one sentence. */
  readonly mended: string | null;
}

interface OnDisk {
  readonly bytes: Uint8Array;
  readonly mode: number;
}

type Looked = { readonly file: OnDisk | null } | { readonly problem: string };

function readCatalogFile(path: string): Looked {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { file: null };
  if (!stats.isFile()) return { problem: "it is a link or no file; put a real file there." };
  if (stats.size > maxCatalogFileBytes) return { problem: "it is larger than 10 MB." };
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      return { file: { bytes: readFileSync(file), mode: stats.mode & 0o777 } };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return { file: null };
    throw error;
  }
}

function isSameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}

/** Blender writes this file, moves the old one away, then this one in: for an instant there is no catalog file. */
function isBlenderWriting(root: string): boolean {
  const stats = lstatSync(join(root, `${catalogFileName}.writing`), { throwIfNoEntry: false });
  // An old one was left by a Blender that crashed.
  return stats !== undefined && Math.abs(Date.now() - stats.mtimeMs) < maxBlenderWriteMs;
}

function hashCatalogFile(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Brings a library's catalog file up to `theirs`, newly served, keeping what a person changed since `base`, last served
 * (see `mergeCatalogFiles`). Writes only if something is different: whole, at once, and not over what Blender wrote
 * while we merged. The text before stays in `.sync`. Both texts came over plain HTTP and are not trusted; names such as
 * `&amp;` are plain text.
 *
 * Throws `feed-unreadable` if `theirs` is no catalog file, `feed-shrunken` if it holds nothing while `base` does, and
 * `library-…` or `disk-…`; the file is then as it was.
 */
export async function updateCatalogFile(update: {
  library: Library;
  base: string | null;
  theirs: string;
}): Promise<UpdatedCatalogFile> {
  const { library } = update;
  const scope = `${library.source}/${library.assetType}`;
  checkServed(update, scope);
  await checkLibrary(library);
  try {
    return await withRealFolder({ library, folder: "" }, async (root) => {
      for (let merges = 1; merges <= maxMerges; merges += 1) {
        const updated = await mergeOnce({ ...update, scope, root });
        if (updated !== "changed-meanwhile") return updated;
        await sleep(blenderPauseMs);
      }
      return { changed: false, problem: "The catalog file was left alone: it kept changing meanwhile.", mended: null };
    });
  } catch (error) {
    throw await explainLibraryError(library, error, { path: join(library.folder, catalogFileName), doing: "Updating" });
  }
}

function checkServed(served: { library: Library; base: string | null; theirs: string }, scope: string): void {
  const { base, theirs } = served;
  if (Buffer.byteLength(theirs) > maxCatalogFileBytes) {
    throw new Failure("feed-unreadable", `The shop's catalog file for ${scope} is larger than 10 MB.`);
  }
  if (readServedCatalogs(theirs, scope).length > 0 || base === null) return;
  if (readServedCatalogs(base, scope).length > 0) {
    throw new Failure("feed-shrunken", `The shop's catalog file for ${scope} holds nothing any more.`);
  }
}

async function mergeOnce(merge: {
  library: Library;
  base: string | null;
  theirs: string;
  scope: string;
  root: string;
}): Promise<UpdatedCatalogFile | "changed-meanwhile"> {
  const { library, root, base, theirs, scope } = merge;
  const path = join(root, catalogFileName);
  const looked = readCatalogFile(path);
  if ("problem" in looked) {
    return { changed: false, problem: `The catalog file was left alone: ${looked.problem}`, mended: null };
  }
  const { file } = looked;
  const merged = mergeCatalogFiles({ base, ours: file?.bytes ?? null, theirs, scope });
  const bytes = encodeCatalogText(merged.text);
  if (!merged.changed || isSameBytes(bytes, file?.bytes ?? null)) {
    return { changed: false, problem: merged.problem, mended: null };
  }

  await withRealFolder({ library, folder: syncFolderName, createMissing: true }, async (sync) => {
    if (file !== null) await writeFileAtomic({ path: join(sync, previousCatalogFileName), text: file.bytes });
    await writeFileAtomic({ path: join(sync, writtenHashName), text: `${hashCatalogFile(bytes)}\n` });
  });
  await checkLibrary(library);
  const isWritten = await writeFileAtomic({
    path,
    text: bytes,
    ...(file === null ? {} : { mode: file.mode }),
    confirm: () => {
      const now = readCatalogFile(path);
      return "file" in now && isSameBytes(now.file?.bytes ?? null, file?.bytes ?? null) && !isBlenderWriting(root);
    },
  });
  return isWritten ? { changed: true, problem: null, mended: merged.mended } : "changed-meanwhile";
}

/** What the catalog file on disk is now, for the watcher. */
export interface CatalogFileState {
  /** Of its content; null where there is none that can be read. */
  readonly sha256: string | null;
  /** Is it what we wrote last, or did we never write one? */
  readonly isOurs: boolean;
}

/** Looks whether the catalog file is still what we wrote last. */
export async function readCatalogFileState(library: Library): Promise<CatalogFileState> {
  return await withRealFolder({ library, folder: "" }, async (root) => {
    const looked = readCatalogFile(join(root, catalogFileName));
    const sha256 = "problem" in looked || looked.file === null ? null : hashCatalogFile(looked.file.bytes);
    const written = readCatalogFile(join(root, syncFolderName, writtenHashName));
    if ("problem" in written || written.file === null) return { sha256, isOurs: true };
    return { sha256, isOurs: Buffer.from(written.file.bytes).toString("utf8").trim() === sha256 };
  });
}
