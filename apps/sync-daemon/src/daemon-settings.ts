import { checkAccount } from "./account.ts";
import type { SettingsAnswer } from "./api/contract/settings.ts";
import type { SettingsPort } from "./api/operations/settings-operations.ts";
import type { ConfigChanges } from "./config/change-config.ts";
import type { Config } from "./config/config.ts";
import type { ConfigAccess } from "./config/config-access.ts";
import { ConfigError } from "./config/config-error.ts";
import { listConfigSettings, listWaitingKeys } from "./config/config-settings.ts";
import type { LoadedConfig } from "./config/load-config.ts";
import { Failure } from "./domain/failure.ts";

export type StoredWhere = SettingsAnswer["account"]["passwordPlace"];

/** How a daemon reads and changes its own configuration and account: `SettingsPort` over the file and the keychain. */
export function createDaemonSettings(parts: {
  readonly access: ConfigAccess;
  /** What the daemon was started with. */
  readonly startedWith: () => Config;
  /** As whom it speaks to the shop. */
  readonly username: string | null;
  readonly hasPassword: boolean;
  readonly passwordPlace: StoredWhere;
  readonly notices: readonly { code: string; message: string }[];
  /** The newest configuration that the daemon has heard of. */
  readonly latest: () => Config;
  /** Takes over what may change while running. */
  readonly adopt: (config: Config) => void;
  readonly forgetSignInRefusal: () => void;
  /** From now on this is struck from every line of the log. */
  readonly hideSecret: (secret: string) => void;
  /** Null for a daemon that lives no longer than the command that started it. */
  readonly askForRestart: (() => void) | null;
  readonly version: string;
  readonly signal: AbortSignal;
}): SettingsPort {
  const { access, startedWith, adopt, askForRestart, signal } = parts;
  let { passwordPlace } = parts;
  // Those that a restart brings, beside the keys: another password under the same name.
  let isPasswordNew = false;

  const toAnswer = (loaded: LoadedConfig): SettingsAnswer => ({
    configFile: loaded.config.home.configFile,
    settings: listConfigSettings(loaded) as SettingsAnswer["settings"],
    account: { username: loaded.config.imeshh.username, passwordPlace },
    needsRestart: [...listWaitingKeys(startedWith(), loaded.config)],
  });

  /** Rules that were tried where nothing costs anything must not begin to spend by themselves at the real shop. */
  const withoutSampleRules = async (changes: ConfigChanges): Promise<ConfigChanges> => {
    if (!("imeshh.shop" in changes) || "imeshh.wanted" in changes) return changes;
    const { shop } = (await access.load()).values.imeshh;
    const isLeaving = shop === "sample-shop" && changes["imeshh.shop"] !== shop;
    return isLeaving ? { ...changes, "imeshh.wanted": null } : changes;
  };

  return {
    facts: () => ({
      username: parts.username,
      hasPassword: parts.hasPassword,
      isSampleShop: startedWith().imeshh.shop === "sample-shop",
      needsRestart: [...listWaitingKeys(startedWith(), parts.latest()), ...(isPasswordNew ? ["imeshh.password"] : [])],
      notices: parts.notices,
    }),
    settings: () => explained(async () => toAnswer(await access.load())),
    changeSettings: ({ changes, dryRun }) =>
      explained(async () => {
        const loaded = await access.change(await withoutSampleRules(changes), { dryRun });
        if (!dryRun) adopt(loaded.config);
        return toAnswer(loaded);
      }),
    setAccount: ({ username, password }) =>
      explained(async () => {
        parts.hideSecret(password);
        const passwordProblem = access.findPasswordProblem();
        if (passwordProblem !== null) throw refusePassword(passwordProblem);
        const changes = await withoutSampleRules({ "imeshh.username": username, "imeshh.shop": null });
        const tried = await access.change(changes, { dryRun: true });
        await checkAccount({ config: tried.config, password, signal });
        const before = await access.load();
        const loaded = await access.change(changes);
        try {
          passwordPlace = await access.storePassword({ config: loaded.config, password, signal });
        } catch (error) {
          // The new name with the old password would only be refused.
          const { username: oldName, shop, wanted } = before.values.imeshh;
          await access.change({ "imeshh.username": oldName, "imeshh.shop": shop, "imeshh.wanted": wanted });
          throw error;
        }
        parts.forgetSignInRefusal();
        adopt(loaded.config);
        isPasswordNew = true;
        askForRestart?.();
        return toAnswer(loaded);
      }),
    async restart() {
      if (askForRestart === null)
        throw new Failure("restart-refused", "This asset-sync ends with the command that started it.");
      askForRestart();
      return { version: parts.version };
    },
    async setUp() {
      throw new Failure("set-up-already", `There is a configuration already: ${startedWith().home.configFile}.`);
    },
  };
}

export function refusePassword(reason: string): Failure {
  return new Failure("config-invalid", `The account was not changed: ${reason}`, {
    problems: [{ key: "password", message: reason }],
  });
}

/** What is wrong with the configuration, as the failure that the API tells by key. */
export async function explained<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure("config-invalid", error.problems.join(" "), {
      problems: error.byKey.map(({ key, reason }) => ({ key, message: reason })),
      cause: error,
    });
  }
}
