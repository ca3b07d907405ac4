import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

/** A request as the test server saw it. */
export interface SeenRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  port: number;
  seen: SeenRequest[];
}

export type TestHandler = (
  request: SeenRequest,
  response: ServerResponse,
  raw: IncomingMessage,
) => void | Promise<void>;

/** Serves `handler` on loopback while `use` runs; afterwards nothing is left listening. */
export async function withServer<T>(handler: TestHandler, use: (server: TestServer) => Promise<T>): Promise<T> {
  const seen: SeenRequest[] = [];
  const server = createServer((raw, response) => {
    const chunks: Buffer[] = [];
    raw.on("data", (chunk: Buffer) => chunks.push(chunk));
    raw.on("error", () => response.destroy());
    raw.on("end", () => {
      const request: SeenRequest = {
        method: raw.method ?? "",
        url: raw.url ?? "",
        headers: raw.headers,
        body: Buffer.concat(chunks),
      };
      seen.push(request);
      Promise.resolve()
        .then(() => handler(request, response, raw))
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    return await use({ origin: `http://127.0.0.1:${port}`, port, seen });
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

export interface RawServer {
  origin: string;
  port: number;
  /** The heads of the requests, as text, in order of arrival. */
  seen: string[];
  /** How many connections were made, those included that asked for nothing. */
  connections(): number;
}

/** As `withServer`, but `answer` writes the bytes itself: for answers that no decent server would give. */
export async function withRawServer<T>(
  answer: (head: string, socket: Socket, count: number) => void,
  use: (server: RawServer) => Promise<T>,
): Promise<T> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A test that cuts connections sees resets on its own side as well.
    socket.on("error", () => socket.destroy());
    let pending = "";
    socket.on("data", (chunk) => {
      pending += chunk.toString("latin1");
      const end = pending.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = pending.slice(0, end);
      pending = pending.slice(end + 4);
      seen.push(head);
      answer(head, socket, seen.length);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    return await use({ origin: `http://127.0.0.1:${port}`, port, seen, connections: () => connections });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
