import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import { removeApiFile, writeApiFile } from "./api-file.ts";
import { limitConnections } from "./connection-limit.ts";
import { type ConsoleFiles, createConsoleFiles } from "./console-files.ts";
import type { ConsoleRequest } from "./console-request.ts";
import { apiVersion } from "./contract/api-file.ts";
import type { Operations } from "./contract/operations.ts";
import { otherRoutes } from "./contract/operations.ts";
import type { EventLog } from "./event-stream.ts";
import {
  createTokenBrake,
  findConsoleRequest,
  isOpenToAll,
  judgeRequest,
  type Refusal,
  securityHeaders,
} from "./guard.ts";
import { openPageSignIn } from "./kept-page-sign-in.ts";
import type { Metrics } from "./metrics/create-metrics.ts";
import type { Pictures } from "./picture-route.ts";
import { problemContentType, problemOfRefusal } from "./problem.ts";
import { openIdempotentAnswers } from "./request-record.ts";
import { createRoutes } from "./routes.ts";

/** The configured port cannot be had. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  readonly exitStatus: ExitStatus = exitStatuses.usage;
}

export interface RunningApi {
  /** Such as `http://127.0.0.1:4747`. */
  readonly address: string;
  /** Resolves when no call is being answered; who only follows the events is not waited for. */
  idle(): Promise<void>;
  /** Ends the event streams at once, gives other answers a moment, then cuts what is left. */
  close(): Promise<void>;
}

const maxConnections = 50;
const closeWithinMs = 1_000;

/**
 * Opens the local API on loopback and, with `apiFile`, tells where it is. Rejects with `PortTakenError` when the port is
 * in use. The limits are those of the security checklist: 10 s to send headers, 16 kB of them, 50 connections.
 */
export async function startApi(options: {
  host: string;
  /** 0 for any free one. */
  port: number;
  operations: Partial<Operations>;
  events: EventLog;
  /** Without, no product has a picture. */
  pictures?: Pictures;
  metrics: Pick<Metrics, "contentType" | "read">;
  /** 256 random bits or more. */
  token: string;
  /** Where `api.json` goes; null to tell nobody. */
  apiFile: string | null;
  /** Where sessions of pages outlive a restart; null to forget them with the daemon. */
  pageSessionFile: string | null;
  /** Where requests that spend, with keys of their callers, outlive a restart; null to forget them with the daemon. */
  requestFile: string | null;
  /** The console as it was built; where nothing was, its address says so. */
  consoleFolder: string;
  version: string;
  /** Hears a sentence about what went wrong beside the answers. */
  onProblem: (message: string) => void;
}): Promise<RunningApi> {
  const { host, operations, events, metrics, token, apiFile, version, onProblem } = options;
  const stopping = new AbortController();
  const brake = createTokenBrake({ now: () => performance.now() });
  const keptPages = await openPageSignIn({ file: options.pageSessionFile, onProblem });
  const { pages } = keptPages;
  const answers = await openIdempotentAnswers({ file: options.requestFile, onProblem });
  const consoleFiles = createConsoleFiles({ folder: options.consoleFolder });
  const app = createRoutes({
    operations,
    events,
    metrics,
    ...(options.pictures === undefined ? {} : { pictures: options.pictures }),
    token,
    version,
    pages,
    brake,
    answers,
    signal: stopping.signal,
  });
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  let port = options.port;
  const calls = createCallCount();

  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 5_000,
      // A missing Host is refused by the guard like any other wrong one.
      requireHostHeader: false,
    },
    (request, response) => {
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
      const head = { method: request.method ?? "", url: request.url ?? "", rawHeaders: request.rawHeaders };
      const refusal = judgeRequest(head, {
        port,
        token,
        admitsPage: pages.admits,
        admitsPictures: pages.admitsPictures,
      });
      if (refusal !== null) {
        const delayMs = refusal.code === "token-refused" ? brake.delayAfterWrongToken() : 0;
        refuseLater(request, response, refusal, delayMs);
        return;
      }
      const consoleRequest = findConsoleRequest(head);
      if (consoleRequest !== null) {
        void sendConsole(consoleFiles, consoleRequest, response, onProblem);
        return;
      }
      if (!isOpenToAll(head)) limit.keepUntilAnswered(request.socket, response);
      if (!head.url.startsWith(otherRoutes.events.path)) calls.begin(response);
      void answer(request, response);
    },
  );
  const limit = limitConnections(server, maxConnections);
  await listen(server, { host, port });
  ({ port } = server.address() as AddressInfo);
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

  try {
    if (apiFile !== null) {
      await writeApiFile(apiFile, {
        address,
        token,
        pid: process.pid,
        version,
        apiVersion,
        startedAt: new Date().toISOString(),
      });
    }
  } catch (error) {
    await closeServer(server);
    throw error;
  }

  let closing: Promise<void> | undefined;
  return {
    address,
    idle: calls.idle,
    close() {
      closing ??= (async () => {
        if (apiFile !== null) await removeApiFile(apiFile, token);
        stopping.abort();
        await closeServer(server);
        await keptPages.close();
      })();
      return closing;
    },
  };
}

function createCallCount(): { begin(response: ServerResponse): void; idle(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  return {
    begin(response) {
      const ended = new Promise<void>((resolve) => response.once("close", resolve)).finally(() => {
        underWay.delete(ended);
      });
      underWay.add(ended);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** Beside the routes: what is answered here is never read as anything else. */
async function sendConsole(
  files: ConsoleFiles,
  request: ConsoleRequest,
  response: ServerResponse,
  onProblem: (message: string) => void,
): Promise<void> {
  try {
    const { status, headers, body } = await files.answer(request);
    // Left out of the answer to HEAD by Node itself.
    response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
  } catch (error) {
    onProblem(`The page's files cannot be read: ${(error as Error).message}`);
    response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end("The page's files cannot be read.\n");
  }
}

function refuseLater(request: IncomingMessage, response: ServerResponse, refusal: Refusal, delayMs: number): void {
  // What was sent with it is not wanted; reading on keeps the connection from being cut before the answer is read.
  request.resume();
  const send = () => {
    const headers: Record<string, string> = { "content-type": problemContentType, connection: "close" };
    if (refusal.status === 401) headers["www-authenticate"] = "Bearer";
    response.writeHead(refusal.status, headers).end(JSON.stringify(problemOfRefusal(refusal)));
  };
  if (delayMs === 0) {
    send();
    return;
  }
  const timer = setTimeout(send, delayMs);
  response.once("close", () => clearTimeout(timer));
}

async function listen(server: Server, where: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE" || error.code === "EACCES";
      const sentence = `Port ${where.port} is in use by another program or not allowed; set \`api.port\` in the configuration to another one, or to 0 for any free one.`;
      reject(isTaken ? new PortTakenError(sentence, { cause: error }) : error);
    });
    server.listen(where, resolve);
  });
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), closeWithinMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
