import { renameSync } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * How long a rename is tried again on Windows while a virus scanner, an indexer or Blender holds the file open.
 * Policy figure: scanners let go within some hundred milliseconds; a person waits for this.
 */
const maxRenameWaitMs = 2_000;

/** What Windows answers while somebody else holds a file or folder open. */
const heldOpenCodes: ReadonlySet<string> = new Set(["EBUSY", "EPERM", "EACCES"]);

/** Node's code of a system error (`ENOENT`, …), or undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** The answer of `lstat`, or null where there is nothing at `path`. Never follows a link. */
export async function lstatIfThere(path: string): Promise<Awaited<ReturnType<typeof lstat>> | null> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** Brings a folder's list of names to the disk. Windows has no such call for folders and does it with the rename. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems know no fsync of folders: there is nothing better to do then.
    const code = systemErrorCode(error);
    if (code !== "EINVAL" && code !== "ENOTSUP") throw error;
  } finally {
    await handle.close();
  }
}

/** Brings a file's bytes and times to the disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, process.platform === "win32" ? "r+" : "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Renames; on Windows again for at most 2 s while another program holds the file open. Throws Node's own error.
 *
 * @param confirm asked before each try; false ends it. Look and rename are one turn without a wait between them, so
 * that no other program gets more than an instant in between.
 * @returns whether it renamed.
 */
export async function renamePatiently(from: string, to: string, confirm: () => boolean = () => true): Promise<boolean> {
  const giveUpAtMs = performance.now() + maxRenameWaitMs;
  for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 250)) {
    if (!confirm()) return false;
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      const isHeldOpen = process.platform === "win32" && code !== undefined && heldOpenCodes.has(code);
      if (!isHeldOpen || performance.now() + waitMs > giveUpAtMs) throw error;
      await sleep(waitMs);
    }
  }
}

/** Renames and brings both folders to the disk: after a power cut the new name is there, or the old one, never neither. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await renamePatiently(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}
