import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEventLog, type EventLog } from "../event-stream.ts";
import { type RunningApi, startApi } from "../listen.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { createOperationsInMemory, type OperationsInMemory } from "./operations-in-memory.ts";

/** The real API over real sockets, with operations that answer from memory. */
export interface ApiInMemory {
  /** Holds `api.json` and nothing else. */
  readonly folder: string;
  readonly api: RunningApi;
  readonly operations: OperationsInMemory;
  readonly events: EventLog;
  readonly token: string;
  readonly port: number;
  /** What was told to `onProblem`. */
  readonly problems: readonly string[];
  /** A bare connection, closed with the rest. */
  open(): Socket;
  /** Sends bytes as they are and reads until the server ends the connection. */
  raw(text: string): Promise<string>;
  close(): Promise<void>;
}

export async function startApiInMemory(
  options: {
    version?: string;
    /** Kept after `close`, so that another can be started with it. */
    pageSessionFile?: string;
    requestFile?: string;
    consoleFolder?: string;
    port?: number;
  } = {},
): Promise<ApiInMemory> {
  const token = "0123456789abcdef".repeat(4);
  const folder = await mkdtemp(path.join(tmpdir(), "asset-sync-api-"));
  const operations = createOperationsInMemory();
  const events = createEventLog({ now: Date.now });
  const apiFile = path.join(folder, "api.json");
  const version = options.version ?? "0.0.0";
  const problems: string[] = [];
  const api = await startApi({
    host: "127.0.0.1",
    port: options.port ?? 0,
    operations,
    events,
    metrics: createMetrics({ events, version, startedAtMs: 0 }),
    token,
    apiFile,
    version,
    pageSessionFile: options.pageSessionFile ?? null,
    requestFile: options.requestFile ?? null,
    consoleFolder: options.consoleFolder ?? path.join(folder, "console"),
    onProblem: (message) => problems.push(message),
  });
  const port = Number(new URL(api.address).port);
  const sockets: Socket[] = [];

  const open = () => {
    const socket = connect(port, "127.0.0.1");
    // A server that cuts a connection is what some tests want; the answer, or its lack, is what they look at.
    socket.on("error", () => {});
    sockets.push(socket);
    return socket;
  };
  return {
    folder,
    api,
    operations,
    events,
    token,
    port,
    problems,
    open,
    raw(text) {
      const socket = open();
      socket.write(text);
      return new Promise((resolve) => {
        let received = "";
        socket.setEncoding("latin1").on("data", (chunk) => {
          received += chunk;
        });
        socket.on("close", () => resolve(received));
      });
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
