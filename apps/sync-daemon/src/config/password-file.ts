import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { HomeFolders } from "./config.ts";
import { ConfigError } from "./config-error.ts";

// `secrets.json` says where the password is: in the file itself, or under which name in the system's keychain. On
// Windows the access rights of the folder protect it.

const passwordSchema = z.object({ password: z.string().min(1) });
const pointerSchema = z.object({ keychain: z.string().min(1) });
const secretsSchema = z.looseObject({ imeshh: z.union([passwordSchema, pointerSchema]).optional() });

/** The password itself, or the account under which the keychain holds it. */
export type PasswordFile = z.infer<typeof passwordSchema> | z.infer<typeof pointerSchema>;

export function secretsFile(home: HomeFolders): string {
  return path.join(home.home, "secrets.json");
}

/**
 * Null when there is none. Throws a `ConfigError` if others can read the file or put another in its place, or if it is
 * not what `writePasswordFile` writes.
 */
export async function readPasswordFile(home: HomeFolders, platform: NodeJS.Platform): Promise<PasswordFile | null> {
  const file = secretsFile(home);
  const text = await readOwnFile(file, platform);
  if (text === null) return null;
  // Nothing of the text may get into the message.
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new ConfigError([`The password file ${file} is damaged; run \`asset-sync init --force\` to write it anew.`]);
  return parsed.data.imeshh ?? null;
}

/** What was checked is what is read: both through one handle. */
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
    const folder = path.dirname(file);
    const folderMode = (await stat(folder)).mode;
    if (platform !== "win32" && (mode & 0o077) !== 0) {
      throw new ConfigError([
        `Others on this computer can read the password file ${file} (mode ${shown(mode)}); run \`chmod 600 "${file}"\`, and change the password if you do not trust them.`,
      ]);
    }
    if (platform !== "win32" && (folderMode & 0o022) !== 0) {
      throw new ConfigError([
        `Others on this computer can put another password file into ${folder} (mode ${shown(folderMode)}); run \`chmod 700 "${folder}"\`.`,
      ]);
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/**
 * Written for its owner only: created with mode 0600 from the first byte on, put in place by a rename, and on disk when
 * this returns. A crash leaves the old file or the new one.
 */
export async function writePasswordFile(home: HomeFolders, content: PasswordFile): Promise<void> {
  const file = secretsFile(home);
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ imeshh: content }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
    await flushFolder(folder);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function flushFolder(folder: string): Promise<void> {
  // Windows cannot open folders.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function shown(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
