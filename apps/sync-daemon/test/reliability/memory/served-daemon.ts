import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StatusAnswer, SyncResult } from "../../../src/api/contract/daemon.ts";
import type { SearchResult } from "../../../src/api/contract/products.ts";
import { startCommand } from "../../scene/command.ts";
import { type Scene, until } from "../../scene/scene.ts";

/** `asset-sync serve` as a process of its own, looked at from outside. */
export interface ServedDaemon {
  readonly pid: number;
  call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T>;
  status(): Promise<StatusAnswer>;
  sync(): Promise<SyncResult>;
  search(text: string): Promise<SearchResult>;
  /** Without warning. Resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function serve(scene: Scene): Promise<ServedDaemon> {
  const apiFile = join(scene.home, "api.json");
  // One that was killed left its own, which would be taken for the new one's.
  await rm(apiFile, { force: true });
  const command = startCommand(scene, ["serve"]);
  const { pid } = command.process;
  let ended: Awaited<typeof command.ended> | undefined;
  void command.ended.then((end) => {
    ended = end;
  });
  await until(
    "the daemon's address",
    () => {
      if (ended !== undefined) throw new Error(`serve ended with ${ended.code}: ${ended.stderr}`);
      return existsSync(apiFile);
    },
    180_000,
  );
  if (pid === undefined) throw new Error("serve has no process");
  const { address, token } = JSON.parse(await readFile(apiFile, "utf8")) as { address: string; token: string };
  async function call<T>(method: "GET" | "POST", path: string, body: unknown = {}): Promise<T> {
    const answer = await fetch(address + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === "POST" ? { "content-type": "application/json" } : {}),
      },
      ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    command.process.kill(signal);
    await command.ended;
  };
  return {
    pid,
    call,
    status: () => call("GET", "/api/v1/status"),
    sync: () => call("POST", "/api/v1/sync"),
    search: (text) => call("GET", `/api/v1/products?text=${encodeURIComponent(text)}&limit=50`),
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

/** Memory of another process in bytes, as the kernel counts it: the highest ever, and now. Undefined when it is gone. */
export async function readMemory(pid: number): Promise<{ peakBytes: number; residentBytes: number } | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => undefined);
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status ?? "")?.[1]) * 1024;
  const memory = { peakBytes: bytesOf("VmHWM"), residentBytes: bytesOf("VmRSS") };
  return Number.isNaN(memory.peakBytes) ? undefined : memory;
}

/** The process that builds a catalog for this daemon, if there is one now. */
export async function findCatalogProcess(daemonPid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${daemonPid}/task/${daemonPid}/children`, "utf8").catch(() => "");
  for (const pid of children.split(" ").filter((text) => text !== "")) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("catalog-child")) return Number(pid);
  }
  return undefined;
}
