import type { Config } from "../config/config.ts";
import type { Environment } from "../config/home-folders.ts";
import type { Finding } from "../domain/diagnosis/finding.ts";
import { type AccountFacts, judgeAccount, judgeKeychain } from "../domain/diagnosis/judge-account.ts";
import type { StatePeek } from "../store/peek-state.ts";
import { lookAtKeychain, lookForPassword, recallRefusal, trySignIn } from "./look-at-account.ts";

/** The sign-in and the keychain. Signs in once at most, and not at all where the shop said no to the same before. */
export async function diagnoseAccount(from: {
  config: Config;
  env: Environment;
  isShopReached: boolean;
  /** From the state, where no daemon runs. */
  refusal: StatePeek["signInRefusal"];
  /** From the running daemon, which has the state. */
  refusedByDaemon: string | null;
  signal: AbortSignal;
}): Promise<Finding[]> {
  const { config, env, isShopReached, signal } = from;
  const { username } = config.imeshh;
  const { place, reason, password } = await lookForPassword({ config, env, signal });
  const facts: AccountFacts = {
    username,
    password: place,
    reason,
    rememberedRefusal: null,
    isReached: isShopReached,
    signIn: null,
  };
  const judged = async (): Promise<AccountFacts> => {
    if (username === null || password === null) return facts;
    const account = { username, password };
    const rememberedRefusal = from.refusedByDaemon ?? recallRefusal(from.refusal, account);
    if (rememberedRefusal !== null || !isShopReached) return { ...facts, rememberedRefusal };
    return { ...facts, signIn: await trySignIn({ config, account, signal }) };
  };
  return [
    judgeAccount(await judged()),
    judgeKeychain({ password: place, reply: await lookAtKeychain({ env, signal }) }),
  ];
}
