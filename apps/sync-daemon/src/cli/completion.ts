import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { formatBashCompletion } from "./completion-bash.ts";
import { formatFishCompletion } from "./completion-fish.ts";
import { formatPowershellCompletion } from "./completion-powershell.ts";
import { formatZshCompletion } from "./completion-zsh.ts";
import { type DescribedCommandLine, describeCommandLine } from "./describe-command-line.ts";
import { UsageError } from "./usage-error.ts";

const shells: Readonly<Record<string, (described: DescribedCommandLine) => string>> = {
  bash: formatBashCompletion,
  zsh: formatZshCompletion,
  fish: formatFishCompletion,
  powershell: formatPowershellCompletion,
};

export const completion: Command = {
  name: "completion",
  summary: "Print what lets your shell complete commands and options.",
  usage: "bash|zsh|fish|powershell",
  minArguments: 1,
  maxArguments: 1,
  options: [],
  example: "asset-sync completion bash > ~/.local/share/bash-completion/completions/asset-sync",
  async run({ positionals, commands, output }) {
    const [shell = ""] = positionals;
    const format = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (format === undefined)
      throw new UsageError(`There is no completion for "${shell}", only for ${Object.keys(shells).join(", ")}.`);
    const script = format(describeCommandLine(commands));
    output.answer({ shell, script }, () => [script.trimEnd()]);
    return exitStatuses.done;
  },
};
