import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { type ApiFile, apiFileSchema } from "./contract/api-file.ts";

/** Puts `api.json` in place whole, for its owner only from the first byte on. */
export async function writeApiFile(file: string, content: ApiFile): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  const handle = await open(fresh, "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
  } finally {
    await handle.close();
  }
  try {
    await rename(fresh, file);
  } catch (error) {
    await unlink(fresh);
    throw error;
  }
}

/** Removes `api.json` unless a later daemon has put its own there. */
export async function removeApiFile(file: string, token: string): Promise<void> {
  const content = await readApiFile(file);
  if (content?.token !== token) return;
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** Undefined when there is none, or nothing that a daemon of ours wrote. */
async function readApiFile(file: string): Promise<ApiFile | undefined> {
  try {
    return apiFileSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
