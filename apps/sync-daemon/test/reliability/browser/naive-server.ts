import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What a program does that believes loopback to be private: it answers everything, to everybody. */
export interface NaiveServer {
  readonly port: number;
  /** Attacks that arrived, by name. */
  readonly arrived: ReadonlySet<string>;
  close(): Promise<void>;
}

const onePixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);

/** Shows that each attack does what it says, when nothing stands in its way. */
export async function startNaiveServer(): Promise<NaiveServer> {
  const arrived = new Set<string>();
  const upgraded: Socket[] = [];
  const note = (request: IncomingMessage) => {
    const name = new URL(request.url ?? "", "http://naive").searchParams.get("attack") ?? "";
    arrived.add(name);
    return name;
  };
  const server = createServer((request, response) => answer(request, response, note(request)));
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    note(request);
    const accepted = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.on("error", () => {});
    upgraded.push(socket);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\n\r\n`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, attack: string): void {
  request.resume();
  const { origin } = request.headers;
  if (origin !== undefined) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-private-network", "true");
    response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
    response.setHeader("access-control-allow-headers", "content-type, authorization, x-asset-sync-page");
  }
  if (attack.startsWith("image")) response.setHeader("content-type", "image/png").end(onePixel);
  else if (attack === "style sheet") response.setHeader("content-type", "text/css").end("a{}");
  else if (attack.includes("script")) response.setHeader("content-type", "text/javascript").end("0;");
  else if (attack === "event stream")
    response.setHeader("content-type", "text/event-stream").end("data: 1\n\nretry: 60000\n\n");
  else response.setHeader("content-type", "application/json").end('{"token":"served"}');
}
