import { readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { completeConfig } from "./complete-config.ts";
import { type ConfigText, configSchema } from "./config.schema.ts";
import type { Config, HomeFolders } from "./config.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { type ConfigFile, parseConfigFile } from "./config-file.ts";
import { type ConfigKey, listConfigKeys, otherVariables, parseKeyText, variablePrefix } from "./config-keys.ts";
import { explainIssue } from "./explain-issue.ts";
import { type Environment, type HomeRequest, resolveHomeFolders } from "./home-folders.ts";
import { findNearest } from "./nearest.ts";

/** Where the value of a key came from. Later ones win: `default`, `file`, `environment`, `override`. */
export type Origin = "default" | "file" | "environment" | "override";

export interface LoadedConfig {
  readonly config: Config;
  /** For every key of the configuration, such as `imeshh.pollMinutes`. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What stands for each key, as a person would write it, with defaults filled in. */
  readonly values: ConfigText;
  /** The file as it was read; empty when there is none and the environment says everything. */
  readonly text: string;
}

export interface LoadRequest extends HomeRequest {
  /** Values by key path that win over everything, for example from `--set`. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}

/** Reads, checks and completes the configuration. Throws one `ConfigError` that lists everything that is wrong. */
export async function loadConfig(request: LoadRequest): Promise<LoadedConfig> {
  const home = resolveHomeFolders(request);
  const text = await readConfigText(home, request);
  return parseConfig({ ...request, text, home });
}

/** The same for a text that is not on disk yet. */
export function parseConfig(
  request: Omit<LoadRequest, "home"> & { readonly text: string; readonly home: HomeFolders },
): LoadedConfig {
  const { text, home, env } = request;
  const name = path.basename(home.configFile);
  const file = parseConfigFile(text, name);
  const problems: (string | ConfigProblem)[] = [];
  const keys = listConfigKeys();

  const fromEnvironment = readEnvironment(keys, env);
  problems.push(...fromEnvironment.problems);
  const value: unknown = structuredClone(file.value);
  const named = new Map<string, string>();
  for (const [keyPath, { variable, value: set }] of fromEnvironment.values) {
    setValue(value, keyPath, set);
    named.set(keyPath, variable);
  }
  for (const [keyPath, set] of Object.entries(request.overrides ?? {})) {
    const paths = keys.map((key) => key.path);
    if (!paths.includes(keyPath)) {
      const nearest = findNearest(keyPath, paths);
      problems.push(
        `${keyPath}: there is no such key; ${nearest === undefined ? "see the table in the README." : `did you mean "${nearest}"?`}`,
      );
      continue;
    }
    setValue(value, keyPath, set);
    named.set(keyPath, "set by hand");
  }

  const parsed = configSchema.safeParse(value);
  for (const issue of parsed.error === undefined ? [] : withoutEchoes(parsed.error.issues)) {
    for (const { path: keyPath, text: said } of explainIssue(issue, value)) {
      problems.push({
        key: formatPath(keyPath) || null,
        sentence: asSentence(`${placeOf(keyPath, { file, name, named })}: ${said}`),
        reason: asSentence(said),
      });
    }
  }
  const config = parsed.success ? completeConfig(parsed.data, home, request) : undefined;
  if (config !== undefined) problems.push(...findRelativePaths(config, { file, name, named }));
  // A slip in the text makes everything after it look wrong; say the slip alone.
  if (file.problems.length > 0) throw new ConfigError([...new Set(file.problems)]);
  if (!parsed.success || config === undefined || problems.length > 0) throw new ConfigError(withoutRepeats(problems));

  const origins = new Map<string, Origin>();
  for (const { path: keyPath } of keys) {
    const isOverride = Object.hasOwn(request.overrides ?? {}, keyPath);
    const given: Origin = file.has(keyPath.split(".")) ? "file" : "default";
    origins.set(keyPath, isOverride ? "override" : fromEnvironment.values.has(keyPath) ? "environment" : given);
  }
  return { config, origins, values: parsed.data, text };
}

function withoutRepeats(problems: readonly (string | ConfigProblem)[]): (string | ConfigProblem)[] {
  const sentence = (problem: string | ConfigProblem) => (typeof problem === "string" ? problem : problem.sentence);
  return [...new Map(problems.map((problem) => [sentence(problem), problem])).values()];
}

async function readConfigText(home: HomeFolders, request: LoadRequest): Promise<string> {
  try {
    return await readFile(home.configFile, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const saysRoot = request.overrides?.["library.root"] ?? request.env.ASSET_SYNC_LIBRARY_ROOT;
    if (code === "ENOENT" && saysRoot !== undefined) return "";
    if (code === "ENOENT")
      throw new ConfigError([`There is no configuration at ${home.configFile} yet; run \`asset-sync init\` first.`]);
    if (code === "EACCES" || code === "EPERM")
      throw new ConfigError([`You may not read the configuration ${home.configFile}; give yourself the right to.`]);
    if (code === "EISDIR")
      throw new ConfigError([
        `${home.configFile} is a folder and should be a file; move it away and run \`asset-sync init\`.`,
      ]);
    throw new ConfigError([`The configuration ${home.configFile} cannot be read: ${message}.`]);
  }
}

/** A group with an unknown key may lack the right one for that very reason; the unknown key says enough. */
function withoutEchoes(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const withUnknown = new Set(
    issues.filter(({ code }) => code === "unrecognized_keys").map((issue) => issue.path.join(".")),
  );
  return issues.filter((issue) => issue.code !== "custom" || !withUnknown.has(issue.path.join(".")));
}

function asSentence(text: string): string {
  return text.endsWith("?") ? text : `${text}.`;
}

function readEnvironment(keys: readonly ConfigKey[], env: Environment) {
  const byVariable = new Map(keys.flatMap((key) => key.variables.map((variable) => [variable, key] as const)));
  const values = new Map<string, { variable: string; value: unknown }>();
  const problems: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (
      !variable.startsWith(variablePrefix) ||
      text === undefined ||
      (otherVariables as readonly string[]).includes(variable)
    )
      continue;
    const key = byVariable.get(variable);
    if (key === undefined) {
      const nearest = findNearest(
        variable.slice(variablePrefix.length),
        [...byVariable.keys(), ...otherVariables].map((name) => name.slice(variablePrefix.length)),
      );
      problems.push(
        `${variable} in the environment: there is no such setting; ${nearest === undefined ? "remove it." : `did you mean ${variablePrefix}${nearest}?`}`,
      );
      continue;
    }
    const earlier = values.get(key.path);
    if (earlier !== undefined)
      problems.push(`${key.path} is set twice in the environment, by ${earlier.variable} and ${variable}.`);
    values.set(key.path, { variable, value: parseKeyText(key, text) });
  }
  return { values, problems };
}

function setValue(target: unknown, keyPath: string, value: unknown): void {
  const steps = keyPath.split(".");
  const last = steps.pop() ?? keyPath;
  let current = target;
  for (const step of steps) {
    if (!isGroup(current)) return;
    if (current[step] === undefined) current[step] = {};
    current = current[step];
  }
  if (isGroup(current)) current[last] = value;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Places {
  readonly file: ConfigFile;
  readonly name: string;
  /** Key path to what set it, where that was not the file. */
  readonly named: ReadonlyMap<string, string>;
}

function placeOf(keyPath: readonly PropertyKey[], { file, name, named }: Places): string {
  const written = formatPath(keyPath);
  for (const [setPath, by] of named) {
    if (written === setPath || written.startsWith(`${setPath}[`) || written.startsWith(`${setPath}.`))
      return `${written} (${by})`;
  }
  const line = file.lineOf(keyPath);
  return line === undefined ? written || name : `${written || "The whole"} (${name}, line ${line})`;
}

function formatPath(keyPath: readonly PropertyKey[]): string {
  return keyPath
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

function findRelativePaths(config: Config, places: Places): ConfigProblem[] {
  const written: [PropertyKey[], string][] = [
    [["library", "root"], config.library.root],
    ...config.network.extraCertificateFiles.map((file, index): [PropertyKey[], string] => [
      ["network", "extraCertificateFiles", index],
      file,
    ]),
  ];
  return written
    .filter(([, where]) => !path.isAbsolute(where))
    .map(([keyPath, where]) => {
      const reason = `expected a whole path such as ${path.resolve("/", "Assets", "iMeshh")} or ~/Documents/iMeshh, but it is ${JSON.stringify(where)}.`;
      return { key: formatPath(keyPath), sentence: `${placeOf(keyPath, places)}: ${reason}`, reason };
    });
}
