import type { ConfigKey } from "../config/config-keys.ts";
import type { Command, CommandOption } from "./command.ts";
import { exitStatusWords } from "./help.ts";

/** `asset-sync.1`, in the man(7) macros that every man program knows. The same table, the same page: it holds no date. */
export function formatManPage(of: {
  commands: readonly Command[];
  globalOptions: readonly CommandOption[];
  keys: readonly ConfigKey[];
  version: string;
}): string {
  const { commands, globalOptions, keys, version } = of;
  return [
    '.\\" Made from the table of commands by `asset-sync man`.',
    `.TH ASSET\\-SYNC 1 "" "asset\\-sync ${escapeText(version)}" "User Commands"`,
    ".SH NAME",
    "asset\\-sync \\- keep a Blender asset library current with an iMeshh subscription",
    ".SH SYNOPSIS",
    ".B asset\\-sync",
    ".I COMMAND",
    "[options]",
    ".SH DESCRIPTION",
    "Keeps a local Blender asset library current with an iMeshh subscription. Your own files are never overwritten, and no",
    "download that the shop counts is spent unless a rule of yours or you yourself asked for it.",
    ".PP",
    "Begin with",
    '.BR "asset\\-sync init" ;',
    ".B asset\\-sync doctor",
    "says what is wrong when something does not work.",
    ".SH COMMANDS",
    ...commands.flatMap(formatCommand),
    ".SH OPTIONS OF EVERY COMMAND",
    ...globalOptions.flatMap(formatOption),
    ".SH EXIT STATUS",
    ...Object.entries(exitStatusWords).flatMap(([status, words]) => [".TP", `.B ${status}`, format(words)]),
    ".SH ENVIRONMENT",
    "Every key of the configuration is a variable too, and wins over the file.",
    ".TP",
    ".B ASSET_SYNC_HOME",
    "The folder below which everything of asset\\-sync lies.",
    ".TP",
    ".B ASSET_SYNC_IMESHH_PASSWORD",
    "The password for the shop.",
    ".TP",
    ".BR NO_COLOR ,",
    "when set, keeps colours out of the output.",
    ...keys.flatMap(({ variables, description, path }) => [
      ".TP",
      `.B ${escapeText(variables[0] ?? "")}`,
      `${format(description)} (${escapeText(path)})`,
    ]),
    ".SH FILES",
    ".TP",
    ".I \\(ti/.config/asset\\-sync/config.jsonc",
    "The configuration; JSON with comments. On macOS and Windows it lies where such things are kept there.",
    ".TP",
    ".I \\(ti/.local/state/asset\\-sync",
    "The state, the ledger of downloads, and the log.",
    ".TP",
    ".I \\(ti/.local/share/asset\\-sync",
    "Kept zips, which repair and move assets without another download.",
    "",
  ].join("\n");
}

function formatCommand({ name, usage, summary, options, example }: Command): string[] {
  return [
    ".SS",
    `${escapeText(`asset-sync ${name} ${usage}`.trim())}`,
    format(summary),
    ...options.flatMap(formatOption),
    ".PP",
    "Example:",
    `.B "${escapeText(example).replaceAll('"', "\\(dq")}"`,
  ];
}

function formatOption({ name, value, help, isRepeatable }: CommandOption): string[] {
  const argument = value === undefined ? "" : ` \\fI${escapeText(value)}\\fR`;
  return [
    ".TP",
    `\\fB\\-\\-${escapeText(name)}\\fR${argument}`,
    format(`${help}${isRepeatable ? " May be given several times." : ""}`),
  ];
}

/** Running text: what stands between backquotes is what one types. */
function format(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith("`") ? `\\fB${escapeText(part.slice(1, -1))}\\fR` : escapeText(part)))
    .join("");
}

/** What roff would take as its own: backslashes, hyphens that one types, and a dot or quote that begins a line. */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll("`", "\\(ga")
    .replaceAll("…", "...")
    .replace(/^([.'])/, "\\&$1");
}
