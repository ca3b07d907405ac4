import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const built = join(folder, "../sync-daemon/console/index.html");
const sources = ["src", "public", "index.html", "vite.config.ts", "package.json", "../sync-daemon/src/api/contract"];
const lock = join(folder, "node_modules/.building");
const longestBuildMs = 180_000;

const modifiedMs = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newestMs(path: string): number {
  const whole = join(folder, path);
  if (!statSync(whole).isDirectory()) return modifiedMs(whole);
  const files = readdirSync(whole, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((entry) => modifiedMs(join(entry.parentPath, entry.name))));
}

const isBuilt = (): boolean => modifiedMs(built) > Math.max(...sources.map(newestMs));

/** Builds the console where its sources are newer than what is built; test files that run at once build it once. */
export async function ensureConsoleIsBuilt(): Promise<void> {
  for (let waitedMs = 0; !isBuilt(); waitedMs += 200) {
    if (isLocked(waitedMs)) {
      await wait(200);
      continue;
    }
    try {
      if (!isBuilt()) build();
    } finally {
      rmSync(lock, { recursive: true });
    }
  }
}

/** Takes the lock where it is free. One that is older than any build is left over from a run that was killed. */
function isLocked(waitedMs: number): boolean {
  if (waitedMs > longestBuildMs) rmSync(lock, { recursive: true, force: true });
  try {
    mkdirSync(lock);
    return false;
  } catch {
    return true;
  }
}

function build(): void {
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, "build"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production", NODE_OPTIONS: "" },
  });
  if (status !== 0) throw new Error(`The console could not be built:\n${stdout}\n${stderr}`);
}
