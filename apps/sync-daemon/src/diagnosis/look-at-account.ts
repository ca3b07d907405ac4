import type { Config } from "../config/config.ts";
import type { Environment } from "../config/home-folders.ts";
import { readFromKeychain } from "../config/keychain.ts";
import { readPassword } from "../config/password.ts";
import type { AccountFacts } from "../domain/diagnosis/judge-account.ts";
import { toFailure } from "../domain/failure.ts";
import { createImeshhSource } from "../sources/imeshh-source.ts";
import { fingerprintOf } from "../store/account-fingerprint.ts";
import type { StatePeek } from "../store/peek-state.ts";

/** The password, where it can be had. It is for signing in only, and stands in no finding. */
export interface PasswordLook {
  readonly place: AccountFacts["password"];
  readonly reason: string | null;
  readonly password: string | null;
}

export async function lookForPassword(from: {
  config: Config;
  env: Environment;
  signal: AbortSignal;
}): Promise<PasswordLook> {
  try {
    const { password, place } = await readPassword(from);
    return { place: place ?? "none", reason: null, password };
  } catch (error) {
    from.signal.throwIfAborted();
    return { place: "unreadable", reason: error instanceof Error ? error.message : String(error), password: null };
  }
}

/** Asks for an entry that is not there: a keychain that says so can be used. */
export async function lookAtKeychain(from: { env: Environment; signal: AbortSignal }) {
  const reply = await readFromKeychain({ ...from, account: "asset-sync doctor" });
  return reply.done ? ({ usable: true } as const) : ({ usable: false, reason: reply.reason } as const);
}

/** What the shop said before to this very account and password. Neither is in the state, only what tells them from others. */
export function recallRefusal(
  refusal: StatePeek["signInRefusal"],
  account: { username: string; password: string },
): string | null {
  return refusal !== null && refusal.accountFingerprint === fingerprintOf(account) ? refusal.message : null;
}

/** Signs in once, and tells nobody: what the daemon remembers of the account stays as it is. */
export async function trySignIn(from: {
  config: Config;
  account: { username: string; password: string };
  signal: AbortSignal;
}): Promise<NonNullable<AccountFacts["signIn"]>> {
  const { config, account, signal } = from;
  const source = createImeshhSource({
    account,
    origins: config.imeshh.origins,
    archiveHosts: config.imeshh.archiveHosts,
    bandwidthBytesPerSecond: null,
    network: config.network,
    logger: undefined,
  });
  try {
    await source.checkAccount({ signal });
    return { done: true };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toFailure(error);
    return { done: false, code, message };
  }
}
