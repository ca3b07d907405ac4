import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Codes by which file systems say that a folder cannot be synced; it is a courtesy there, not a promise. */
const cannotSyncFolders = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"]);

/** Makes a synced file appear under its name, in one step that survives a power cut. */
export async function publishFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  try {
    const folder = await open(dirname(to), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!cannotSyncFolders.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
