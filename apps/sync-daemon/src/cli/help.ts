import type { Command, CommandOption } from "./command.ts";
import { formatTable } from "./format.ts";
import { globalOptions } from "./parse-command-line.ts";

const statusesText = [
  "Exit statuses: 0 done, 1 something failed, 2 not understood, 3 sign-in needed, 4 no download left or allowed,",
  "5 disk or library, 6 the shop cannot be reached, 7 another asset-sync uses this folder.",
];

/** The list of all commands. */
export function formatHelp(commands: readonly Command[]): string[] {
  return [
    "asset-sync keeps a Blender asset library current with your iMeshh subscription and never wastes a download.",
    "",
    "Usage: asset-sync COMMAND [options]",
    "",
    ...indent(
      formatTable(
        ["", ""],
        commands.map(({ name, summary }) => [name, summary]),
      ).slice(1),
    ),
    "",
    "Options of every command",
    ...formatOptions(globalOptions),
    "",
    "Begin with `asset-sync init`. `asset-sync help COMMAND` tells more about one.",
    "",
    ...statusesText,
  ];
}

/** What one command does, with its options and an example. */
export function formatCommandHelp(command: Command): string[] {
  return [
    command.summary,
    "",
    `Usage: ${`asset-sync ${command.name} ${command.usage}`.trim()} [options]`,
    ...(command.options.length === 0 ? [] : ["", ...formatOptions(command.options)]),
    "",
    "Options of every command",
    ...formatOptions(globalOptions),
    "",
    `Example: ${command.example}`,
  ];
}

function formatOptions(options: readonly CommandOption[]): string[] {
  const rows = options.map(({ name, value, isRepeatable, help }) => [
    `--${name}${value === undefined ? "" : ` ${value}`}`,
    `${help}${isRepeatable ? " May be given several times." : ""}`,
  ]);
  return indent(formatTable(["", ""], rows).slice(1));
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
