import { PassThrough } from "node:stream";
import type { Terminal } from "../command.ts";
import { runCommandLine } from "../run.ts";
import type { CommandResult } from "./run-command.ts";

/** Runs a command line as a person types it, but in this process: one of its own for each would take minutes. */
export async function runInProcess(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CommandResult> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const terminal = { stdin, stdout, stderr } as unknown as Terminal;
  const status = await runCommandLine({ args, env, terminal, signal: new AbortController().signal });
  return { status, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}
