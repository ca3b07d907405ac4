import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { program as daemonProgram } from "../../scene/built-program.ts";

const bootIdFile = "/proc/sys/kernel/random/boot_id";

/** A run of the real command. */
export interface DaemonRun {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

interface RunSettings {
  readonly home: string;
  /** A folder outside of the disk under test: home of the process, and where Node keeps compiled code. */
  readonly outside: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A program in front of Node, such as `strace`, with its arguments. */
  readonly wrapper?: readonly string[];
}

/** Starts `asset-sync` with `home` on the disk under test. Who starts it sees to its end. */
export function runDaemon(settings: RunSettings): DaemonRun {
  const { home, outside, args, environment = {}, wrapper = [] } = settings;
  const [program = process.execPath, ...before] = [...wrapper, process.execPath];
  const child = spawn(program, [...before, daemonProgram, ...args], {
    // Nothing of the surrounding run may reach it, such as the export condition of the test runner.
    env: {
      PATH: process.env.PATH ?? "",
      HOME: outside,
      NODE_COMPILE_CACHE: join(outside, "compiled"),
      ASSET_SYNC_HOME: home,
      ASSET_SYNC_IMESHH_PASSWORD: "sandbox",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
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
  if (child.pid === undefined) throw new Error("The command did not start.");
  return { process: child, pid: child.pid, ended };
}

/**
 * In a mount namespace of its own the system names another boot. Disks of other tests are let go of there, since a copy
 * of their mount would keep them busy after their own test has unmounted them.
 */
const rebooted = `
awk -v ours="$2" '($1 ~ /^\\/dev\\/loop/ || $3 ~ /^fuse/) && index(ours, $2) != 1 && $2 != ours { print $2 }' /proc/mounts |
  while read -r other; do umount --lazy "$other"; done
mount --bind "$1" ${bootIdFile} || exit 99
shift 2
exec "$@"`;

/** The same as after the power came back: the system names another boot. Needs root. */
export async function runDaemonAfterReboot(settings: RunSettings): Promise<DaemonRun> {
  const bootId = join(settings.outside, `boot-${randomUUID()}`);
  await writeFile(bootId, `${randomUUID()}\n`);
  return runDaemon({
    ...settings,
    wrapper: ["unshare", "--mount", "sh", "-c", rebooted, "sh", bootId, settings.home],
  });
}

/** Ends with the run's end, or kills it after `withinMs` and throws with what it had said. */
export async function endOf(run: DaemonRun, withinMs: number): ReturnType<() => DaemonRun["ended"]> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    run.process.kill("SIGKILL");
  }, withinMs);
  const end = await run.ended;
  clearTimeout(timer);
  if (isLate) throw new Error(`The command did not end within ${withinMs} ms. It said: ${end.stderr}`);
  return end;
}
