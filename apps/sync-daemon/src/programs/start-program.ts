import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/**
 * Starts a program of the desktop and leaves it to the person: no shell, no search, no pipes, and it outlives us. Resolves
 * once it was begun; throws where it could not be. How it ends is not known here.
 */
export async function startProgram(wanted: {
  /** Its whole path. */
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  folder?: string | undefined;
  /** Windows only: the arguments are quoted already. */
  isQuoted?: boolean;
}): Promise<void> {
  const { program, isQuoted = false } = wanted;
  if (!path.isAbsolute(program)) throw new Error(`"${program}" is no whole path of a program.`);
  const child = spawn(program, [...wanted.args], {
    cwd: wanted.folder,
    detached: true,
    env: { ...wanted.env },
    stdio: "ignore",
    windowsVerbatimArguments: isQuoted,
  });
  await once(child, "spawn");
  child.on("error", () => undefined);
  child.unref();
}
