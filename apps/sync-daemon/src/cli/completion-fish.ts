import type { DescribedCommandLine, DescribedOption, ValueKind } from "./describe-command-line.ts";

export function formatFishCompletion({ commands, globalOptions }: DescribedCommandLine): string {
  const line = (...parts: string[]) => ["complete -c asset-sync", ...parts.filter((part) => part !== "")].join(" ");
  const option = ({ name, help, value }: DescribedOption, condition = "") =>
    line(condition, `-l ${name}`, value === null ? "" : `-r ${formatAction(value)}`, `-d ${quote(help)}`);
  const within = (name: string) => `-n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
  return [
    "# fish completion for asset-sync, made by `asset-sync completion fish`",
    line("-f"),
    ...globalOptions.map((one) => option(one)),
    ...commands.flatMap(({ name, summary, argument, options }) => [
      line("-n __fish_use_subcommand", `-a ${name}`, `-d ${quote(summary)}`),
      ...(argument === null || argument.kind === "free" ? [] : [line(within(name), formatAction(argument))]),
      ...options.map((one) => option(one, within(name))),
    ]),
    "",
  ].join("\n");
}

function formatAction(value: ValueKind): string {
  switch (value.kind) {
    case "words":
      return `-f -a ${quote(value.words.join(" "))}`;
    case "folder":
      return "-f -a '(__fish_complete_directories)'";
    case "file":
      return "-F";
    case "free":
      return "-f";
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
