import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { renamePatiently, syncFolder } from "./durable-rename.ts";

const temporaryName = /^\..+\.[0-9a-f]{16}\.asset-sync-tmp$/;

/** Is this the name of a temporary file of `writeFileAtomic`, left behind by a crash? */
export function isTemporaryName(name: string): boolean {
  return temporaryName.test(name);
}

/**
 * Replaces a whole file: at every instant a reader sees the old or the new text, also after a power cut. Writes beside
 * it, brings that to the disk, renames. A link at `path` is replaced, not followed. Throws Node's own error; then the
 * old file is as it was and nothing is left behind.
 *
 * @param mode permission bits, exactly; without it 0644 less the umask.
 * @param confirm asked just before the rename, in the same turn; if it says false nothing is replaced.
 * @returns whether the file was replaced.
 */
export async function writeFileAtomic(file: {
  path: string;
  text: string | Uint8Array;
  mode?: number;
  confirm?: () => boolean;
}): Promise<boolean> {
  const folder = dirname(file.path);
  const temporary = join(folder, `.${basename(file.path)}.${randomBytes(8).toString("hex")}.asset-sync-tmp`);
  const handle = await open(temporary, "wx", file.mode ?? 0o644);
  try {
    try {
      if (file.mode !== undefined && process.platform !== "win32") await handle.chmod(file.mode);
      await handle.writeFile(file.text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await renamePatiently(temporary, file.path, file.confirm))) {
      await rm(temporary);
      return false;
    }
  } catch (error) {
    // The first error is the one to report; what a failed removal leaves, `recoverLibrary` takes away.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
  return true;
}
