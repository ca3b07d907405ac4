import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { program } from "./built-program.ts";
import type { Scene } from "./scene.ts";

export interface Command {
  readonly process: ChildProcess;
  /** Resolves when it ended. `code` is null when it was killed. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts the real command as a process of its own, pointed at the scene. Killed when the test ends. */
export function startCommand(scene: Scene, args: readonly string[], environment: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [program, ...args], {
    // Nothing of the surrounding run may reach it, such as the export condition of the test runner.
    env: {
      PATH: process.env.PATH ?? "",
      HOME: scene.folder,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
      ...scene.environment,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}
