import { Failure } from "../domain/failure.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Environment } from "./home-folders.ts";
import { deleteFromKeychain, readFromKeychain, storeInKeychain } from "./keychain.ts";
import { readPasswordFile, secretsFile, writePasswordFile } from "./password-file.ts";

/** What of the configuration says whose password it is, and where its file lies. */
type PasswordOwner = Pick<Config, "home"> & { imeshh: Pick<Config["imeshh"], "username" | "origins"> };

export interface FoundPassword {
  /** Null where none is stored. */
  readonly password: string | null;
  readonly place: "environment" | "keychain" | "file" | null;
  /** What a person should know about how it is kept; null when there is nothing to say. */
  readonly notice: string | null;
}

/**
 * The password for the shop: from `ASSET_SYNC_IMESHH_PASSWORD`, else from where `secrets.json` says: the file itself or
 * the system's keychain, which is waited for 5 s at most. Without that file no keychain is asked.
 *
 * Throws a `ConfigError` if the file can be read by others or is damaged, and the failure `sign-in-missing` if the
 * keychain holds the password and does not give it: going on without it would look like a library without an account.
 */
export async function readPassword(request: {
  env: Environment;
  config: PasswordOwner;
  signal: AbortSignal;
  platform?: NodeJS.Platform;
}): Promise<FoundPassword> {
  const { env, config, signal } = request;
  const fromEnvironment = env.ASSET_SYNC_IMESHH_PASSWORD;
  if (fromEnvironment !== undefined && fromEnvironment !== "")
    return { password: fromEnvironment, place: "environment", notice: null };

  const found = await readPasswordFile(config.home, request.platform ?? process.platform);
  if (found === null) return { password: null, place: null, notice: null };
  if ("password" in found) {
    const notice = `The password lies in ${secretsFile(config.home)}, which only you can read; \`asset-sync init --password-only\` tries the system's keychain again.`;
    return { password: found.password, place: "file", notice };
  }
  const account = keychainAccount(config);
  if (account === null) return { password: null, place: null, notice: null };
  const reply = await readFromKeychain({ account, env, signal });
  if (!reply.done)
    throw new Failure(
      "sign-in-missing",
      `The password is in the system's keychain, which could not be read: ${reply.reason}. Unlock it and start again.`,
    );
  if (reply.password !== null) return { password: reply.password, place: "keychain", notice: null };
  const notice = `The system's keychain holds no password for ${account}; \`asset-sync init --password-only\` stores one.`;
  return { password: null, place: null, notice };
}

/** Where the password is now. `why`: what kept it out of the keychain; null when the file was asked for. */
export type PasswordPlace =
  | { readonly place: "keychain" }
  | { readonly place: "file"; readonly file: string; readonly why: string | null };

/**
 * Stores the password in the system's keychain, and where that cannot be used in `secrets.json`, for its owner only. A
 * password that the file held is overwritten after the keychain has given the new one back, never before.
 */
export async function storePassword(request: {
  config: PasswordOwner;
  password: string;
  /** False keeps the keychain out of it. */
  useKeychain: boolean;
  env: Environment;
  signal: AbortSignal;
}): Promise<PasswordPlace> {
  const { config, password, env, signal } = request;
  const account = keychainAccount(config);
  const before = await readAccountBefore(config);
  const forget = (old: string) => deleteFromKeychain({ account: old, env, signal });
  let why: string | null = null;
  if (request.useKeychain && account !== null) {
    const reply = await storeInKeychain({ account, password, env, signal });
    if (reply.done) {
      await writePasswordFile(config.home, { keychain: account });
      // Nobody would ever look at the old entry again. Where it cannot be deleted it does no harm beyond being there.
      if (before !== null && before !== account) await forget(before);
      return { place: "keychain" };
    }
    why = reply.reason;
  }
  await writePasswordFile(config.home, { password });
  if (before !== null && !request.useKeychain) await forget(before);
  return { place: "file", file: secretsFile(config.home), why };
}

/** Under which name the keychain held it until now. What cannot be read is about to be overwritten. */
async function readAccountBefore(config: PasswordOwner): Promise<string | null> {
  try {
    const found = await readPasswordFile(config.home, process.platform);
    return found !== null && "keychain" in found ? found.keychain : null;
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

/** The shop belongs to the name: a password must not go to another shop because the configuration names one. */
function keychainAccount({ imeshh: { username, origins } }: PasswordOwner): string | null {
  return username === null ? null : `${username} at ${origins.shop}`;
}
