import { createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Failure } from "../domain/failure.ts";
import { createOperationsInMemory, type OperationsInMemory } from "./__fixtures__/operations-in-memory.ts";
import { createEventLog, type EventLog } from "./event-stream.ts";
import { PortTakenError, type RunningApi, startApi } from "./listen.ts";

const token = "0123456789abcdef".repeat(4);
let folder: string;
let api: RunningApi;
let operations: OperationsInMemory;
let events: EventLog;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "asset-sync-api-"));
  operations = createOperationsInMemory();
  events = createEventLog({ now: Date.now });
  api = await startApi({
    host: "127.0.0.1",
    port: 0,
    operations,
    events,
    token,
    apiFile: path.join(folder, "api.json"),
    version: "1.2.3",
  });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

const port = () => Number(new URL(api.address).port);

function open(): Socket {
  const socket = connect(port(), "127.0.0.1");
  socket.on("error", () => {});
  sockets.push(socket);
  return socket;
}

/** Sends bytes as they are and reads until the server ends the connection. */
function raw(text: string): Promise<string> {
  const socket = open();
  socket.write(text);
  return readAll(socket);
}

function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("close", () => resolve(received));
  });
}

const host = () => `Host: 127.0.0.1:${port()}\r\n`;
const bearer = `Authorization: Bearer ${token}\r\n`;
const closing = "Connection: close\r\n";
const statusLine = (answer: string) => Number(answer.slice(9, 12));

async function call(path: string, options: { method?: string; body?: unknown; headers?: Record<string, string> } = {}) {
  const response = await fetch(new URL(path, api.address), {
    method: options.method ?? (options.body === undefined ? "GET" : "POST"),
    headers: {
      authorization: `Bearer ${token}`,
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }),
  });
  return {
    response,
    body: z
      .looseObject({ code: z.unknown(), title: z.unknown(), exitStatus: z.unknown() })
      .partial()
      .parse(await response.json()),
  };
}

describe("on the wire", () => {
  it.each([
    ["no host", () => `GET /healthz HTTP/1.1\r\n${closing}\r\n`, 403],
    ["no host with HTTP/1.0", () => "GET /healthz HTTP/1.0\r\n\r\n", 403],
    ["two hosts", () => `GET /healthz HTTP/1.1\r\n${host()}${host()}${closing}\r\n`, 403],
    ["another host", () => `GET /healthz HTTP/1.1\r\nHost: rebind.test:${port()}\r\n${closing}\r\n`, 403],
    ["0.0.0.0", () => `GET /healthz HTTP/1.1\r\nHost: 0.0.0.0:${port()}\r\n${closing}\r\n`, 403],
    ["a whole address as target", () => `GET http://evil.example/healthz HTTP/1.1\r\n${host()}${closing}\r\n`, 403],
    [
      "a preflight",
      () =>
        `OPTIONS /api/v1/status HTTP/1.1\r\n${host()}Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n${closing}\r\n`,
      403,
    ],
    [
      "another origin with the token",
      () => `GET /api/v1/status HTTP/1.1\r\n${host()}${bearer}Origin: http://evil.example\r\n${closing}\r\n`,
      403,
    ],
    [
      "a form of another page",
      () =>
        `POST /api/v1/sync HTTP/1.1\r\n${host()}${bearer}Sec-Fetch-Site: cross-site\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n${closing}\r\n{}`,
      403,
    ],
    [
      "text in place of JSON",
      () =>
        `POST /api/v1/sync HTTP/1.1\r\n${host()}${bearer}Content-Type: text/plain\r\nContent-Length: 2\r\n${closing}\r\n{}`,
      415,
    ],
    ["no token", () => `GET /api/v1/status HTTP/1.1\r\n${host()}${closing}\r\n`, 401],
    ["no token on events", () => `GET /api/v1/events HTTP/1.1\r\n${host()}${closing}\r\n`, 401],
    [
      "an upgrade to a web socket",
      () =>
        `GET /api/v1/events HTTP/1.1\r\n${host()}Origin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      403,
    ],
    ["the health check", () => `GET /healthz HTTP/1.1\r\n${host()}${closing}\r\n`, 200],
    ["the right token", () => `GET /api/v1/status HTTP/1.1\r\n${host()}${bearer}${closing}\r\n`, 200],
    [
      "headers of 20 kB",
      () => `GET /healthz HTTP/1.1\r\n${host()}X-Long: ${"x".repeat(20_000)}\r\n${closing}\r\n`,
      431,
    ],
  ])("%s", async (_, request, expected) => {
    const answer = await raw(request());
    expect(statusLine(answer)).toBe(expected);
    expect(answer.toLowerCase()).not.toContain("access-control-allow");
    if (expected !== 431) {
      expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
      expect(answer.toLowerCase()).toContain("cache-control: no-store");
      expect(answer.toLowerCase()).toContain("frame-ancestors 'none'");
    }
    const served = expected === 200 && request().includes("/api/v1/status") ? [["status", {}]] : [];
    expect(operations.asked).toEqual(served);
  });

  it("listens on loopback only", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(port(), address);
        sockets.push(socket);
        socket.once("connect", () => resolve("connected"));
        socket.once("error", () => resolve("refused"));
      });
      expect(outcome, address).toBe("refused");
    }
    expect(api.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("goes on answering while 200 sockets are held open, and while 49 of them have half a request", async () => {
    const held = Array.from({ length: 200 }, () => open());
    for (const socket of held.slice(0, 49)) socket.write("GET /healthz HTTP/1.1\r\nX-Slow: ");
    await Promise.all(
      held.map(
        (socket) => new Promise((resolve) => (socket.connecting ? socket.once("connect", resolve) : resolve(null))),
      ),
    );
    expect(statusLine(await raw(`GET /healthz HTTP/1.1\r\n${host()}${closing}\r\n`))).toBe(200);
  });

  it("refuses more than a million bytes, told or not", async () => {
    const body = JSON.stringify({ products: ["x".repeat(1_100_000)] });
    expect((await call("/api/v1/downloads", { body })).response.status).toBe(413);
    const chunked = await raw(
      `POST /api/v1/downloads HTTP/1.1\r\n${host()}${bearer}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n${closing}\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    expect(statusLine(chunked)).toBe(413);
    expect(operations.asked).toEqual([]);
  });
});

describe("answers", () => {
  it("come from the operations, each route asking its own", async () => {
    await call("/api/v1/status");
    await call("/api/v1/plan");
    await call("/api/v1/quota");
    await call("/api/v1/products?text=oak%20chair&limit=5&offset=1");
    await call("/api/v1/products/oak-chair");
    await call("/api/v1/products/132602/why");
    await call("/api/v1/sync", { body: { acceptFeed: true } });
    await call("/api/v1/downloads", { body: { products: [7, "oak-chair"], downloadId: "d", spendLast: true } });
    await call("/api/v1/library/verify", { body: {} });
    await call("/api/v1/library/repair", { body: { products: [7] } });
    await call("/api/v1/pause", { body: { untilMs: 5 } });
    await call("/api/v1/resume", { body: {} });
    expect(operations.asked).toEqual([
      ["status", {}],
      ["plan", {}],
      ["quota", {}],
      ["search", { text: "oak chair", limit: 5, offset: 1 }],
      ["show", "oak-chair"],
      ["why", "132602"],
      ["sync", { acceptFeed: true }],
      ["get", { products: [7, "oak-chair"], downloadId: "d", spendLast: true }],
      ["verify", { products: [] }],
      ["repair", { products: [7] }],
      ["pause", { untilMs: 5 }],
      ["resume", {}],
    ]);
  });

  it("are problems with our codes when something failed", async () => {
    operations.failNext("sync", new Failure("quota-exhausted", "No download of Chair is left."));
    const { response, body } = await call("/api/v1/sync", { body: {} });
    expect(response.status).toBe(409);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "urn:asset-sync:failure:quota-exhausted",
      title: "No download of Chair is left.",
      status: 409,
      code: "quota-exhausted",
      exitStatus: 4,
    });
  });

  it.each([
    ["provider-unreachable", 502, 6],
    ["disk-full", 507, 5],
    ["sign-in-failed", 409, 3],
    ["stopped", 503, 1],
    ["unexpected", 500, 1],
  ] as const)("%s has status %i", async (code, status, exitStatus) => {
    operations.failNext("status", new Failure(code, "It failed."));
    const { response, body } = await call("/api/v1/status");
    expect([response.status, body.exitStatus]).toEqual([status, exitStatus]);
  });

  it.each([
    ["/api/v1/products/none", undefined, 404, "product-unknown", '"none"'],
    ["/api/v1/nothing", undefined, 404, "not-found", "/api/v1/nothing"],
    ["/api/v1/sync", undefined, 405, "method-refused", "POST"],
    ["/api/v1/products?limit=many", undefined, 400, "request-invalid", "limit"],
    ["/api/v1/products?colour=red", undefined, 400, "request-invalid", "colour"],
    ["/api/v1/downloads", { products: [] }, 400, "request-invalid", "products"],
    ["/api/v1/downloads", { products: [1], path: "/etc" }, 400, "request-invalid", "path"],
    ["/api/v1/sync", "{", 400, "request-invalid", "not JSON"],
    ["/api/v1/pause", { untilMs: "soon" }, 400, "request-invalid", "untilMs"],
    ["/healthz?nonce=short", undefined, 400, "request-invalid", "nonce"],
  ])("%s with %j is refused with %i", async (path, body, status, code, named) => {
    const answer = await call(path, body === undefined ? {} : { body });
    expect([answer.response.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.title).toContain(named);
  });

  it("hold nothing that the contract does not name", async () => {
    const status = operations.status.bind(operations);
    operations.status = async () => ({ ...(await status()), secret: "hunter2" });
    expect(JSON.stringify((await call("/api/v1/status")).body)).not.toContain("hunter2");
  });

  it("prove that the server knows the token, without giving it away", async () => {
    const nonce = "n".repeat(32);
    const { body } = await call(`/healthz?nonce=${nonce}`, { headers: { authorization: "" } });
    expect(body).toEqual({
      status: "ok",
      version: "1.2.3",
      apiVersion: 1,
      proof: createHmac("sha256", token).update(nonce).digest("hex"),
    });
  });
});

describe("events", () => {
  async function follow(lastEventId?: number) {
    const socket = open();
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    const last = lastEventId === undefined ? "" : `Last-Event-ID: ${lastEventId}\r\n`;
    socket.write(`GET /api/v1/events HTTP/1.1\r\n${host()}${bearer}${last}\r\n`);
    await expect.poll(() => text).toContain("retry:");
    return { socket, text: () => text };
  }

  it("arrive as they happen, and after a break from the last one seen", async () => {
    const first = await follow();
    events.publish({ type: "sync-started" });
    await expect.poll(first.text).toContain("event: sync-started");
    expect(first.text()).toContain("content-type: text/event-stream");
    const seenId = events.lastId();
    first.socket.destroy();
    events.publish({ type: "daemon-paused" });
    const second = await follow(seenId);
    await expect.poll(second.text).toContain(`id: ${seenId + 1}\nevent: daemon-paused`);
    expect(second.text()).not.toContain("sync-started");
  });

  it("say when some are lost", async () => {
    events.publish({ type: "sync-started" });
    const { text } = await follow(5);
    await expect.poll(text).toContain("event: events-lost");
  });

  it("end with the API, which does not wait for them", async () => {
    const { socket, text } = await follow();
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await api.close();
    await ended;
    // Ended in good order, not cut.
    expect(text()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it("do not keep a reader that reads nothing", async () => {
    const { socket } = await follow();
    socket.pause();
    const ended = new Promise((resolve) => socket.once("close", resolve));
    const large = "x".repeat(500_000);
    for (let count = 0; count < 40; count += 1) {
      events.publish({ type: "config-refused", message: large });
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    await ended;
  });
});

describe("api.json", () => {
  it("tells its owner alone where the API is, and goes with it", async () => {
    const file = path.join(folder, "api.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      address: api.address,
      token,
      pid: process.pid,
      version: "1.2.3",
      apiVersion: 1,
      startedAt: expect.any(String),
    });
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
    await api.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it("of a later daemon stays", async () => {
    const file = path.join(folder, "api.json");
    const later = { ...JSON.parse(await readFile(file, "utf8")), token: "another" };
    await writeFile(file, JSON.stringify(later));
    await api.close();
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(later);
  });

  it("is not touched when the port is taken, and the sentence names the key", async () => {
    const before = await readFile(path.join(folder, "api.json"), "utf8");
    const second = startApi({
      host: "127.0.0.1",
      port: port(),
      operations,
      events,
      token: "other",
      apiFile: path.join(folder, "api.json"),
      version: "1.2.3",
    });
    await expect(second).rejects.toThrow(PortTakenError);
    await expect(second).rejects.toThrow(/`api\.port`/);
    expect(await readFile(path.join(folder, "api.json"), "utf8")).toBe(before);
  });
});
