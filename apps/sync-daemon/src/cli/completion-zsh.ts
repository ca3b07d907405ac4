import type { DescribedCommandLine, DescribedOption, ValueKind } from "./describe-command-line.ts";

/** For zsh's own completion system; to be sourced, or put into a folder of `fpath` as `_asset-sync`. */
export function formatZshCompletion({ commands, globalOptions }: DescribedCommandLine): string {
  const globals = globalOptions.map((option) => formatOption(option));
  return [
    "#compdef asset-sync",
    "# zsh completion for asset-sync, made by `asset-sync completion zsh`",
    "_asset-sync() {",
    "  local context state state_descr line",
    "  typeset -A opt_args",
    "  local -a commands",
    "  commands=(",
    ...commands.map(({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`),
    "  )",
    "  _arguments -C \\",
    ...globals.map((option) => `    ${option} \\`),
    "    '1:command:->command' \\",
    "    '*::argument:->argument'",
    "  case $state in",
    "    command) _describe -t commands command commands ;;",
    "    argument)",
    "      case $words[1] in",
    ...commands.map(({ name, argument, options }) => {
      const rest = argument === null ? "" : ` '*:argument:${formatAction(argument)}'`;
      const own = options.map((option) => ` ${formatOption(option)}`).join("");
      return `        ${name}) _arguments ${globals.join(" ")}${own}${rest} ;;`;
    }),
    "      esac ;;",
    "  esac",
    "}",
    'if [ "$funcstack[1]" = "_asset-sync" ]; then _asset-sync "$@"; else compdef _asset-sync asset-sync; fi',
    "",
  ].join("\n");
}

function formatOption({ name, help, value }: DescribedOption): string {
  const shown = help.replace(/[[\]:\\]/g, "\\$&");
  return quote(`--${name}[${shown}]${value === null ? "" : `:value:${formatAction(value)}`}`);
}

function formatAction(value: ValueKind): string {
  switch (value.kind) {
    case "words":
      return `(${value.words.join(" ")})`;
    case "folder":
      return "_directories";
    case "file":
      return "_files";
    case "free":
      return "";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
