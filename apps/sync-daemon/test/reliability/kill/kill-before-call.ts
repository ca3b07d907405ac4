import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCommand } from "../../scene/command.ts";
import type { Scene } from "../../scene/scene.ts";

/** One call that changes something on the disk (or, `ask`, at the shop), in the order in which they are made. */
export interface Call {
  readonly number: number;
  /** `open` only with O_CREAT or O_TRUNC, `write` and `pwrite` alike, renames by where to; of a child: `child's …`. */
  readonly call: string;
  /** Below the scene's folder. */
  readonly path: string;
  readonly isKilled: boolean;
}

export interface KillMachine {
  /** Runs a command of the daemon to its end, or kills it before the call of that number. */
  run(
    scene: Scene,
    args: readonly string[],
    options?: { killAt?: number; killAfterMs?: number },
  ): Promise<{ calls: Call[]; code: number | null; stdout: string; stderr: string }>;
}

/** Why nothing can be killed by the number of its calls on this machine; null when it can. */
export function whyNoKillMachine(): string | null {
  if (process.platform !== "linux") return "calls are counted by a library preloaded under Linux";
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return "there is no C compiler (cc) to build the library that counts calls";
  }
}

/** Builds the library that counts and kills into `folder`, which must lie outside of every scene. */
export function buildKillMachine(folder: string): KillMachine {
  const library = join(folder, "mutating-calls.so");
  const source = fileURLToPath(new URL("mutating-calls.c", import.meta.url));
  const log = join(folder, "calls.log");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"], { stdio: "pipe" });
  return {
    async run(scene, args, { killAt, killAfterMs } = {}) {
      for (const file of [log, `${log}.shared`]) await rm(file, { force: true });
      const command = startCommand(scene, args, {
        LD_PRELOAD: library,
        KILL_ROOT: scene.folder,
        KILL_LOG: log,
        ...(killAt === undefined ? {} : { KILL_AT: String(killAt) }),
        // One thread for files keeps their order the same from run to run; the cache saves half of the start.
        UV_THREADPOOL_SIZE: "1",
        NODE_COMPILE_CACHE: join(folder, "compile-cache"),
      });
      const timer =
        killAfterMs === undefined ? undefined : setTimeout(() => command.process.kill("SIGKILL"), killAfterMs);
      const { code, stdout, stderr } = await command.ended;
      clearTimeout(timer);
      return { calls: existsSync(log) ? readCalls(readFileSync(log, "utf8")) : [], code, stdout, stderr };
    },
  };
}

function readCalls(log: string): Call[] {
  return log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [number = "", call = "", path = "", killed] = line.split("\t");
      return { number: Number(number), call, path, isKilled: killed === "killed" };
    })
    .toSorted((left, right) => left.number - right.number);
}

/** The same place of the program on every run: random names and numbers are left out. */
export function placeOf({ call, path }: Pick<Call, "call" | "path">): string {
  return `${call} ${path.replaceAll(/[0-9a-f]{12,}/g, "#").replaceAll(/\d+/g, "#")}`;
}
