import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program of the system to its end. Throws what it said on its error output if it fails. */
export async function shell(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, [...args], { maxBuffer: 16 << 20 });
  return stdout;
}

/** The same, for cleaning up: what is gone already is no fault. */
export async function shellQuietly(program: string, ...args: readonly string[]): Promise<void> {
  await shell(program, ...args).catch(() => undefined);
}
