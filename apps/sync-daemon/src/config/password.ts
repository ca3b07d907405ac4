import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { HomeFolders } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Environment } from "./home-folders.ts";

// The password lies in a file that only its owner can read. That is weaker than the system's keychain, which comes
// later: whoever can read the person's files can read it. On Windows the folder's own access rights protect it.

const secretsSchema = z.looseObject({ imeshh: z.looseObject({ password: z.string().min(1) }).optional() });

export function secretsFile(home: HomeFolders): string {
  return path.join(home.home, "secrets.json");
}

/**
 * The password for the shop: from `ASSET_SYNC_IMESHH_PASSWORD`, else from `secrets.json`; null where none is stored.
 * Throws a `ConfigError` if the file can be read by others, or is not what `storePassword` writes.
 */
export async function readPassword(request: {
  env: Environment;
  home: HomeFolders;
  platform?: NodeJS.Platform;
}): Promise<string | null> {
  const fromEnvironment = request.env.ASSET_SYNC_IMESHH_PASSWORD;
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;

  const file = secretsFile(request.home);
  const text = await readOwnFile(file, request.platform ?? process.platform);
  if (text === null) return null;
  // Nothing of the text may get into the message.
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new ConfigError([`The password file ${file} is damaged; run \`asset-sync init --force\` to write it anew.`]);
  return parsed.data.imeshh?.password ?? null;
}

/** Null when there is none. What was checked is what is read: both through one handle. */
async function readOwnFile(file: string, platform: NodeJS.Platform): Promise<string | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new ConfigError([`The password file ${file} cannot be read: ${(error as Error).message}.`]);
  }
  try {
    const { mode } = await handle.stat();
    if (platform !== "win32" && (mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, "0");
      throw new ConfigError([
        `Others on this computer can read the password file ${file} (mode ${shown}); run \`chmod 600 "${file}"\`, and change the password if you do not trust them.`,
      ]);
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** Stores the password for its owner only: created with mode 0600 from the first byte on, put in place by a rename. */
export async function storePassword(request: { home: HomeFolders; password: string }): Promise<void> {
  const file = secretsFile(request.home);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ imeshh: { password: request.password } }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
