import { type ConfigKey, listConfigKeys } from "./config-keys.ts";
import { jsonSchemaFileName } from "./json-schema.ts";

interface Group {
  readonly keys: ConfigKey[];
  readonly groups: Map<string, Group>;
}

/**
 * The text of a new `config.jsonc`: what was chosen (values by key path) as it is, everything else as a comment with its
 * default, so that a person sees what there is and later defaults still apply.
 */
export function formatConfig(chosen: Readonly<Record<string, unknown>>): string {
  const root: Group = { keys: [], groups: new Map() };
  for (const key of listConfigKeys()) {
    let group = root;
    for (const name of key.section.split(".")) {
      const inner = group.groups.get(name) ?? { keys: [], groups: new Map() };
      group.groups.set(name, inner);
      group = inner;
    }
    group.keys.push(key);
  }
  const body = formatEntries(root, chosen, 1, [`  "$schema": ${JSON.stringify(`./${jsonSchemaFileName}`)}`]);
  return `// The configuration of asset-sync. Lines that begin with // are comments; a key in one shows its default.\n{\n${body}\n}\n`;
}

function formatEntries(
  group: Group,
  chosen: Readonly<Record<string, unknown>>,
  depth: number,
  first: string[] = [],
): string {
  const indent = "  ".repeat(depth);
  // A comma wherever something follows, in comments too, so that any of them can be put to use by taking its // away.
  const entries: { comments: string[]; text: string | null }[] = first.map((text) => ({ comments: [], text }));
  for (const key of group.keys) {
    const name = JSON.stringify(key.path.split(".").at(-1));
    const isChosen = Object.hasOwn(chosen, key.path);
    const comments = [`${indent}// ${key.description}`];
    if (!isChosen) comments.push(`${indent}// ${name}: ${JSON.stringify(key.default)},`);
    entries.push({ comments, text: isChosen ? `${indent}${name}: ${formatValue(chosen[key.path], indent)}` : null });
  }
  for (const [name, inner] of group.groups) {
    entries.push({
      comments: [],
      text: `${indent}${JSON.stringify(name)}: {\n${formatEntries(inner, chosen, depth + 1)}\n${indent}}`,
    });
  }
  const last = entries.length - 1;
  return entries
    .flatMap(({ comments, text }, index) =>
      text === null ? comments : [...comments, index < last ? `${text},` : text],
    )
    .join("\n");
}

/** A value on one line with blanks, as people write it; each rule of a list on its own line, below `indent`. */
export function formatValue(value: unknown, indent: string): string {
  const isListOfGroups = Array.isArray(value) && value.some((item) => typeof item === "object");
  if (isListOfGroups) return `[\n${value.map((item) => `${indent}  ${formatInline(item)}`).join(",\n")}\n${indent}]`;
  return formatInline(value);
}

function formatInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatInline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${formatInline(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
