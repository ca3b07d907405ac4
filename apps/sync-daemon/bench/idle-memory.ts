// What does the daemon cost while nothing happens? Measured from outside, on the real process, after a whole sync.
// Run: node --conditions=@org/source apps/sync-daemon/bench/idle-memory.ts
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startSandbox } from "@org/sandbox";

export interface IdleFigures {
  readonly products: number;
  readonly residentMegabytes: number;
  /** A Node that only waits: what the runtime itself takes. */
  readonly bareNodeMegabytes: number;
  /** Processor time used in `idleSeconds` of doing nothing. */
  readonly processorMs: number;
  readonly idleSeconds: number;
}

/** Resident memory in bytes and processor time in ms of another process; Linux only. */
async function readProcess(pid: number): Promise<{ residentBytes: number; processorMs: number }> {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, "utf8"),
    readFile(`/proc/${pid}/stat`, "utf8"),
  ]);
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // utime and stime, in clock ticks of 10 ms.
  return { residentBytes: kilobytes * 1024, processorMs: (Number(fields[11]) + Number(fields[12])) * 10 };
}

export async function measureIdle({
  products = 100_000,
  settleSeconds = 20,
  idleSeconds = 10,
} = {}): Promise<IdleFigures> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-bench-"));
  const home = join(folder, "home");
  await mkdir(home);
  const sandbox = await startSandbox({ generatedProducts: products });
  const { shop, blog, feeds, extensions } = sandbox.origins;
  const config = {
    library: { root: join(folder, "library") },
    imeshh: {
      username: "artist@example.com",
      origins: { shop, blog, feeds, extensions },
      archiveHosts: ["127.0.0.1"],
      wanted: [{ productId: 132611 }],
    },
    limits: { diskFloorGigabytes: 0 },
    api: { port: 0 },
  };
  await writeFile(join(home, "config.jsonc"), JSON.stringify(config));
  const launcher = fileURLToPath(new URL("../bin/asset-sync.mjs", import.meta.url));
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    ASSET_SYNC_HOME: home,
    ASSET_SYNC_IMESHH_PASSWORD: "sandbox",
  };
  const daemon = spawn(process.execPath, [launcher, "serve"], { env: environment, stdio: "ignore" });
  const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  try {
    const asset = join(folder, "library", "iMeshh-Models", "Decor", "Vases", "Decor_Vase_Clay_01");
    for (let waited = 0; !existsSync(asset) && waited < 600; waited += 1) await sleep(100);
    if (daemon.pid === undefined || bare.pid === undefined || !existsSync(asset))
      throw new Error("the daemon did not finish its first sync");
    await sleep(settleSeconds * 1_000);
    const before = await readProcess(daemon.pid);
    await sleep(idleSeconds * 1_000);
    const after = await readProcess(daemon.pid);
    return {
      products: products + 22,
      residentMegabytes: after.residentBytes / 1e6,
      bareNodeMegabytes: (await readProcess(bare.pid)).residentBytes / 1e6,
      processorMs: after.processorMs - before.processorMs,
      idleSeconds,
    };
  } finally {
    bare.kill("SIGKILL");
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGTERM");
    await ended;
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export function formatIdle(figures: IdleFigures): string {
  return [
    `Idle after a sync, with ${figures.products} products in the catalog:`,
    "",
    "| | MB resident | processor ms per second |",
    "|---|---|---|",
    `| asset-sync serve | ${figures.residentMegabytes.toFixed(0)} | ${(figures.processorMs / figures.idleSeconds).toFixed(1)} |`,
    `| a Node that only waits | ${figures.bareNodeMegabytes.toFixed(0)} | |`,
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${formatIdle(await measureIdle())}\n`);
}
