import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What reached the server. */
export interface Reached {
  requests: number;
  bytes: number;
}

/** Serves `handler` on loopback, counting requests and every byte that came over the wire. */
export async function withCountingServer<T>(
  handler: Parameters<typeof createServer>[1],
  use: (baseUrl: string, reached: () => Reached) => Promise<T>,
): Promise<T> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    requests += 1;
    handler?.(request, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    // A client that gives up sees resets; here they are part of the measurement.
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await use(`http://127.0.0.1:${port}/app/v1`, () => ({
      requests,
      bytes: [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    }));
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** Says no as soon as the head of a request has come, and lets whatever follows arrive. */
export const refuse =
  (status: number): Parameters<typeof createServer>[1] =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ errorCode: 1, message: "no" }));
  };

/** Takes an upload and throws it away. */
export const swallow: Parameters<typeof createServer>[1] = (request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ upload_task_id: "task" }));
  });
};
