import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure, type FailureCode, toFailure } from "../domain/failure.ts";
import { markerFileName } from "../domain/library-layout.ts";
import { lstatIfThere, syncFolder, systemErrorCode } from "./durable-rename.ts";

/**
 * A folder below a library's root that was reached without following a link. `path` is for system calls only: on Linux
 * it goes through the open folder itself, so that swapping a parent for a link meanwhile leads nowhere.
 */
export interface RealFolder {
  readonly path: string;
  close(): Promise<void>;
}

/** Where a library is; with its id, a folder that does not carry it is refused as `library-missing`. */
export interface LibraryRoot {
  readonly folder: string;
  readonly id?: string;
}

/** Splits a path relative to a library's root; refuses what does not name something below it. */
export function toSegments(folder: string): string[] {
  const segments = folder.split("/");
  for (const segment of segments) {
    const isUnsafe = segment === "" || segment === "." || segment === ".." || segment.includes("\0");
    if (isUnsafe || (process.platform === "win32" && /[\\:]/.test(segment))) {
      throw new Failure("unexpected", `"${folder}" does not name a folder inside the library.`, { path: folder });
    }
  }
  return segments;
}

/** Where something is inside a folder: the folder above it (empty for that folder itself), and its own name. */
export function splitPath(path: string): { parent: string; name: string } {
  const parent = dirname(path);
  return { parent: parent === "." ? "" : parent, name: basename(path) };
}

function refuseLink(path: string, cause?: unknown): Failure {
  return new Failure(
    "library-unsafe-path",
    `"${path}" is a link or a file where a folder of the library belongs; nothing was written through it. Put a real folder there.`,
    { path, cause },
  );
}

// Without /proc (macOS, Windows, some containers) folders are checked by name, which leaves a gap between look and use.
function canHoldFolders(): boolean {
  return process.platform === "linux" && existsSync("/proc/self/fd");
}

const openFolderOnly = constants.O_RDONLY | constants.O_DIRECTORY;

async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Is the folder that was just opened the library? Its root may be a link, and who looked at the marker before saw the
 * folder that it led to then.
 */
async function requireMarker(library: LibraryRoot, path: string): Promise<void> {
  if (library.id === undefined) return;
  let id: unknown;
  try {
    const handle = await open(join(path, markerFileName), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      id = (JSON.parse(await handle.readFile("utf8")) as { id?: unknown } | null)?.id;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === "EIO") throw error;
    throw exchanged(library.folder, error);
  }
  if (id !== library.id) throw exchanged(library.folder);
}

const exchanged = (folder: string, cause?: unknown): Failure =>
  new Failure(
    "library-missing",
    `The library "${folder}" is not there: another folder took its place. Nothing was written.`,
    {
      path: folder,
      cause,
    },
  );

async function holdFolder(
  library: LibraryRoot,
  segments: readonly string[],
  createMissing: boolean,
): Promise<RealFolder> {
  const root = library.folder;
  let handle: FileHandle = await open(root, openFolderOnly);
  const held = (): string => `/proc/self/fd/${handle.fd}`;
  try {
    await requireMarker(library, held());
    let shown = root;
    for (const segment of segments) {
      shown = join(shown, segment);
      const next = `${held()}/${segment}`;
      if (createMissing && (await makeFolder(next))) await handle.sync();
      let inner: FileHandle;
      try {
        inner = await open(next, openFolderOnly | constants.O_NOFOLLOW);
      } catch (error) {
        const code = systemErrorCode(error);
        throw code === "ELOOP" || code === "ENOTDIR" ? refuseLink(shown, error) : error;
      }
      await handle.close();
      handle = inner;
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { path: held(), close: () => handle.close() };
}

async function checkFolder(
  library: LibraryRoot,
  segments: readonly string[],
  createMissing: boolean,
): Promise<RealFolder> {
  let path = library.folder;
  await requireMarker(library, path);
  for (const segment of segments) {
    const parent = path;
    path = join(path, segment);
    if (createMissing && (await makeFolder(path))) await syncFolder(parent);
    const stats = await lstat(path);
    if (!stats.isDirectory()) throw refuseLink(path);
  }
  return { path, close: async () => undefined };
}

/**
 * Opens `folder` (relative to the library's root, with `/`; empty for the root itself). The root may be a link, nothing
 * below it. With `createMissing` absent folders are made, durably. Throws `library-unsafe-path` where a link or a file
 * is in the way, Node's own error (`ENOENT`, …) otherwise. Must be closed.
 */
export async function openRealFolder(wanted: {
  library: LibraryRoot;
  folder: string;
  createMissing?: boolean;
}): Promise<RealFolder> {
  const segments = wanted.folder === "" ? [] : toSegments(wanted.folder);
  const createMissing = wanted.createMissing ?? false;
  const openFolder = canHoldFolders() ? holdFolder : checkFolder;
  return await openFolder(wanted.library, segments, createMissing);
}

/** `openRealFolder`, closed again after `use`. */
export async function withRealFolder<T>(
  wanted: { library: LibraryRoot; folder: string; createMissing?: boolean },
  use: (path: string) => Promise<T>,
): Promise<T> {
  const opened = await openRealFolder(wanted);
  try {
    return await use(opened.path);
  } finally {
    await opened.close();
  }
}

/** What is at `folder` (relative to the library's root), reached without following a link. */
export async function findKind(
  library: { readonly folder: string },
  folder: string,
): Promise<"absent" | "folder" | "other"> {
  const segments = toSegments(folder);
  let path = library.folder;
  for (const [index, segment] of segments.entries()) {
    path = join(path, segment);
    const stats = await lstatIfThere(path);
    if (stats === null) return "absent";
    if (!stats.isDirectory()) {
      if (index < segments.length - 1) throw refuseLink(path);
      return "other";
    }
  }
  return "folder";
}

/** What a system's error means for a library: its disk or share went away, or may not be written to. */
const libraryCodes: Readonly<Record<string, FailureCode>> = {
  ENOTCONN: "library-missing",
  ESTALE: "library-missing",
  ENXIO: "library-missing",
  EROFS: "library-read-only",
  EACCES: "library-read-only",
  EPERM: "library-read-only",
};

/** A disk error with the person's path instead of the one used inside, as a `Failure`. */
export function toLibraryFailure(error: unknown, path: string, doing: string): Failure {
  if (error instanceof Failure) return error;
  const known = toFailure(error);
  if (known.code === "stopped") return known;
  const systemCode = systemErrorCode(error);
  const code = (systemCode === undefined ? undefined : libraryCodes[systemCode]) ?? known.code;
  // Node's text goes on with the call and the path used inside, which says nothing to a person.
  const reason = systemCode === undefined ? known.message.replace(/\.$/, "") : known.message.split(", ", 1)[0];
  return new Failure(code, `${doing} "${path}" failed: ${reason}.`, { path, cause: error });
}
