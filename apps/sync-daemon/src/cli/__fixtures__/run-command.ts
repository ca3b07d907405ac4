import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../../bin/asset-sync.mjs", import.meta.url));

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedCommand {
  readonly pid: number;
  readonly result: Promise<CommandResult>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `asset-sync` as a person does: its own process, through the launcher, without a terminal. */
export function startCommand(args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): StartedCommand {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("ASSET_SYNC_") && name !== "NODE_OPTIONS");
  const child = spawn(process.execPath, [launcher, ...args], { env: { ...Object.fromEntries(inherited), TZ: "UTC", LANG: "en_US.UTF-8", ...options.env } });
  const received = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      received[name] += chunk;
    });
  }
  child.stdin.end(options.input ?? "");
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, ...received }));
  });
  return { pid: child.pid ?? 0, result, stdout: () => received.stdout, stderr: () => received.stderr, kill: (signal) => void child.kill(signal) };
}

export function runCommand(args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<CommandResult> {
  return startCommand(args, options).result;
}
