import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@org/sandbox";
import { apiFileSchema } from "../src/api/contract/api-file.ts";

/** The real command as a process of its own, with a large catalog and nothing wanted. */
export interface ServedCatalog {
  readonly home: string;
  ask(path: string): Promise<string>;
  /** Processor time of the daemon so far, all its threads together; NaN where the system does not tell (Linux does). */
  processorMs(): number;
  residentBytes(): number;
  stop(): Promise<void>;
}

const launcher = fileURLToPath(new URL("../bin/asset-sync.mjs", import.meta.url));

/** Starts it and waits until the catalog is there. The shop is gone by then, so that it takes nothing meanwhile. */
export async function serveCatalog(products: number): Promise<ServedCatalog> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-bench-"));
  const home = join(folder, "home");
  await mkdir(home);
  const sandbox = await startSandbox({ generatedProducts: products });
  const { shop, blog, feeds, extensions } = sandbox.origins;
  const config = {
    library: { root: join(folder, "library") },
    imeshh: { origins: { shop, blog, feeds, extensions }, archiveHosts: ["127.0.0.1"], wanted: [], pollMinutes: 1_440 },
    limits: { diskFloorGigabytes: 0 },
    api: { port: 0 },
  };
  await writeFile(join(home, "config.jsonc"), JSON.stringify(config));
  const environment = { PATH: process.env.PATH ?? "", HOME: folder, ASSET_SYNC_HOME: home };
  const child = spawn(process.execPath, [launcher, "serve"], { env: environment, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const { address, token, pid } = await readApiFile(join(home, "api.json"));
    const call = async (path: string, init: RequestInit = {}): Promise<string> => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const response = await fetch(address + path, { headers, ...init });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return text;
    };
    await call("/api/v1/sync", { method: "POST", body: "{}" });
    await sandbox.close();
    return {
      home,
      ask: (path) => call(path),
      processorMs: () => readProcessorMs(pid),
      residentBytes: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024,
      stop,
    };
  } catch (error) {
    await sandbox.close();
    await stop();
    throw error;
  }
}

async function readApiFile(path: string) {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 50) {
    try {
      return apiFileSchema.parse(JSON.parse(await readFile(path, "utf8")));
    } catch {
      await wait(50);
    }
  }
  throw new Error("serve did not begin to answer.");
}

/** The first number of `schedstat` is what a thread has run, in nanoseconds. */
function readProcessorMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const ranNs = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]));
    return ranNs.reduce((sum, one) => sum + one, 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}
