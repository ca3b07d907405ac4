import { spawn } from "node:child_process";
import path from "node:path";

/** How a program that is not ours ended. */
export interface ProgramResult {
  /** Null: ended by a signal, for example because its time was up. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTimeUp: boolean;
}

/** More of what it says is not kept. */
const keptCharacters = 100_000;

/**
 * The only place that starts a program which is not this very Node. It takes a whole path and a list of arguments: no
 * shell, no search. Ends it when `limitMs` are over or `signal` aborts. Throws where it cannot be started, and when
 * aborted.
 */
export async function runProgram(wanted: {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  limitMs: number;
  signal: AbortSignal;
}): Promise<ProgramResult> {
  const { program, signal } = wanted;
  if (!path.isAbsolute(program)) throw new Error(`"${program}" is no whole path of a program.`);
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(wanted.limitMs);
  const either = AbortSignal.any([signal, limit]);
  const child = spawn(program, [...wanted.args], {
    env: { ...wanted.env },
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  // A child of it may hold the pipes open for ever; what was said until then is enough.
  const end = () => {
    child.kill("SIGKILL");
    child.stdout.destroy();
    child.stderr.destroy();
  };
  either.addEventListener("abort", end, { once: true });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      if (said[name].length < keptCharacters) said[name] += text;
    });
  }
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal.throwIfAborted();
    return { status, ...said, isTimeUp: limit.aborted && status === null };
  } finally {
    either.removeEventListener("abort", end);
  }
}
