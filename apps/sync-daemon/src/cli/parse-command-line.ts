import { parseArgs } from "node:util";
import { findNearest } from "../config/nearest.ts";
import type { Command, CommandOption, Flags } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** Understood by every command. */
export const globalOptions: readonly CommandOption[] = [
  { name: "home", value: "DIR", help: "Keep everything of asset-sync below this folder." },
  { name: "json", help: "Print one JSON document and nothing else." },
  { name: "help", help: "Show what a command does." },
  { name: "version", help: "Show the version." },
];

export interface CommandLine {
  /** Undefined when no command was named. */
  readonly command: Command | undefined;
  readonly positionals: readonly string[];
  readonly flags: Flags;
}

/** Reads the command line strictly: whatever is unknown or missing is a `UsageError` that names the nearest right one. */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): CommandLine {
  const name = findCommandName(args);
  const command = commands.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) {
    const nearest = findNearest(
      name,
      commands.map((candidate) => candidate.name),
    );
    throw new UsageError(
      `There is no command "${name}". ${nearest === undefined ? "`asset-sync help` lists them all." : `Did you mean "${nearest}"?`}`,
    );
  }

  const options = [...globalOptions, ...(command?.options ?? [])];
  const { values, positionals } = readArguments(args, options);
  const [, ...own] = positionals;
  const flags: Flags = {
    isSet: (option) => values.has(option),
    text: (option) => values.get(option)?.at(-1),
    list: (option) => values.get(option) ?? [],
  };
  if (command !== undefined && !flags.isSet("help")) checkArguments(command, own);
  return { command, positionals: own, flags };
}

/** `--json` counts even where the rest is not understood, so that a program gets its error as JSON. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).includes("--json");
}

function findCommandName(args: readonly string[]): string | undefined {
  return readTokens(args, globalOptions).find((token) => token.kind === "positional")?.value;
}

function readTokens(args: readonly string[], options: readonly CommandOption[]) {
  const config = Object.fromEntries(
    options.map(({ name, value }) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: true as const },
    ]),
  );
  return parseArgs({
    args: [...args],
    options: { ...config, h: { type: "boolean" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function readArguments(args: readonly string[], options: readonly CommandOption[]) {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of readTokens(args, options)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const name = token.rawName === "-h" ? "help" : token.name;
    const option =
      token.rawName === `-${token.name}` && token.rawName !== "-h"
        ? undefined
        : options.find((candidate) => candidate.name === name);
    if (option === undefined) {
      const nearest = findNearest(
        token.name,
        options.map((candidate) => candidate.name),
      );
      throw new UsageError(
        `There is no option "${token.rawName}" here. ${nearest === undefined ? "`--help` lists those of each command." : `Did you mean "--${nearest}"?`}`,
      );
    }
    if (option.value === undefined && token.inlineValue === true) throw new UsageError(`"--${name}" takes no value.`);
    const isMissing =
      token.value === undefined || token.value === "" || (token.inlineValue === false && token.value.startsWith("--"));
    if (option.value !== undefined && isMissing)
      throw new UsageError(`"--${name}" needs a value: --${name} ${option.value}.`);
    const earlier = values.get(name) ?? [];
    if (earlier.length > 0 && option.value !== undefined && option.isRepeatable !== true)
      throw new UsageError(`"--${name}" is given twice.`);
    values.set(name, [...earlier, token.value ?? ""]);
  }
  return { values, positionals };
}

function checkArguments(command: Command, given: readonly string[]): void {
  const call = `asset-sync ${command.name} ${command.usage}`.trim();
  if (given.length < command.minArguments)
    throw new UsageError(`"${command.name}" needs more: \`${call}\`, for example \`${command.example}\`.`);
  if (given.length > command.maxArguments) {
    throw new UsageError(
      `"${command.name}" does not know what to do with "${given.slice(command.maxArguments).join(" ")}": \`${call}\`.`,
    );
  }
}
