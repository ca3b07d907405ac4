import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type ApiInMemory, startApiInMemory } from "../api/__fixtures__/api-in-memory.ts";
import { createApiClient } from "./api-client.ts";
import { openProvenConnection } from "./proven-connection.ts";

let daemon: ApiInMemory;
let servers: Server[];
const signal = new AbortController().signal;
beforeEach(async () => {
  servers = [];
  daemon = await startApiInMemory();
});
afterEach(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  await daemon.close();
});

async function listenOn(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Hands everything on to the daemon for the first connection; answers later ones itself. Hears all. */
function createTakeover(handled: { heard: string[] }): Server {
  let connections = 0;
  const answer = (socket: Socket) =>
    socket.end("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}");
  return createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    socket.on("data", (bytes) => handled.heard.push(bytes.toString("latin1")));
    if (connections > 1) {
      socket.once("data", () => answer(socket));
      return;
    }
    const real = connect(daemon.port, "127.0.0.1");
    real.on("error", () => {});
    // The daemon ends right after its proof, and this program is what listens from then on.
    real.once("data", (bytes) => socket.end(bytes));
    socket.once("data", (bytes) =>
      real.write(bytes.toString("latin1").replace(/Host: .*\r\n/i, `Host: 127.0.0.1:${daemon.port}\r\n`)),
    );
    socket.once("close", () => real.destroy());
  });
}

describe("a call", () => {
  it("goes over the connection on which the daemon proved itself, one for each call", async () => {
    let connections = 0;
    const counting = createServer((socket) => {
      connections += 1;
      const real = connect(daemon.port, "127.0.0.1");
      for (const end of [socket, real]) end.on("error", () => {});
      socket.on("data", (bytes) => {
        real.write(bytes.toString("latin1").replace(/Host: .*\r\n/i, `Host: 127.0.0.1:${daemon.port}\r\n`), "latin1");
      });
      real.pipe(socket);
      socket.once("close", () => real.destroy());
    });
    const client = createApiClient({ address: await listenOn(counting), token: daemon.token, signal });
    await client.status();
    await client.status();
    expect(connections).toBe(2);
    expect(daemon.operations.asked.map(([name]) => name)).toEqual(["status", "status"]);
  });

  it("is not made to a program that took the port over after the proof", async () => {
    const heard: string[] = [];
    const client = createApiClient({ address: await listenOn(createTakeover({ heard })), token: daemon.token, signal });
    await expect(client.get({ products: [4_711], spendLast: false })).rejects.toMatchObject({ name: "CallError" });
    expect(heard[0]).toMatch(/^GET \/healthz\?nonce=/);
    expect(heard.join("")).not.toContain(daemon.token);
    expect(heard.join("")).not.toContain("4711");
    expect(daemon.operations.asked).toEqual([]);
  });

  it("cannot be made over a second connection once the proven one has ended", async () => {
    const heard: string[] = [];
    const address = await listenOn(createTakeover({ heard }));
    const agent = await openProvenConnection({ address, token: daemon.token, signal });
    if (agent === undefined) throw new Error("The daemon's own proof was refused.");
    onTestFinished(() => agent.destroy());
    const isFree = () => Object.values(agent.freeSockets).some((sockets) => (sockets?.length ?? 0) > 0);
    await expect.poll(isFree).toBe(false);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const sent = request(new URL("/api/v1/status", address), { agent, headers: { authorization: "Bearer x" } });
    sent.once("response", () => resolve("answered")).once("error", resolve);
    sent.end();
    expect(await promise).toMatchObject({ code: "ECONNREFUSED" });
    expect(heard).toHaveLength(1);
  });

  it.each([
    ["says nothing of use", (_: IncomingMessage, response: ServerResponse) => response.end("hello")],
    [
      "repeats the nonce as its proof",
      (request: IncomingMessage, response: ServerResponse) =>
        response.end(
          JSON.stringify({
            status: "ok",
            version: "1",
            apiVersion: 1,
            proof: new URL(request.url ?? "", "http://x").searchParams.get("nonce"),
          }),
        ),
    ],
    ["never stops talking", (_: IncomingMessage, response: ServerResponse) => response.end("x".repeat(1_000_000))],
    [
      "redirects to the daemon",
      (request: IncomingMessage, response: ServerResponse) =>
        response.writeHead(307, { location: `${daemon.api.address}${request.url}` }).end(),
    ],
  ])("is not made to a program that %s", async (_, answer) => {
    const heard: string[] = [];
    const server = createHttpServer((request, response) => {
      heard.push(`${request.url} ${request.rawHeaders.join(" ")}`);
      answer(request, response);
    });
    const client = createApiClient({ address: await listenOn(server), token: daemon.token, signal });
    await expect(client.status()).rejects.toMatchObject({ code: "daemon-gone" });
    expect(heard).toHaveLength(1);
    expect(heard.join("")).not.toContain(daemon.token);
  });

  it.each(["http://192.0.2.1:80", "https://127.0.0.1:1", "http://localhost:1", "file:///etc/passwd", "nonsense"])(
    "is not even tried at %s",
    async (address) => {
      expect(await openProvenConnection({ address, token: daemon.token, signal })).toBeUndefined();
    },
  );
});
