// biome-ignore-all lint/suspicious/noTemplateCurlyInString: bash reads them.
import type { DescribedCommandLine, DescribedOption, ValueKind } from "./describe-command-line.ts";

/** For bash 3.2 and newer, which macOS still has. */
export function formatBashCompletion({ commands, globalOptions }: DescribedCommandLine): string {
  const all = [...globalOptions, ...commands.flatMap(({ options }) => options)];
  const takesValue = [...new Set(all.filter(({ value }) => value !== null).map(({ name }) => `--${name}`))];
  const names = (options: readonly DescribedOption[]) => options.map(({ name }) => `--${name}`).join(" ");
  const valueCases = [
    ...globalOptions.map((option) => valueCase(`*" --${option.name}"`, option.value)),
    ...commands.flatMap(({ name, options }) =>
      options.map((option) => valueCase(`"${name} --${option.name}"`, option.value)),
    ),
  ].filter((line) => line !== null);
  return [
    "# bash completion for asset-sync, made by `asset-sync completion bash`",
    "_asset_sync() {",
    "  local current previous command word index",
    "  COMPREPLY=()",
    '  current="${COMP_WORDS[COMP_CWORD]}"',
    '  previous="${COMP_WORDS[COMP_CWORD-1]}"',
    "  # bash takes --name=value apart into three words.",
    '  if [ "$current" = "=" ]; then current=""; fi',
    '  if [ "$previous" = "=" ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  command=""',
    "  for ((index = 1; index < COMP_CWORD; index++)); do",
    '    word="${COMP_WORDS[index]}"',
    '    case "$word" in',
    `      ${takesValue.join("|")}) index=$((index + 1)) ;;`,
    "      -*) ;;",
    '      *) command="$word"; break ;;',
    "    esac",
    "  done",
    '  case "$command $previous" in',
    ...valueCases.map((line) => `    ${line}`),
    "  esac",
    '  case "$current" in',
    "    -*)",
    '      case "$command" in',
    ...commands
      .filter(({ options }) => options.length > 0)
      .map(({ name, options }) => `        ${name}) COMPREPLY=($(compgen -W "${names(options)}" -- "$current")) ;;`),
    "      esac",
    `      COMPREPLY+=($(compgen -W "${names(globalOptions)}" -- "$current")) ;;`,
    "    *)",
    '      case "$command" in',
    `        "") COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$current")) ;;`,
    ...commands.flatMap(({ name, argument }) => {
      const action = argument === null ? null : complete(argument);
      return action === null ? [] : [`        ${name}) ${action} ;;`];
    }),
    "      esac ;;",
    "  esac",
    "}",
    "complete -F _asset_sync asset-sync",
    "",
  ].join("\n");
}

function valueCase(pattern: string, value: ValueKind | null): string | null {
  if (value === null) return null;
  return `${pattern}) ${complete(value) ?? ":"}; return ;;`;
}

/** Null where only the person knows. */
function complete(value: ValueKind): string | null {
  switch (value.kind) {
    case "words":
      return `COMPREPLY=($(compgen -W "${value.words.join(" ")}" -- "$current"))`;
    case "folder":
      return `local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current"))`;
    case "file":
      return `local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))`;
    case "free":
      return null;
  }
}
