import type { Config } from "./config.ts";
import { describeConfigChange, needsRestart } from "./config-change.ts";
import { isOnlyInFile, listConfigKeys } from "./config-keys.ts";
import type { LoadedConfig } from "./load-config.ts";

/** One key of the configuration as a person is shown it. */
export interface ConfigSetting {
  readonly key: string;
  /** As a person would write it in the file. */
  readonly value: unknown;
  readonly default: unknown;
  readonly description: string;
  readonly source: "default" | "file" | "environment";
  readonly needsRestart: boolean;
  readonly isOnlyInFile: boolean;
}

/** Every key, in the order of the file. */
export function listConfigSettings({ origins, values }: LoadedConfig): ConfigSetting[] {
  return listConfigKeys().map((key) => {
    const origin = origins.get(key.path) ?? "default";
    return {
      key: key.path,
      value: valueAt(values, key.path),
      default: key.default,
      description: key.description,
      // What was set for one command stands above the file as a variable does.
      source: origin === "override" ? "environment" : origin,
      needsRestart: needsRestart(key.path),
      isOnlyInFile: isOnlyInFile(key.path),
    };
  });
}

function valueAt(values: unknown, keyPath: string): unknown {
  return keyPath.split(".").reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], values);
}

/** Keys that the file has otherwise than the daemon that runs. */
export function listWaitingKeys(running: Config, inFile: Config): readonly string[] {
  return describeConfigChange(running, inFile).needsRestart;
}
