import { randomBytes, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Failure } from "../domain/failure.ts";
import { markerFileName, syncFolderName } from "../domain/library-layout.ts";
import type { AssetType } from "../domain/product.ts";
import { lstatIfThere, syncFolder, systemErrorCode } from "./durable-rename.ts";
import { toLibraryFailure, withRealFolder } from "./real-folder.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

/** One Blender asset library that was opened: its root may be a link, nothing below it. Holds nothing open. */
export interface Library {
  /** Absolute path of its root. */
  readonly folder: string;
  readonly assetType: AssetType;
  readonly source: string;
  /** From its marker. */
  readonly id: string;
}

const markerSchema = z.object({ format: z.literal(1), id: z.uuid(), source: z.string(), assetType: z.string() });
type Marker = z.infer<typeof markerSchema>;

/** Larger than any marker of ours (130 bytes): what is bigger is not read. */
const maxMarkerBytes = 4096;

function missing(folder: string, what: string): Failure {
  const why = what.endsWith("?") ? what : `${what}.`;
  return new Failure("library-missing", `The library "${folder}" is not there: ${why} Nothing was written.`, {
    path: folder,
  });
}

function foreign(folder: string, what: string): Failure {
  return new Failure("library-foreign", `"${folder}" is not the library that was expected: ${what}.`, { path: folder });
}

async function readMarker(folder: string): Promise<Marker | null> {
  const path = join(folder, markerFileName);
  const stats = await lstatIfThere(path);
  if (stats === null) return null;
  if (!stats.isFile() || stats.size > maxMarkerBytes)
    throw foreign(folder, `its ${markerFileName} is no marker of ours`);
  let text: string;
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      text = await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw toLibraryFailure(error, path, "Reading");
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = null;
  }
  const marker = markerSchema.safeParse(content);
  if (!marker.success) throw foreign(folder, `its ${markerFileName} cannot be read; restore it or remove it`);
  return marker.data;
}

/** Is the folder itself there? `absent`, or what else it is. */
async function findRoot(folder: string): Promise<"absent" | "folder" | "other"> {
  try {
    return (await stat(folder)).isDirectory() ? "folder" : "other";
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENOTCONN" || code === "ESTALE") return "absent";
    throw toLibraryFailure(error, folder, "Opening the library");
  }
}

function checkMarker(
  folder: string,
  marker: Marker,
  expected: { id: string | null; assetType: AssetType; source: string },
): void {
  if (expected.id !== null && marker.id !== expected.id) throw foreign(folder, "it carries another library's id");
  if (marker.assetType !== expected.assetType) {
    throw foreign(folder, `it is marked as the library for "${marker.assetType}", not for "${expected.assetType}"`);
  }
  if (marker.source !== expected.source) {
    throw foreign(folder, `it is marked as a library of "${marker.source}", not of "${expected.source}"`);
  }
}

async function checkSyncFolder(folder: string): Promise<void> {
  const path = join(folder, syncFolderName);
  const stats = await lstatIfThere(path);
  if (stats !== null && !stats.isDirectory()) {
    throw foreign(folder, `its "${syncFolderName}" is a link or a file; put it away`);
  }
}

/**
 * Found by really writing: a disk that fell back to read-only still shows everything. Throws `library-read-only`,
 * `library-unfit`, `disk-full` or `library-…`. Unfit is what everybody may write to, since whoever may write where an
 * archive is unpacked could put a link in its way; and what shows other names than were written, since no file of an
 * asset would be found again. Both are found before anything is paid for.
 */
export async function checkWritable(library: { folder: string; id?: string }): Promise<void> {
  // A capital, since some file systems show all names in lower case.
  const probe = `.Probe.${randomBytes(8).toString("hex")}.asset-sync-tmp`;
  try {
    await withRealFolder({ library, folder: syncFolderName, createMissing: true }, async (path) => {
      const { mode, isShown } = await writeProbe(path, probe);
      if (process.platform !== "win32" && (mode & 0o022) !== 0) {
        throw unfit(library.folder, "every user of this computer may write there, whatever mode a file is given");
      }
      if (!isShown) throw unfit(library.folder, "its file system shows names in another way than they were written");
    });
  } catch (error) {
    throw toLibraryFailure(error, library.folder, "Writing into the library");
  }
}

/** Makes an empty file in the folder, looks what has become of it, and removes it, also where looking fails. */
async function writeProbe(folder: string, name: string): Promise<{ mode: number; isShown: boolean }> {
  const file = join(folder, name);
  const handle = await open(file, "wx", 0o600);
  try {
    const { mode } = await handle.stat().finally(() => handle.close());
    return { mode, isShown: (await readdir(folder)).includes(name) };
  } finally {
    await rm(file);
  }
}

function unfit(folder: string, why: string): Failure {
  return new Failure(
    "library-unfit",
    `"${folder}" cannot hold a library as it is mounted: ${why}. Nothing was installed.`,
    {
      path: folder,
    },
  );
}

async function createRoot(folder: string, mayCreateParent: boolean): Promise<void> {
  const parent = dirname(folder);
  if (!mayCreateParent && (await findRoot(parent)) !== "folder") {
    throw missing(folder, `"${parent}" does not exist either; is a disk not mounted?`);
  }
  try {
    await mkdir(folder, { recursive: true });
    await syncFolder(parent);
  } catch (error) {
    throw toLibraryFailure(error, folder, "Creating the library");
  }
}

/**
 * Opens a library, or makes one.
 *
 * `expectedId` is the id under which it was opened before. If it is set and the folder or its marker is missing, that
 * is `library-missing` and nothing is written: an empty mount point must not fill up. If it is null, an absent folder
 * is created, an existing one (such as a library of iMeshh's own add-on) gets our marker beside what it holds, and one
 * that has our marker already is taken as it is.
 *
 * `createIfAbsent` allows to create `library.root`, the folder's parent, too: right on the very first use only, before
 * any library was opened. Otherwise the parent must exist.
 *
 * Throws `library-missing`, `library-foreign` (another library's marker, or `.sync` is a link), `library-read-only`
 * (found by really writing) or `disk-full`.
 */
export async function openLibrary(wanted: {
  folder: string;
  assetType: AssetType;
  source: string;
  expectedId: string | null;
  createIfAbsent?: boolean;
}): Promise<Library> {
  const { folder, assetType, source, expectedId } = wanted;
  const kind = await findRoot(folder);
  if (kind === "other") throw foreign(folder, "it is not a folder");
  if (kind === "absent" && expectedId !== null)
    throw missing(folder, "the folder does not exist; is a disk not mounted?");

  const marker = kind === "folder" ? await readMarker(folder) : null;
  if (marker === null && expectedId !== null) {
    throw missing(folder, `it holds no ${markerFileName}, so it may be an empty mount point`);
  }
  if (marker !== null) checkMarker(folder, marker, { id: expectedId, assetType, source });

  if (kind === "absent") await createRoot(folder, wanted.createIfAbsent ?? false);
  await checkSyncFolder(folder);
  await checkWritable(marker === null ? { folder } : { folder, id: marker.id });
  if (marker !== null) return { folder, assetType, source, id: marker.id };

  const created: Marker = { format: 1, id: randomUUID(), source, assetType };
  try {
    await writeFileAtomic({ path: join(folder, markerFileName), text: `${JSON.stringify(created, null, 2)}\n` });
  } catch (error) {
    throw toLibraryFailure(error, folder, "Marking the library");
  }
  return { folder, assetType, source, id: created.id };
}

/**
 * Is it still the library that was opened? Asked before every write: a disk may vanish, or another one appear in its
 * place, while we run. One small read. Throws `library-missing` or `library-foreign`.
 */
export async function checkLibrary(library: Library): Promise<void> {
  const { folder, assetType, source, id } = library;
  const kind = await findRoot(folder);
  if (kind === "other") throw foreign(folder, "it is not a folder");
  if (kind === "absent") throw missing(folder, "the folder is gone; is a disk not mounted?");
  const marker = await readMarker(folder);
  if (marker === null) throw missing(folder, `its ${markerFileName} is gone`);
  checkMarker(folder, marker, { id, assetType, source });
  await checkSyncFolder(folder);
}

/**
 * Looks at a library as `openLibrary` would, and makes nothing: neither folder nor marker. Whether it can be written to is
 * found by a probe file, and only where our own `.sync` is there already.
 *
 * `absent`: the folder is not there and never was. `unmarked`: it is there without our marker and never had it. Throws as
 * `openLibrary` does.
 */
export async function inspectLibrary(wanted: {
  folder: string;
  assetType: AssetType;
  source: string;
  expectedId: string | null;
}): Promise<"absent" | "unmarked" | "ready"> {
  const { folder, assetType, source, expectedId } = wanted;
  const kind = await findRoot(folder);
  if (kind === "other") throw foreign(folder, "it is not a folder");
  const marker = kind === "folder" ? await readMarker(folder) : null;
  if (marker === null && expectedId !== null) {
    const what =
      kind === "absent"
        ? "the folder does not exist; is a disk not mounted?"
        : `it holds no ${markerFileName}, so it may be an empty mount point`;
    throw missing(folder, what);
  }
  if (marker !== null) checkMarker(folder, marker, { id: expectedId, assetType, source });
  if (kind === "absent") return "absent";
  await checkSyncFolder(folder);
  if (marker === null) return "unmarked";
  if ((await lstatIfThere(join(folder, syncFolderName))) !== null) await checkWritable({ folder, id: marker.id });
  return "ready";
}

/** What an error while working in `path` means: `library-missing` if the library is gone, else what the disk said. */
export async function explainLibraryError(
  library: Library,
  error: unknown,
  at: { path: string; doing: string },
): Promise<Failure> {
  if (error instanceof Failure) return error;
  try {
    await checkLibrary(library);
  } catch (gone) {
    if (gone instanceof Failure) return gone;
  }
  return toLibraryFailure(error, at.path, at.doing);
}
