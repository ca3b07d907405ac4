// Plain JavaScript for any Node from 18 on: it runs before the pinned Node is there.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The versions everything here is run and tested with. Both come from the npm registry. */
export const nodeVersion = "24.21.0";
export const pnpmVersion = "12.21.0";

const rememberedFile = join(root, "node_modules", ".pinned-tools.json");

/**
 * Where the pinned Node and pnpm are, fetched through npm on first use: `{ node, path }`, the binary and a PATH that
 * finds both first. Works without a network once npm has them in its cache.
 */
export function findPinnedTools() {
  try {
    const remembered = JSON.parse(readFileSync(rememberedFile, "utf8"));
    const isCurrent = remembered.nodeVersion === nodeVersion && remembered.pnpmVersion === pnpmVersion;
    if (isCurrent && existsSync(remembered.node) && existsSync(remembered.pnpm)) return withPath(remembered);
  } catch {
    // Not remembered yet: asked for below.
  }
  const found = JSON.parse(
    execFileSync(
      process.platform === "win32" ? "npm.cmd" : "npm",
      [
        "exec",
        "--yes",
        "--prefer-offline",
        "--loglevel=error",
        `--package=node@${nodeVersion}`,
        `--package=pnpm@${pnpmVersion}`,
        "--call",
        `node ${JSON.stringify(join(root, "tools", "print-tools.mjs"))}`,
      ],
      { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], shell: process.platform === "win32" },
    ),
  );
  const tools = { nodeVersion, pnpmVersion, ...found };
  mkdirSync(dirname(rememberedFile), { recursive: true });
  writeFileSync(rememberedFile, JSON.stringify(tools));
  return withPath(tools);
}

function withPath(tools) {
  const separator = process.platform === "win32" ? ";" : ":";
  return { ...tools, path: [dirname(tools.node), dirname(tools.pnpm), process.env.PATH ?? ""].join(separator) };
}

/**
 * Runs a script with the pinned Node in place of this process: same streams, signals passed on, same exit status, and
 * the child ends when this process is killed (it notices that the channel between them closed).
 */
export function runWithPinnedNode(script, args, extraEnvironment = {}) {
  const tools = findPinnedTools();
  const child = spawn(
    tools.node,
    ["--import", new URL("./end-with-parent.mjs", import.meta.url).href, script, ...args],
    {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      env: { ...process.env, ...extraEnvironment, PATH: tools.path },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/**
 * For the launchers of a checkout: runs the same launcher again with the pinned Node and ends with its status.
 * @public
 */
export async function reexecWithPinnedNode(script, args) {
  process.exit(await runWithPinnedNode(script, args));
}
