import { Failure } from "../domain/failure.ts";
import { type ConfigChanges, planConfigChange } from "./change-config.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { HomeRequest } from "./home-folders.ts";
import { findPlaceProblem } from "./library-place.ts";
import { type LoadedConfig, loadConfig } from "./load-config.ts";
import { type FoundPassword, type PasswordPlace, readPassword, storePassword } from "./password.ts";
import { ConfigEditedError, readConfigIfThere, replaceConfig, writeFirstConfig } from "./replace-config.ts";

/** The configuration of one home, for who reads and changes it while the daemon runs. */
export interface ConfigAccess {
  /** Throws a `ConfigError`. */
  load(): Promise<LoadedConfig>;
  /**
   * Changes keys and answers what is then in the file. All or nothing: a `ConfigError` names what is wrong, by key, and the
   * file stays as it was. What a person writes into the file meanwhile is kept: the change is made to that. One at a time.
   */
  change(changes: ConfigChanges, options?: { dryRun: boolean }): Promise<LoadedConfig>;
  /** As `readPassword`. */
  readPassword(request: { config: Config; signal: AbortSignal }): Promise<FoundPassword>;
  /** Into the keychain, or the file where that cannot be used. */
  storePassword(request: { config: Config; password: string; signal: AbortSignal }): Promise<PasswordPlace["place"]>;
  /** Why a stored password would have no effect; null where it has. */
  findPasswordProblem(): string | null;
}

/** An editor saves once; who writes as often as this is a program. */
const triesAgainstOthers = 5;

export function createConfigAccess(home: HomeRequest): ConfigAccess {
  const { env } = home;
  let last: Promise<unknown> = Promise.resolve();
  const load = () => loadConfig(home);

  async function change(changes: ConfigChanges, dryRun: boolean): Promise<LoadedConfig> {
    for (let left = triesAgainstOthers; left > 0; left -= 1) {
      const before = await load();
      const { text, after } = planConfigChange({ changes, before, home });
      await requirePlace(before, after);
      if (dryRun || text === before.text) return after;
      try {
        await write(after.config.home.configFile, before.text, text);
        return after;
      } catch (error) {
        if (!(error instanceof ConfigEditedError)) throw error;
      }
    }
    throw new Failure("config-invalid", "The configuration is written by another program all the time.");
  }

  return {
    load,
    change(changes, { dryRun } = { dryRun: false }) {
      const done = last.then(() => change(changes, dryRun));
      last = done.catch(() => undefined);
      return done;
    },
    readPassword: ({ config, signal }) => readPassword({ env, config, signal }),
    async storePassword({ config, password, signal }) {
      return (await storePassword({ config, password, useKeychain: true, env, signal })).place;
    },
    findPasswordProblem: () =>
      env.ASSET_SYNC_IMESHH_PASSWORD
        ? "ASSET_SYNC_IMESHH_PASSWORD in the environment takes the place of a stored password; change it there."
        : null,
  };
}

/** There is no file yet where variables of the environment say everything. */
async function write(file: string, before: string, text: string): Promise<void> {
  if (before === "" && (await readConfigIfThere(file)) === null) await writeFirstConfig(file, text);
  else await replaceConfig({ file, before, text });
}

async function requirePlace(before: LoadedConfig, after: LoadedConfig): Promise<void> {
  const { root } = after.config.library;
  if (root === before.config.library.root) return;
  const reason = await findPlaceProblem(root);
  if (reason !== null) throw new ConfigError([{ key: "library.root", reason, sentence: `library.root: ${reason}` }]);
}
