import { release, userInfo } from "node:os";
import type { Config } from "../config/config.ts";
import { parseConfigFile } from "../config/config-file.ts";
import { listConfigKeys, parseKeyText } from "../config/config-keys.ts";
import type { Environment } from "../config/home-folders.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import type { SpendEvidence } from "../domain/support/evidence.ts";
import { peekState } from "../store/peek-state.ts";
import { lookForPassword } from "./look-at-account.ts";

/** Every spend of a home in which no daemon runs. Titles are in the catalog, which is not opened. */
export async function peekSpends(config: Config): Promise<SpendEvidence[]> {
  const { ledger } = await peekState(config.home.state);
  return ledger.spends.map((spend) => ({ ...spend, title: null }));
}

/** Values that must stand in no bundle: the password, and what signs in to a proxy. */
export async function gatherSecrets(from: {
  config: Config;
  env: Environment;
  signal: AbortSignal;
}): Promise<string[]> {
  const { password } = await lookForPassword(from);
  const proxies = [from.config.network.proxy, ...proxyVariables.map((name) => from.env[name])];
  const signIns = proxies.flatMap((written) => {
    const url = URL.parse(/:\/\//.test(written ?? "") ? (written ?? "") : `http://${written ?? ""}`);
    return url === null ? [] : [url.username, url.password].flatMap((part) => [part, decode(part)]);
  });
  return [password ?? "", ...signIns].filter((secret) => secret !== "");
}

const proxyVariables = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no code stands for itself.
    return text;
  }
}

/** What runs here, one fact per line. */
export function describeVersions(version: string): string[] {
  const { node, sqlite } = process.versions;
  return [
    `asset-sync ${version}`,
    `Node ${node}, SQLite ${sqlite ?? "none"}`,
    `${process.platform} ${release()}, ${process.arch}`,
  ];
}

/** The person's name on this computer; empty where the system has none for them. */
export function readSystemName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user without an entry in /etc/passwd.
    return "";
  }
}

/** Each key that is not at its default, and where its value came from. What signs in somewhere is named only. */
export function describeConfig({ origins, text }: Pick<LoadedConfig, "origins" | "text">, env: Environment): string[] {
  const file = parseConfigFile(text, "config.jsonc").value;
  const lines = listConfigKeys().flatMap((key) => {
    const origin = origins.get(key.path) ?? "default";
    if (origin === "default") return [];
    const set = env[key.variables.find((variable) => env[variable] !== undefined) ?? ""] ?? "";
    const given = origin === "environment" ? parseKeyText(key, set) : findValue(file, key.path);
    return [
      `${key.path} = ${formatGiven(key.path, given)}${origin === "environment" ? " (from the environment)" : ""}`,
    ];
  });
  return lines.length === 0 ? ["Every key is at its default."] : lines;
}

function findValue(file: unknown, path: string): unknown {
  let value = file;
  for (const name of path.split("."))
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
}

function formatGiven(path: string, given: unknown): string {
  if (path === "imeshh.username") return "[user name]";
  if (path !== "network.proxy" || typeof given !== "string") return JSON.stringify(given) ?? "null";
  const url = URL.parse(given);
  return url === null ? "[hidden]" : JSON.stringify(`${url.protocol}//${url.host}`);
}
