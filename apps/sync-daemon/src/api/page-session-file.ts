import { readFile } from "node:fs/promises";
import { z } from "zod";
import { writePrivateFile } from "./private-file.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const keptPageSessionSchema = z.object({
  cookieHash: hash,
  keyHash: hash,
  pictureKeyHash: hash,
  usedAtMs: z.int().nonnegative(),
});
/** SHA-256 of what a page holds, in hex, and when it was last used. The page's secrets are random, so no hash tells them. */
export type KeptPageSession = z.infer<typeof keptPageSessionSchema>;

const fileSchema = z.object({ format: z.literal(1), sessions: z.array(keptPageSessionSchema).max(100) });

/** None where there is no file, or one that cannot be used: then pages sign in anew. */
export async function readPageSessions(file: string): Promise<KeptPageSession[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, "utf8"))).sessions;
  } catch {
    return [];
  }
}

/** Replaces the file, readable by its owner only. */
export async function writePageSessions(file: string, sessions: readonly KeptPageSession[]): Promise<void> {
  await writePrivateFile(file, `${JSON.stringify({ format: 1, sessions }, null, 2)}\n`);
}
