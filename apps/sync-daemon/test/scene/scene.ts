import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from "@org/sandbox";
import { onTestFinished } from "vitest";
import type { StatusAnswer, SyncResult } from "../../src/api/contract/daemon.ts";
import type { GetResult } from "../../src/api/contract/downloads.ts";
import type { QuotaAnswer } from "../../src/api/contract/ledger.ts";
import type { RepairResult, VerifyResult } from "../../src/api/contract/library.ts";
import type { PlanAnswer } from "../../src/api/contract/plan.ts";
import type { Why } from "../../src/api/contract/products.ts";
import type { RunningDaemon } from "../../src/daemon.ts";
import type { Desktop } from "../../src/programs/desktop.ts";
import { createConfigAccess, startDaemon } from "./built-daemon.ts";

/** A running daemon as its API shows it, with the answers' types. */
export interface TestDaemon {
  readonly daemon: RunningDaemon;
  call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T>;
  sync(request?: { acceptFeed?: boolean }): Promise<SyncResult>;
  status(): Promise<StatusAnswer>;
  plan(): Promise<PlanAnswer>;
  quota(): Promise<QuotaAnswer>;
  why(id: number): Promise<Why>;
  get(products: (number | string)[], options?: { downloadId?: string; spendLast?: boolean }): Promise<GetResult>;
  verify(): Promise<VerifyResult>;
  repair(products?: number[], options?: { previous: boolean }): Promise<RepairResult>;
  stop(): Promise<void>;
}

/** A sandbox, an empty home and an empty library, in a folder of its own. Everything is gone when the test ends. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly home: string;
  readonly library: string;
  /** For child processes: what points the command at this scene. */
  readonly environment: Record<string, string>;
  start(options?: {
    password?: string;
    follow?: boolean;
    watchConfig?: boolean;
    desktop?: Desktop;
  }): Promise<TestDaemon>;
  writeConfig(changes?: ConfigChanges): Promise<void>;
  fault(fault: Fault): number;
  /** Downloads the shop itself has counted. */
  spentAtShop(): number;
  /** Folders that carry a manifest, relative to the library's root, sorted. */
  assets(): Promise<string[]>;
  /** Everything below the library's root, sorted, without what lies in `.sync`. */
  files(): Promise<string[]>;
}

export interface ConfigChanges {
  readonly imeshh?: Record<string, unknown>;
  readonly limits?: Record<string, unknown>;
  readonly library?: Record<string, unknown>;
  readonly network?: Record<string, unknown>;
}

const freebies = [{ freebie: true }];

export async function makeScene(
  options: { wanted?: unknown[]; imeshh?: Record<string, unknown>; sandbox?: SandboxOptions } = {},
): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-test-"));
  const home = join(folder, "home");
  const library = join(folder, "library");
  await mkdir(home);
  const sandbox = await startSandbox(options.sandbox);
  const started: RunningDaemon[] = [];
  onTestFinished(async () => {
    for (const daemon of started) await daemon.stop();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  const { shop, blog, feeds, extensions } = sandbox.origins;
  async function writeConfig(changes: ConfigChanges = {}): Promise<void> {
    const config = {
      library: { root: library, ...changes.library },
      imeshh: {
        username: "artist@example.com",
        origins: { shop, blog, feeds, extensions },
        archiveHosts: ["127.0.0.1"],
        pollMinutes: 60,
        wanted: options.wanted ?? freebies,
        ...options.imeshh,
        ...changes.imeshh,
      },
      limits: { diskFloorGigabytes: 0, ...changes.limits },
      api: { port: 0 },
      network: { ...changes.network },
    };
    await writeFile(join(home, "config.jsonc"), JSON.stringify(config, null, 2));
  }
  await writeConfig();
  const configAccess = createConfigAccess({ home, env: {} });

  return {
    sandbox,
    folder,
    home,
    library,
    writeConfig,
    environment: { ASSET_SYNC_HOME: home, ASSET_SYNC_IMESHH_PASSWORD: "sandbox" },
    async start({ password = "sandbox", follow = false, watchConfig = false, desktop } = {}) {
      const daemon = await startDaemon({
        config: (await configAccess.load()).config,
        password,
        follow,
        version: "0.0.0-test",
        configAccess,
        watchConfig,
        ...(desktop === undefined ? {} : { desktop }),
      });
      started.push(daemon);
      return asTestDaemon(daemon);
    },
    fault: (fault) => sandbox.addFault(fault),
    spentAtShop: () => Object.values(sandbox.counters()).reduce((sum, count) => sum + count, 0),
    assets: async () =>
      (await listFiles(library))
        .filter((path) => path.endsWith("/.asset.json"))
        .map((path) => path.slice(0, -"/.asset.json".length)),
    files: () => listFiles(library),
  };
}

function asTestDaemon(daemon: RunningDaemon): TestDaemon {
  async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${daemon.address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${daemon.token}`,
        ...(method === "POST" ? { "content-type": "application/json" } : {}),
      },
      ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
  return {
    daemon,
    call,
    sync: (request = {}) => call("POST", "/api/v1/sync", request),
    status: () => call("GET", "/api/v1/status"),
    plan: () => call("GET", "/api/v1/plan"),
    quota: () => call("GET", "/api/v1/quota"),
    why: (id) => call("GET", `/api/v1/products/${id}/why`),
    get: (products, options = {}) => call("POST", "/api/v1/downloads", { products, ...options }),
    verify: () => call("POST", "/api/v1/library/verify"),
    repair: (products = [], options) => call("POST", "/api/v1/library/repair", { products, ...options }),
    stop: () => daemon.stop(),
  };
}

/** All files below `folder`, without what lies in `.sync`: that comes and goes while one looks. */
async function listFiles(root: string, folder = ""): Promise<string[]> {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const lists = entries
    .filter((entry) => entry.name !== ".sync")
    .map(async (entry) =>
      entry.isDirectory() ? listFiles(root, join(folder, entry.name)) : [join(folder, entry.name)],
    );
  return (await Promise.all(lists)).flat().toSorted();
}

/** Waits until `look` gives something else than undefined or false; fails after `withinMs`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export async function readCatalogFile(scene: Scene, folder: string): Promise<string> {
  return readFile(join(scene.library, folder, "blender_assets.cats.txt"), "utf8");
}
