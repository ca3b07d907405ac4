import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { chmod, mkdir, open, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import { hashFile } from "./asset-files.ts";
import { lstatIfThere, syncFolder } from "./durable-rename.ts";
import { listLibraryTree, type TreeEntry } from "./library-tree.ts";
import type { MoveTarget } from "./move-target.ts";
import { splitPath, withRealFolder } from "./real-folder.ts";

/** A file of the old library and what was read of it. */
export interface CopiedFile {
  readonly identity: string;
  readonly sha256: string;
  readonly bytes: number;
}

interface Copying {
  /** Roots of the old and the new library. */
  readonly from: string;
  readonly to: string;
  readonly target: MoveTarget;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

const pieceBytes = 1 << 20;

/**
 * Makes the new library hold what the old one holds now, where that differs from `known`, and tells in `known` what was
 * read. Every file and folder is on the disk when it resolves. What lies in the new one and not in the old is set aside.
 * The old one is only read, and no link in it is followed. Returns the paths of the files that were copied.
 */
export async function copyChanges(copying: Copying, known: Map<string, CopiedFile>): Promise<string[]> {
  const { from, to, target, signal } = copying;
  await mkdir(to, { recursive: true });
  const entries = await listLibraryTree(from, signal);
  const copied: string[] = [];
  const touched = new Set<string>([""]);
  for (const entry of entries) {
    if (entry.kind === "folder") {
      if (await makeFolder(join(to, entry.path), target)) touched.add(entry.path);
    } else if (known.get(entry.path)?.identity !== entry.identity) {
      if (entry.kind === "file") known.set(entry.path, await copyFile(copying, entry));
      if (entry.kind === "link") known.set(entry.path, await copyLink(copying, entry));
      // A pipe or socket holds nothing that could be copied.
      if (entry.kind === "other") continue;
      copied.push(entry.path);
      touched.add(splitPath(entry.path).parent);
    }
  }
  await setSurplusAside(copying, entries, known);
  for (const entry of entries.toReversed()) {
    if (entry.kind !== "folder" || !touched.has(entry.path)) continue;
    await withRealFolder({ library: { folder: to }, folder: entry.path }, (own) => chmod(own, entry.mode | 0o700));
  }
  for (const folder of touched) {
    await syncFolder(join(to, folder));
    await syncFolder(join(to, splitPath(folder).parent));
  }
  return copied;
}

/** Reads these files of the new library again. Throws `disk-failed` where one has other bytes than were read in the old. */
export async function checkCopies(
  copying: Pick<Copying, "to" | "signal" | "onBytes">,
  known: ReadonlyMap<string, CopiedFile>,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const expected = known.get(path);
    if (expected === undefined || expected.sha256 === "") continue;
    const whole = join(copying.to, path);
    if ((await hashFile(whole, copying.signal)) !== expected.sha256) {
      throw new Failure("disk-failed", `The copy "${whole}" has other bytes than the original.`, { path: whole });
    }
    copying.onBytes(expected.bytes);
  }
}

/** Returns whether it was made. */
async function makeFolder(path: string, target: MoveTarget): Promise<boolean> {
  const stats = await lstatIfThere(path);
  if (stats?.isDirectory()) return false;
  if (stats !== null) await target.setAside(path);
  await mkdir(path, { mode: 0o700 });
  return true;
}

async function copyFile(copying: Copying, entry: TreeEntry): Promise<CopiedFile> {
  const { from, to, target, signal, onBytes } = copying;
  const [source, copy] = [join(from, entry.path), join(to, entry.path)];
  const there = await lstatIfThere(copy);
  if (there !== null) {
    const isSame = there.isFile() && there.size === entry.bytes;
    const sha256 = isSame ? await hashFile(source, signal) : "";
    if (isSame && sha256 === (await hashFile(copy, signal))) {
      onBytes(entry.bytes);
      return { identity: entry.identity, sha256, bytes: entry.bytes };
    }
    await target.setAside(copy);
  }
  const unfinished = target.newPath();
  try {
    const read = await copyBytes(source, unfinished, { entry, signal, onBytes });
    await rename(unfinished, copy);
    return { identity: entry.identity, ...read };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function copyBytes(
  from: string,
  to: string,
  { entry, signal, onBytes }: { entry: TreeEntry; signal: AbortSignal; onBytes: (bytes: number) => void },
): Promise<{ sha256: string; bytes: number }> {
  await using source = await open(from, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  await using copy = await open(to, "wx", 0o600);
  const digest = createHash("sha256");
  const piece = Buffer.allocUnsafe(pieceBytes);
  let bytes = 0;
  for (;;) {
    if (signal.aborted) throw new Failure("stopped", "Copying the library was stopped.");
    const { bytesRead } = await source.read(piece, 0, piece.length);
    if (bytesRead === 0) break;
    digest.update(piece.subarray(0, bytesRead));
    await copy.writeFile(piece.subarray(0, bytesRead));
    bytes += bytesRead;
    onBytes(bytesRead);
  }
  // Whether an asset was changed is told by the times too.
  await copy.utimes(new Date(entry.mtimeMs), new Date(entry.mtimeMs));
  if (process.platform !== "win32") await copy.chmod(entry.mode);
  await copy.sync();
  return { sha256: digest.digest("hex"), bytes };
}

/** A link is the person's own: it goes along as it is, wherever it leads. */
async function copyLink({ from, to, target }: Copying, entry: TreeEntry): Promise<CopiedFile> {
  const copy = join(to, entry.path);
  const text = await readlink(join(from, entry.path));
  const there = await lstatIfThere(copy);
  const isSame = there?.isSymbolicLink() === true && (await readlink(copy)) === text;
  if (there !== null && !isSame) await target.setAside(copy);
  if (!isSame) await symlink(text, copy);
  return { identity: entry.identity, sha256: "", bytes: 0 };
}

/** What an earlier try copied and the old library no longer holds, or what somebody put into the new one meanwhile. */
async function setSurplusAside(
  { to, target, signal }: Copying,
  entries: readonly TreeEntry[],
  known: Map<string, CopiedFile>,
): Promise<void> {
  const wanted = new Set(entries.map(({ path }) => path));
  for (const path of known.keys()) if (!wanted.has(path)) known.delete(path);
  const moved: string[] = [];
  for (const { path } of await listLibraryTree(to, signal)) {
    if (wanted.has(path) || moved.some((folder) => path.startsWith(`${folder}/`))) continue;
    await target.setAside(join(to, path));
    moved.push(path);
  }
}
