import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../domain/failure.ts";
import { type ConfigChanges, planConfigChange } from "./change-config.ts";
import type { Config } from "./config.ts";
import { chosenRoot, describeConfigChange } from "./config-change.ts";
import { ConfigError } from "./config-error.ts";
import { formatConfig } from "./format-config.ts";
import { type HomeRequest, resolveHomeFolders } from "./home-folders.ts";
import { formatJsonSchema, jsonSchemaFileName } from "./json-schema.ts";
import { findPlaceProblem } from "./library-place.ts";
import { type LoadedConfig, loadConfig, parseConfig } from "./load-config.ts";
import { type FoundPassword, type PasswordPlace, readPassword, storePassword } from "./password.ts";
import { ConfigEditedError, readConfigIfThere, replaceConfig, writeFirstConfig } from "./replace-config.ts";

/** Values by key for a first configuration. */
export type FirstConfig = Readonly<Record<string, unknown>>;

/** The configuration of one home, for who reads and changes it while the daemon runs. */
export interface ConfigAccess {
  /** Throws a `ConfigError`. */
  load(): Promise<LoadedConfig>;
  /**
   * Changes keys and answers what is then in the file. All or nothing: a `ConfigError` names what is wrong, by key, and the
   * file stays as it was. What a person writes into the file meanwhile is kept: the change is made to that. One at a time.
   */
  change(changes: ConfigChanges, options?: { dryRun: boolean }): Promise<LoadedConfig>;
  /** Is there neither a file nor a variable that says where the libraries are? */
  isNew(): Promise<boolean>;
  /** What a first configuration would mean: chosen values by key, defaults for the rest. Throws a `ConfigError`. */
  planFirst(chosen: FirstConfig): LoadedConfig;
  /** Throws a `ConfigError` where its place cannot hold the libraries, or `set-up-already` where there is a file. */
  requireFirst(config: Config): Promise<void>;
  /** Writes it as `init` does, with the JSON Schema beside it, and makes the folder of the libraries. */
  writeFirst(chosen: FirstConfig): Promise<void>;
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
  const folders = resolveHomeFolders(home);
  const planFirst = (chosen: FirstConfig): LoadedConfig => {
    // On its own first: what the environment happens to say today must not hide a slip that goes into the file.
    parseConfig({ ...home, env: {}, text: "{}", home: folders, overrides: chosen });
    return parseConfig({ ...home, text: formatConfig(chosen), home: folders });
  };

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
    async isNew() {
      return !env.ASSET_SYNC_LIBRARY_ROOT && (await readConfigIfThere(folders.configFile)) === null;
    },
    planFirst,
    async requireFirst(config) {
      if ((await readConfigIfThere(folders.configFile)) !== null)
        throw new Failure("set-up-already", `There is a configuration already: ${folders.configFile}.`);
      const reason = await findPlaceProblem(chosenRoot(config));
      if (reason !== null) throw badPlace(reason);
    },
    async writeFirst(chosen) {
      const { config } = planFirst(chosen);
      await mkdir(folders.home, { recursive: true, mode: 0o700 });
      await mkdir(config.library.root, { recursive: true });
      await writeFile(path.join(folders.home, jsonSchemaFileName), formatJsonSchema());
      await writeFirstConfig(folders.configFile, formatConfig(chosen));
    },
    async readPassword({ config, signal }) {
      // The sample shop has an account of its own; nobody is to unlock a keychain for it.
      if (config.imeshh.shop === "sample-shop") return { password: null, place: null, notice: null };
      return readPassword({ env, config, signal });
    },
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
  if (!describeConfigChange(before.config, after.config).needsRestart.includes("library.root")) return;
  const reason = await findPlaceProblem(chosenRoot(after.config));
  if (reason !== null) throw badPlace(reason);
}

function badPlace(reason: string): ConfigError {
  return new ConfigError([{ key: "library.root", reason, sentence: `library.root: ${reason}` }]);
}
