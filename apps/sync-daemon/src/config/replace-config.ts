import { randomUUID } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { open, readFile, realpath, rm, stat } from "node:fs/promises";
import path from "node:path";

/** The file is not what it was when it was read: somebody else wrote it meanwhile. Nothing was written. */
export class ConfigEditedError extends Error {
  override readonly name = "ConfigEditedError";
}

/**
 * Puts `text` in the place of `before` by one rename, on disk when this returns, with the file's own mode. Where another
 * text stands there by now, that one is left alone and a `ConfigEditedError` is thrown. A link to a file elsewhere stays a
 * link, and the file that it leads to is replaced.
 */
export async function replaceConfig(change: { file: string; before: string; text: string }): Promise<void> {
  const file = await realpath(change.file);
  const { mode } = await stat(file);
  const fresh = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
  try {
    const handle = await open(fresh, "wx", mode & 0o777);
    try {
      await handle.writeFile(change.text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Both at once, so that as little as possible comes between look and rename.
    if (readFileSync(file, "utf8") !== change.before)
      throw new ConfigEditedError(`${change.file} was changed by somebody else meanwhile.`);
    renameSync(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Writes a first configuration, for its owner only. Throws Node's `EEXIST` where there is one already. */
export async function writeFirstConfig(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Null where there is none. */
export async function readConfigIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
