import { scryptSync } from "node:crypto";

/**
 * The account's fingerprint, made when it is first asked for: it takes a tenth of a second, and only an account that was
 * refused needs one.
 */
export function createAccountFingerprint(account: { username: string; password: string } | null): () => string {
  let known: string | undefined;
  return () => (known ??= fingerprintOf(account));
}

/** Tells one account from another. Kept in the state, so made slowly: the password must not be guessed from it. */
export function fingerprintOf(account: { username: string; password: string } | null): string {
  if (account === null) return "none";
  return scryptSync(account.password, account.username, 16).toString("hex");
}
