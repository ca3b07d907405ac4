import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Config } from "./config/config.ts";
import { Failure } from "./domain/failure.ts";

/** A sandbox of the shop that runs beside the daemon, reachable from this machine only. */
export interface SampleShop {
  readonly origins: Config["imeshh"]["origins"];
  readonly username: string;
  readonly password: string;
  /** Ends it, and resolves when it has ended. */
  close(): Promise<void>;
}

const readySchema = z.object({
  origins: z.object({ shop: z.string(), blog: z.string(), feeds: z.string(), extensions: z.string() }),
  accounts: z.array(z.object({ username: z.string(), password: z.string() })).min(1),
});

/** The same at each start where it is free, so that a transfer that was cut off finds its link again. */
const preferredPort = 4780;
/** It reads its products first; a machine that is busy takes its time. Policy figure. */
const readyWithinMs = 60_000;

/**
 * Starts the program `asset-sandbox` of the package `@org/sandbox`. Throws `sample-shop-missing` where that is not
 * installed or does not start. It ends with this process, however that ends.
 */
export async function startSampleShop({ signal }: { signal: AbortSignal }): Promise<SampleShop> {
  const program = findProgram();
  const withTime = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  try {
    return await tryPort(program, preferredPort, withTime);
  } catch {
    // Another program has that port, or one of those after it.
    signal.throwIfAborted();
  }
  try {
    return await tryPort(program, 0, withTime);
  } catch (error) {
    signal.throwIfAborted();
    throw missing(`does not start: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

async function tryPort(program: string, port: number, signal: AbortSignal): Promise<SampleShop> {
  const child = spawn(process.execPath, [program, "--json", "--port", String(port), "--end-with-input"], {
    // Nothing of the daemon's environment is of use there, its secrets least of all.
    env: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(?:PATH|SYSTEMROOT|TEMP|TMP)$/i.test(name)),
    ),
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  // One that ends by itself is noticed by what it no longer answers.
  child.stdin.on("error", () => undefined);
  try {
    const { origins, accounts } = readySchema.parse(JSON.parse(await readFirstLine(child, signal)));
    const [account] = accounts;
    if (account === undefined) throw new Error("it names no account");
    return { origins, ...account, close: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** The configuration with the sample shop in place of the real one. Makes the folder of its libraries. */
export async function useSampleShop(config: Config, { origins, username }: SampleShop): Promise<Config> {
  // Only the last folder: where the disk is not there, nothing is to be made in its place.
  await mkdir(config.library.root).catch((error: NodeJS.ErrnoException) => {
    // Told by the libraries, which are missing then.
    if (error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
  });
  return {
    ...config,
    imeshh: { ...config.imeshh, origins, username, archiveHosts: ["127.0.0.1"] },
    network: { ...config.network, proxy: null, noProxy: "*" },
  };
}

function findProgram(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve("@org/sandbox/package.json");
    return join(dirname(manifest), "bin", "asset-sandbox.mjs");
  } catch (error) {
    throw missing("is not installed here.", error);
  }
}

function missing(how: string, cause: unknown): Failure {
  return new Failure("sample-shop-missing", `The sample shop ${how.replace(/\.?$/, ".")}`, { cause });
}

async function readFirstLine(child: ChildProcess, signal: AbortSignal): Promise<string> {
  if (child.stdout === null) throw new Error("its answer cannot be read");
  const lines = createInterface({ input: child.stdout });
  try {
    const [line] = (await Promise.race([
      once(lines, "line", { signal }),
      once(child, "error", { signal }).then(([error]) => Promise.reject(error as Error)),
      once(child, "exit", { signal }).then(() => Promise.reject(new Error("it ended at once"))),
    ])) as [string];
    return line;
  } finally {
    lines.close();
    // What it prints later is not wanted, and a full pipe would stop it.
    child.stdout.resume();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
