import { spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";

/** Why nothing can be mounted here; null where it can. */
export function explainNoMounts(): string | null {
  if (process.getuid?.() !== 0) return "mounting takes root";
  const tried = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { encoding: "utf8" });
  return tried.status === 0 ? null : `nothing can be mounted here (${tried.stderr.trim()})`;
}

/** Runs a command that must work. */
export function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}

/** Mounts, and sees to it that nothing stays mounted when the test ends. */
export function mount(folder: string, ...args: string[]): void {
  run("mount", ...args, folder);
  onTestFinished(() => {
    // As often as something is mounted there, and also if a process still has a file open.
    while (spawnSync("umount", ["-l", folder]).status === 0);
  });
}
