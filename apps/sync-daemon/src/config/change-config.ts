import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { parseConfigFile } from "./config-file.ts";
import { isOnlyInFile, listConfigKeys } from "./config-keys.ts";
import { editConfig } from "./edit-config.ts";
import type { HomeRequest } from "./home-folders.ts";
import { resolveHomeFolders } from "./home-folders.ts";
import { type LoadedConfig, parseConfig } from "./load-config.ts";
import { findNearest } from "./nearest.ts";

/** Values by key; null puts the default back. */
export type ConfigChanges = Readonly<Record<string, unknown>>;

/**
 * The configuration with some keys changed, judged by the file's own schema. Throws one `ConfigError` with everything
 * that is wrong, by key. Touches no disk.
 */
export function planConfigChange(request: {
  readonly changes: ConfigChanges;
  /** The file as it is now, and what it means. */
  readonly before: LoadedConfig;
  readonly home: HomeRequest;
}): { text: string; after: LoadedConfig } {
  const { changes, before, home } = request;
  const folders = resolveHomeFolders(home);
  const problems = Object.keys(changes).flatMap((key) => refuseKey(key, before));
  // Of a text with a slip nobody can say where a key stands.
  const slips = parseConfigFile(before.text, folders.configFile).problems;
  if (slips.length > 0) throw new ConfigError(slips);

  let text = before.text;
  const defaultOf = new Map(listConfigKeys().map((key) => [key.path, key.default]));
  const refused = new Set(problems.map(({ key }) => key));
  for (const [key, value] of Object.entries(changes)) {
    if (refused.has(key)) continue;
    text = editConfig(text, { key, value: value ?? undefined, shownDefault: defaultOf.get(key) });
  }
  try {
    const after = parseConfig({ ...home, text, home: folders });
    if (problems.length === 0) return { text, after };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.byKey.map((problem) => ({ ...problem, sentence: tellReason(problem) })));
  }
  throw new ConfigError(problems);
}

function refuseKey(key: string, before: LoadedConfig): ConfigProblem[] {
  const refuse = (reason: string): ConfigProblem[] => [{ key, reason, sentence: `${key}: ${reason}` }];
  const keys = listConfigKeys().map((one) => one.path);
  if (!keys.includes(key)) {
    const nearest = findNearest(key, keys);
    return refuse(`there is no such key${nearest === undefined ? "." : `; did you mean "${nearest}"?`}`);
  }
  if (isOnlyInFile(key)) return refuse("it can only be changed in the file itself; edit config.jsonc.");
  const origin = before.origins.get(key);
  if (origin === "environment" || origin === "override")
    return refuse("a variable of the environment sets it, so a change would have no effect.");
  return [];
}

/** The line is one of a text that is not on the disk. */
function tellReason({ key, reason }: ConfigProblem): string {
  return key === null ? reason : `${key}: ${reason}`;
}
