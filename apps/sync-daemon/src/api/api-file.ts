import { readFile, unlink } from "node:fs/promises";
import { type ApiFile, apiFileSchema } from "./contract/api-file.ts";
import { writePrivateFile } from "./private-file.ts";

/** Puts `api.json` in place whole, for its owner only from the first byte on. */
export async function writeApiFile(file: string, content: ApiFile): Promise<void> {
  await writePrivateFile(file, `${JSON.stringify(content, null, 2)}\n`);
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
