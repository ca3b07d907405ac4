import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { z } from "zod";
import { Failure, toFailure } from "../domain/failure.ts";
import { lstatIfThere, syncFolder, systemErrorCode } from "./durable-rename.ts";
import { toLibraryFailure } from "./real-folder.ts";
import { isTemporaryName, writeFileAtomic } from "./write-file-atomic.ts";

/** In the new root while libraries are copied there: says that what lies there is ours to go on with. */
export const moveFolderName = ".asset-sync-move";
const recordName = "move.json";
const setAsideName = "set-aside";

const recordSchema = z.object({ format: z.literal(1), from: z.string(), libraryIds: z.array(z.string()) });

/** The new root of libraries that are being copied. */
export interface MoveTarget {
  readonly root: string;
  /** Is it the target of the same move that was cut off? */
  readonly isContinued: boolean;
  /** A fresh path on the target's disk for a file that is not whole yet. */
  newPath(): string;
  /** Moves what lies at `path` out of the way, never deleting it. Returns where it is now. */
  setAside(path: string): Promise<string>;
  /** Removes what says that a move is under way; what was set aside stays. */
  finish(): Promise<void>;
}

/** The nearest folder above, or itself, that is there. */
export async function findExistingFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((await lstatIfThere(folder)) !== null || folder === dirname(folder)) return folder;
  }
}

/** Where a path that may not be there yet really leads. */
async function resolveReally(path: string): Promise<string> {
  const existing = await findExistingFolder(path);
  return join(await realpath(existing), relative(existing, path));
}

const isInside = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);

function unfit(to: string, why: string): Failure {
  return new Failure("library-place-unfit", `The libraries cannot move to "${to}": ${why}.`, { path: to });
}

/**
 * Is this a place that the libraries below `from` may move to? Absent, an empty folder, or one that an earlier try of the
 * same move began to fill; no link; not inside the present root, not around it, and not in one of our own folders. Writes
 * nothing. Throws `library-place-unfit`.
 */
export async function checkMoveTarget(wanted: {
  from: string;
  to: string;
  libraryIds: readonly string[];
  ownFolders: readonly string[];
}): Promise<{ isContinued: boolean }> {
  const { from, to, libraryIds } = wanted;
  const stats = await lstatIfThere(to);
  if (stats?.isSymbolicLink()) throw unfit(to, "it is a link; name the folder that it leads to");
  if (stats !== null && !stats.isDirectory()) throw unfit(to, "it is a file");
  const [target, present] = [await resolveReally(to), await resolveReally(from)];
  if (isInside(target, present)) throw unfit(to, `it is inside the present folder "${from}"`);
  if (isInside(present, target)) throw unfit(to, `the present folder "${from}" is inside it`);
  for (const own of wanted.ownFolders) {
    const resolved = await resolveReally(own);
    if (isInside(target, resolved) || isInside(resolved, target))
      throw unfit(to, `"${own}" is asset-sync's own folder`);
  }
  if (stats === null) return { isContinued: false };
  const inside = await readdir(to);
  if (inside.length === 0 || (await isBarelyBegun(to, inside))) return { isContinued: false };
  const record = await readRecord(to);
  const isSame = record?.from === from && record.libraryIds.every((id) => libraryIds.includes(id));
  if (!isSame) throw unfit(to, "there is something in it already");
  return { isContinued: true };
}

/** The process ended before it had written down whose move it is, and so before anything else. */
async function isBarelyBegun(root: string, inside: readonly string[]): Promise<boolean> {
  if (inside.length !== 1 || inside[0] !== moveFolderName) return false;
  const folder = join(root, moveFolderName);
  return (await lstat(folder)).isDirectory() && (await readdir(folder)).every(isTemporaryName);
}

async function readRecord(root: string): Promise<z.infer<typeof recordSchema> | null> {
  try {
    const folder = join(root, moveFolderName);
    if (!(await lstat(folder)).isDirectory()) return null;
    return recordSchema.safeParse(JSON.parse(await readFile(join(folder, recordName), "utf8"))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
    throw toFailure(error);
  }
}

/** Marks a folder that `checkMoveTarget` found fit as the target of this move, on the disk when it resolves. */
export async function openMoveTarget(wanted: {
  from: string;
  to: string;
  libraryIds: readonly string[];
  isContinued: boolean;
}): Promise<MoveTarget> {
  const { from, to, libraryIds, isContinued } = wanted;
  const folder = join(to, moveFolderName);
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomic({
      path: join(folder, recordName),
      text: `${JSON.stringify({ format: 1, from, libraryIds })}\n`,
    });
    await syncFolder(to);
    await syncFolder(dirname(to));
    for (const name of await readdir(folder))
      if (unfinishedName.test(name) || isTemporaryName(name)) await rm(join(folder, name), { force: true });
  } catch (error) {
    throw toLibraryFailure(error, to, "Preparing");
  }
  return {
    root: to,
    isContinued,
    newPath: () => join(folder, `${randomBytes(16).toString("hex")}.unfinished`),
    async setAside(path) {
      const aside = join(folder, setAsideName, randomBytes(4).toString("hex"), basename(path));
      await mkdir(dirname(aside), { recursive: true });
      await rename(path, aside);
      return aside;
    },
    async finish() {
      await rm(join(folder, recordName), { force: true });
      try {
        await rmdir(folder);
      } catch (error) {
        if (systemErrorCode(error) !== "ENOTEMPTY" && systemErrorCode(error) !== "EEXIST") throw error;
      }
      await syncFolder(to);
    },
  };
}

/** Does a move from `from` that was cut off lie there? */
export async function isMoveTarget(root: string, from: string): Promise<boolean> {
  return (await readRecord(root))?.from === from;
}

/** Removes the mark of a move that is over, where the process ended before that was done. */
export async function forgetMoveTarget(root: string): Promise<void> {
  if ((await readRecord(root)) !== null) await rm(join(root, moveFolderName, recordName), { force: true });
  await rmdir(join(root, moveFolderName)).catch(() => undefined);
}

const unfinishedName = /^[0-9a-f]{32}\.unfinished$/;
