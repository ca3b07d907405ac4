import type { StatusAnswer } from "../contract/daemon.ts";
import type { OperationName, Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";

const names = ["settings", "changeSettings", "setAccount", "restart", "setUp"] as const satisfies OperationName[];

/** The configuration and the account, which lie outside of what the API knows; `daemon.ts` joins both. */
export interface SettingsPort extends Pick<Operations, (typeof names)[number]> {
  /** What the status tells of them. */
  facts(): {
    readonly username: string | null;
    readonly hasPassword: boolean;
    readonly isSampleShop: boolean;
    readonly needsRestart: readonly string[];
    /** Why it runs otherwise than it was asked to. */
    readonly notices: readonly { code: string; message: string }[];
  };
}

export function createSettingsOperations({ settings }: OperationsSettings): Pick<Operations, (typeof names)[number]> {
  return {
    settings: (request) => settings.settings(request),
    changeSettings: (request) => settings.changeSettings(request),
    setAccount: (request) => settings.setAccount(request),
    restart: (request) => settings.restart(request),
    setUp: (request) => settings.setUp(request),
  };
}

/** How the status tells of the account. */
export function describeAccount(account: {
  username: string | null;
  hasPassword: boolean;
  isRefused: boolean;
}): StatusAnswer["account"] {
  const { username, hasPassword, isRefused } = account;
  if (username === null) return { state: "none", username };
  if (!hasPassword) return { state: "no-password", username };
  return { state: isRefused ? "refused" : "set", username };
}
