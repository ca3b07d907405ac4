import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isOurUnit } from "../domain/service/service-command.ts";

/** Somebody else's unit has our name. It stays as it is. */
export class ForeignServiceError extends Error {
  override readonly name = "ForeignServiceError";

  constructor(file: string) {
    super(`There is a ${file} that asset-sync did not make; it stays as it is. Move it away first.`);
  }
}

/** The text of the unit; null where there is none. Throws a `ForeignServiceError` for one that is not ours. */
export async function readOwnUnit(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text !== null && !isOurUnit(text)) throw new ForeignServiceError(file);
  return text;
}

/** Puts the text in place by a rename. Throws a `ForeignServiceError` before it would replace what is not ours. */
export async function writeUnit(file: string, text: string): Promise<"new" | "replaced" | "unchanged"> {
  const before = await readOwnUnit(file);
  if (before === text) return "unchanged";
  await mkdir(path.dirname(file), { recursive: true });
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, text, { flag: "wx", mode: 0o644 });
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  return before === null ? "new" : "replaced";
}

/** False where there was none. Throws a `ForeignServiceError` for one that is not ours. */
export async function removeUnit(file: string): Promise<boolean> {
  if ((await readOwnUnit(file)) === null) return false;
  await rm(file);
  return true;
}
