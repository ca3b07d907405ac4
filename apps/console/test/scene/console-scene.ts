import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Sandbox, type SandboxOptions, startSandbox } from "@org/sandbox";
import { apiFileSchema } from "@org/sync-daemon/contract/api-file";
import { pageCodeSchema } from "@org/sync-daemon/contract/page";
import { ensureConsoleIsBuilt } from "./built-console.ts";

const launcher = fileURLToPath(new URL("../../../sync-daemon/bin/asset-sync.mjs", import.meta.url));

export interface RunningCommand {
  readonly address: string;
  /** A fresh address for a browser, as `asset-sync open` gives it. */
  createPageAddress(): Promise<string>;
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** A shop on this machine, an empty home and an empty library, for the real command as a process of its own. */
export interface ConsoleScene {
  readonly sandbox: Sandbox;
  /** Holds home and library, and is gone afterwards. */
  readonly folder: string;
  readonly home: string;
  readonly library: string;
  /** On a free port, or on this one. */
  start(options?: { port?: number }): Promise<RunningCommand>;
  spentAtShop(): number;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly wanted?: readonly unknown[];
  readonly sandbox?: SandboxOptions;
  /** Without one, the daemon begins in its state `setup`. */
  readonly hasConfig?: boolean;
  readonly imeshh?: Record<string, unknown>;
  /** For the command, such as the screen it runs on. */
  readonly environment?: (folder: string) => Record<string, string>;
}

export async function makeConsoleScene(options: SceneOptions = {}): Promise<ConsoleScene> {
  await ensureConsoleIsBuilt();
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-console-"));
  const home = join(folder, "home");
  const library = join(folder, "library");
  await mkdir(home);
  const sandbox = await startSandbox(options.sandbox);
  const { shop, blog, feeds, extensions } = sandbox.origins;
  if (options.hasConfig ?? true) {
    const config = {
      library: { root: library },
      imeshh: {
        username: "artist@example.com",
        origins: { shop, blog, feeds, extensions },
        archiveHosts: ["127.0.0.1"],
        pollMinutes: 60,
        wanted: options.wanted ?? [],
        ...options.imeshh,
      },
      limits: { diskFloorGigabytes: 0 },
      api: { port: 0 },
    };
    await writeFile(join(home, "config.jsonc"), JSON.stringify(config, null, 2));
  }
  const withoutConfig = {
    ASSET_SYNC_API_PORT: "0",
    ASSET_SYNC_IMESHH_ORIGINS_SHOP: shop,
    ASSET_SYNC_IMESHH_ORIGINS_BLOG: blog,
    ASSET_SYNC_IMESHH_ORIGINS_FEEDS: feeds,
    ASSET_SYNC_IMESHH_ORIGINS_EXTENSIONS: extensions,
  };
  const withConfig = { ASSET_SYNC_IMESHH_PASSWORD: "sandbox" };
  const running = new Set<RunningCommand>();
  return {
    sandbox,
    folder,
    home,
    library,
    spentAtShop: () => Object.values(sandbox.counters()).reduce((sum, count) => sum + count, 0),
    async start({ port } = {}) {
      const environment = {
        ...((options.hasConfig ?? true) ? withConfig : withoutConfig),
        ...options.environment?.(folder),
        ...(port === undefined ? {} : { ASSET_SYNC_API_PORT: String(port) }),
      };
      const command = await startServe({ folder, home, environment });
      running.add(command);
      return command;
    },
    async close() {
      for (const command of running) await command.stop();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startServe(settings: {
  folder: string;
  home: string;
  environment: Record<string, string>;
}): Promise<RunningCommand> {
  const { folder, home } = settings;
  await rm(join(home, "api.json"), { force: true });
  const child = spawn(process.execPath, [launcher, "serve"], {
    // Nothing of the surrounding run may reach it, such as the export condition of the test runner.
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      // Half of a start is compiling the same sources again.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
      ASSET_SYNC_HOME: home,
      ...settings.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const { address } = await readApiFile({ child, home, said: () => said });
  const call = async (method: "GET" | "POST", path: string, body: unknown = {}): Promise<unknown> => {
    // One that started anew in its process has another token.
    const { token } = await readApiFile({ child, home, said: () => said });
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    address,
    call,
    createPageAddress: async () => pageCodeSchema.parse(await call("POST", "/api/v1/page-code")).url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function readApiFile(running: { child: ChildProcess; home: string; said: () => string }) {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 50) {
    if (running.child.exitCode !== null) throw new Error(`serve ended: ${running.said()}`);
    try {
      return apiFileSchema.parse(JSON.parse(await readFile(join(running.home, "api.json"), "utf8")));
    } catch {
      await wait(50);
    }
  }
  running.child.kill("SIGKILL");
  throw new Error(`serve did not begin to answer: ${running.said()}`);
}
