import { scryptSync } from "node:crypto";

/** Tells one account from another. Kept in the state, so made slowly: the password must not be guessed from it. */
export function fingerprintOf(account: { username: string; password: string } | null): string {
  if (account === null) return "none";
  return scryptSync(account.password, account.username, 16).toString("hex");
}
