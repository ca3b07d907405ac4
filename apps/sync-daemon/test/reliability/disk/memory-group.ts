import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const controller = "/sys/fs/cgroup/memory";

/** Processes that may together have so much memory and no more; the kernel ends one of them otherwise. */
export interface MemoryGroup {
  /** Put in front of a command: it, and all that it starts, run inside. */
  readonly wrapper: readonly string[];
  /** What its processes hold that is theirs alone (not the cache of files), now. */
  readAnonymousBytes(): number;
  /** How many of its processes the kernel has ended for want of memory. */
  kills(): number;
  close(): void;
}

/** Why there cannot be one here; null where there can. */
export function whyNoMemoryGroup(): string | null {
  if (process.getuid?.() !== 0) return "limiting memory needs root";
  return existsSync(join(controller, "memory.limit_in_bytes")) ? null : `there is no ${controller} (cgroup v1)`;
}

export function openMemoryGroup(limitBytes: number): MemoryGroup {
  const folder = join(controller, `asset-sync-test-${process.pid}-${Math.random().toString(36).slice(2)}`);
  mkdirSync(folder);
  const read = (name: string, key: string): number =>
    Number(new RegExp(`^${key} (\\d+)$`, "m").exec(readFileSync(join(folder, name), "utf8"))?.[1] ?? Number.NaN);
  writeFileSync(join(folder, "memory.limit_in_bytes"), String(limitBytes));
  return {
    wrapper: ["sh", "-c", `echo $$ > ${folder}/cgroup.procs && exec "$@"`, "sh"],
    readAnonymousBytes: () => read("memory.stat", "total_rss"),
    kills: () => read("memory.oom_control", "oom_kill"),
    close: () => rmdirSync(folder),
  };
}
