import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import { markerFileName, stagingFolderName, syncFolderName } from "../domain/library-layout.ts";
import { isTemporaryName } from "./write-file-atomic.ts";

/** One thing in a library, relative to its root, with `/`. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly bytes: number;
  readonly mode: number;
  readonly mtimeMs: number;
  /** Changes when somebody writes or replaces it. */
  readonly identity: string;
}

/** What belongs to the process that has the library open, or is not whole: it does not go along. */
function staysBehind(path: string): boolean {
  if (path === markerFileName || path === stagingFolderName) return true;
  const [first = "", second = ""] = path.split("/");
  if (first === syncFolderName && /^lock\.(?:db(?:-journal|-wal|-shm)?|json)$/.test(second)) return true;
  return isTemporaryName(path.split("/").at(-1) ?? "") && path.split("/").length <= (first === syncFolderName ? 2 : 1);
}

/** All of a library that moves along: everything but the marker, which goes last, and what only our process needs. */
export async function listLibraryTree(root: string, signal: AbortSignal): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (signal.aborted) throw new Failure("stopped", "Looking through the library was stopped.");
    for (const name of await readdir(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (staysBehind(path)) continue;
      const entry = await describe(join(root, path), path);
      if (entry === null) continue;
      entries.push(entry);
      if (entry.kind === "folder") waiting.push(path);
    }
  }
  return entries.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Null for what has gone since its folder was listed. */
async function describe(whole: string, path: string): Promise<TreeEntry | null> {
  try {
    const stats = await lstat(whole);
    const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "other";
    const identity = kind === "folder" ? "" : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(" ");
    return {
      path,
      kind,
      bytes: kind === "file" ? stats.size : 0,
      mode: stats.mode & 0o777,
      mtimeMs: stats.mtimeMs,
      identity,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (!path.includes("\ufffd")) return null;
    const message = `"${whole}" has a name that is no valid text, so it cannot be copied; give it another name.`;
    throw new Failure("library-unsafe-path", message, { path: whole });
  }
}
