import type { Environment } from "../config/home-folders.ts";
import { findNearest } from "../config/nearest.ts";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import type { Command, Terminal } from "./command.ts";
import { commands } from "./commands.ts";
import { explainError } from "./explain-error.ts";
import { formatCommandHelp, formatHelp } from "./help.ts";
import { createOutput, type Output } from "./output.ts";
import { asksForJson, parseCommandLine } from "./parse-command-line.ts";
import { UsageError } from "./usage-error.ts";
import { readVersion } from "./version.ts";

/** Runs one command line to its end and returns the exit status. Never throws: what goes wrong is told on standard error. */
export async function runCommandLine(options: {
  /** Without the program's own name. */
  args: readonly string[];
  env: Environment;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<ExitStatus> {
  const { args, env, terminal, signal } = options;
  const json = asksForJson(args);
  const output = createOutput(terminal, { json });
  try {
    const { command, positionals, flags } = parseCommandLine(args, [...commands, help]);
    if (command === undefined && flags.isSet("version")) {
      const version = readVersion();
      output.answer({ version }, () => [version]);
      return exitStatuses.done;
    }
    if (command === undefined && !flags.isSet("help") && json)
      throw new UsageError("No command is named. `asset-sync help` lists them all.");
    if (command === undefined || command === help || flags.isSet("help")) {
      printHelp(output, command === help ? findCommand(positionals[0]) : command);
      return command === undefined && !flags.isSet("help") ? exitStatuses.usage : exitStatuses.done;
    }
    return await command.run({
      positionals,
      flags,
      home: flags.text("home"),
      json,
      commands: [...commands, help],
      env,
      terminal,
      output,
      signal,
    });
  } catch (error) {
    const explained = explainError(error);
    output.error(explained);
    return explained.exitStatus;
  }
}

const help: Command = {
  name: "help",
  summary: "Show what a command does.",
  usage: "[COMMAND]",
  minArguments: 0,
  maxArguments: 1,
  options: [],
  example: "asset-sync help get",
  run: async () => exitStatuses.done,
};

function findCommand(name: string | undefined): Command | undefined {
  if (name === undefined) return undefined;
  const command = [...commands, help].find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const nearest = findNearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw new UsageError(
    `There is no command "${name}". ${nearest === undefined ? "`asset-sync help` lists them all." : `Did you mean "${nearest}"?`}`,
  );
}

function printHelp(output: Output, command: Command | undefined): void {
  const told = (one: Command) => ({
    name: one.name,
    summary: one.summary,
    usage: one.usage,
    options: one.options,
    example: one.example,
  });
  if (command === undefined) output.answer({ commands: commands.map(told) }, () => formatHelp([...commands, help]));
  else output.answer(told(command), () => formatCommandHelp(command));
}
