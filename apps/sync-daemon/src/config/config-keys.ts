import { z } from "zod";
import { configSchema } from "./config.schema.ts";

/** One thing that can be configured. */
export interface ConfigKey {
  /** As in the file, such as `imeshh.pollMinutes`. */
  readonly path: string;
  readonly section: string;
  readonly description: string;
  readonly default: unknown;
  /** Is a text written as it is, or as JSON? Lists, numbers, yes and no are JSON. */
  readonly isText: boolean;
  /** Names of its environment variable: plain capitals, and with camelCase parts apart. The first is the documented one. */
  readonly variables: readonly string[];
}

/** Reserved names that are no keys of the file. */
export const otherVariables = ["ASSET_SYNC_HOME", "ASSET_SYNC_IMESHH_PASSWORD"] as const;

/** Everything in the environment that begins so is ours; what is not known there is told as an error. */
export const variablePrefix = "ASSET_SYNC_";

/** What callers of the API may not change: whom to speak to, and where the API listens (docs/decisions/0040). */
const closedKeys = ["imeshh.origins", "imeshh.archiveHosts", "network", "api"];

/** Can this key be changed only in the file itself? */
export function isOnlyInFile(keyPath: string): boolean {
  return closedKeys.some((closed) => keyPath === closed || keyPath.startsWith(`${closed}.`));
}

/** Every key of the configuration, in the order of the schema. */
export function listConfigKeys(): ConfigKey[] {
  return listLeaves(configSchema, []).filter((key) => key.path !== "$schema");
}

/** Names of the keys right below `path` in the schema, for telling the nearest one. `*` stands for a list's item. */
export function listKeysBelow(path: readonly PropertyKey[]): string[] {
  let schema: z.core.$ZodType | undefined = configSchema;
  for (const step of path) {
    const bare: z.core.$ZodType | undefined = schema && unwrap(schema);
    if (bare instanceof z.ZodObject) schema = bare.shape[String(step)];
    else if (bare instanceof z.ZodArray) schema = bare.element;
    else schema = undefined;
  }
  const found = schema && unwrap(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function listLeaves(schema: z.core.$ZodType, path: readonly string[]): ConfigKey[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    return Object.entries(bare.shape).flatMap(([name, inner]) => listLeaves(inner as z.core.$ZodType, [...path, name]));
  }
  const plain = path.map((part) => part.toUpperCase()).join("_");
  const apart = path.map((part) => part.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()).join("_");
  return [
    {
      path: path.join("."),
      section: path.slice(0, -1).join("."),
      description: z.globalRegistry.get(schema)?.description ?? "",
      default: schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined,
      isText: bare instanceof z.ZodString || bare instanceof z.ZodEnum || bare instanceof z.ZodLiteral,
      variables: [...new Set([plain, apart])].map((name) => `${variablePrefix}${name}`),
    },
  ];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}

/**
 * What somebody wrote outside the file (environment, `--set`) as the value it means. What is no JSON where JSON is
 * expected stays text, so that the schema can say what is wrong with it.
 */
export function parseKeyText(key: ConfigKey, text: string): unknown {
  if (key.isText) return key.default === null && (text === "" || text === "null") ? null : text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
