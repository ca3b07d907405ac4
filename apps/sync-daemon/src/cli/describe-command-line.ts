import type { Command, CommandOption } from "./command.ts";
import { globalOptions } from "./parse-command-line.ts";

/** What may stand for a value: one of some words, a folder, a file, or something that only the person knows. */
export type ValueKind =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "folder" | "file" | "free" };

export interface DescribedOption {
  readonly name: string;
  readonly help: string;
  /** Null for a yes/no option. */
  readonly value: ValueKind | null;
}

export interface DescribedCommand {
  readonly name: string;
  readonly summary: string;
  /** What its first argument may be. */
  readonly argument: ValueKind | null;
  readonly options: readonly DescribedOption[];
}

/** The table of commands, as shells complete it. */
export interface DescribedCommandLine {
  readonly commands: readonly DescribedCommand[];
  readonly globalOptions: readonly DescribedOption[];
}

/** What a placeholder of the help stands for: `free|none`, `DIR` or `FOLDER`, `FILE`, or anything else. */
export function describeValue(placeholder: string): ValueKind {
  if (/^\w+(?:\|\w+)+$/.test(placeholder)) return { kind: "words", words: placeholder.split("|") };
  if (placeholder === "DIR" || placeholder === "FOLDER") return { kind: "folder" };
  if (placeholder === "FILE") return { kind: "file" };
  return { kind: "free" };
}

export function describeCommandLine(commands: readonly Command[]): DescribedCommandLine {
  const names = commands.map(({ name }) => name);
  return {
    commands: commands.map(({ name, summary, usage, options }) => ({
      name,
      summary,
      argument: describeArgument(usage, names),
      options: options.map(describeOption),
    })),
    globalOptions: globalOptions.map(describeOption),
  };
}

function describeOption({ name, help, value }: CommandOption): DescribedOption {
  return { name, help, value: value === undefined ? null : describeValue(value) };
}

function describeArgument(usage: string, names: readonly string[]): ValueKind | null {
  if (usage === "") return null;
  if (usage === "[COMMAND]") return { kind: "words", words: names };
  const [first = ""] = usage.replace(/[[\]…]/g, "").split(" ");
  return describeValue(first);
}
