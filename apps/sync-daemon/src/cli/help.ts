import type { ExitStatus } from "../domain/exit-status.ts";
import type { Command, CommandOption } from "./command.ts";
import { wrapText } from "./format.ts";
import { globalOptions } from "./parse-command-line.ts";

/** What each exit status says. The contract of commands with scripts; the README has the same table. */
export const exitStatusWords: Readonly<Record<ExitStatus, string>> = {
  0: "done",
  1: "something failed",
  2: "the command or the configuration is not understood",
  3: "sign-in needed",
  4: "no download left, or not allowed",
  5: "disk or library",
  6: "the shop cannot be reached",
  7: "another asset-sync uses this home",
};

const width = 80;

/** The list of all commands. */
export function formatHelp(commands: readonly Command[]): string[] {
  const statuses = Object.entries(exitStatusWords).map(([status, words]) => `${status} ${words}`);
  return [
    ...wrapText(
      "asset-sync keeps a Blender asset library current with your iMeshh subscription and never wastes a download.",
      width,
    ),
    "",
    "Usage: asset-sync COMMAND [options]",
    "",
    ...formatRows(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options of every command",
    ...formatOptions(globalOptions),
    "",
    ...wrapText("Begin with `asset-sync init`. `asset-sync help COMMAND` tells more about one.", width),
    "",
    ...wrapText(`Exit statuses: ${statuses.join("; ")}.`, width),
  ];
}

/** What one command does, with its options and an example. */
export function formatCommandHelp(command: Command): string[] {
  return [
    ...wrapText(command.summary, width),
    "",
    `Usage: ${`asset-sync ${command.name} ${command.usage}`.trim()} [options]`,
    ...(command.options.length === 0 ? [] : ["", ...formatOptions(command.options)]),
    "",
    "Options of every command",
    ...formatOptions(globalOptions),
    "",
    // On one line, so that it can be copied.
    `Example: ${command.example}`,
  ];
}

function formatOptions(options: readonly CommandOption[]): string[] {
  return formatRows(
    options.map(({ name, value, isRepeatable, help }) => [
      `--${name}${value === undefined ? "" : ` ${value}`}`,
      `${help}${isRepeatable ? " May be given several times." : ""}`,
    ]),
  );
}

/** Two columns, the second one wrapped at the width of a terminal. */
function formatRows(rows: readonly (readonly [string, string])[]): string[] {
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, text]) => {
    const [first = "", ...rest] = wrapText(text, width - nameWidth - 4);
    return [`  ${name.padEnd(nameWidth)}  ${first}`, ...rest.map((line) => `${" ".repeat(nameWidth + 4)}${line}`)];
  });
}
