import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "./__fixtures__/api-in-memory.ts";

let daemon: ApiInMemory;
beforeEach(async () => {
  daemon = await startApiInMemory({ version: "1.2.3" });
});
afterEach(async () => {
  await daemon.close();
});

const host = () => `Host: 127.0.0.1:${daemon.port}\r\n`;
const bearer = () => `Authorization: Bearer ${daemon.token}\r\n`;
const closing = "Connection: close\r\n";
const statusLine = (answer: string) => Number(answer.slice(9, 12));

/** To the letter, and written here once more: what the product sends must not be compared with itself. */
const allSecurityHeaders = {
  "content-security-policy": [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  ],
  "x-content-type-options": ["nosniff"],
  "referrer-policy": ["no-referrer"],
  "cross-origin-resource-policy": ["same-origin"],
  "cross-origin-opener-policy": ["same-origin"],
  "cache-control": ["no-store"],
};

/** All values of each: one that stands there twice with two values protects by neither. */
function securityHeadersOf(answer: string): Record<string, string[]> {
  const [head = ""] = answer.split("\r\n\r\n", 1);
  const lines = head.split("\r\n").map((line) => line.split(/: ?(.*)/, 2));
  return Object.fromEntries(
    Object.keys(allSecurityHeaders).map((name) => [
      name,
      lines.filter(([given]) => given?.toLowerCase() === name).map(([, value = ""]) => value),
    ]),
  );
}

describe("on the wire", () => {
  it.each([
    ["no host", () => `GET /healthz HTTP/1.1\r\n${closing}\r\n`, 403],
    ["no host with HTTP/1.0", () => "GET /healthz HTTP/1.0\r\n\r\n", 403],
    ["two hosts", () => `GET /healthz HTTP/1.1\r\n${host()}${host()}${closing}\r\n`, 403],
    ["another host", () => `GET /healthz HTTP/1.1\r\nHost: rebind.test:${daemon.port}\r\n${closing}\r\n`, 403],
    ["0.0.0.0", () => `GET /healthz HTTP/1.1\r\nHost: 0.0.0.0:${daemon.port}\r\n${closing}\r\n`, 403],
    ["a whole address as target", () => `GET http://evil.example/healthz HTTP/1.1\r\n${host()}${closing}\r\n`, 403],
    [
      "a preflight",
      () =>
        `OPTIONS /api/v1/status HTTP/1.1\r\n${host()}Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n${closing}\r\n`,
      403,
    ],
    [
      "another origin with the token",
      () => `GET /api/v1/status HTTP/1.1\r\n${host()}${bearer()}Origin: http://evil.example\r\n${closing}\r\n`,
      403,
    ],
    [
      "a form of another page",
      () =>
        `POST /api/v1/sync HTTP/1.1\r\n${host()}${bearer()}Sec-Fetch-Site: cross-site\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n${closing}\r\n{}`,
      403,
    ],
    [
      "text in place of JSON",
      () =>
        `POST /api/v1/sync HTTP/1.1\r\n${host()}${bearer()}Content-Type: text/plain\r\nContent-Length: 2\r\n${closing}\r\n{}`,
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
    ["the right token", () => `GET /api/v1/status HTTP/1.1\r\n${host()}${bearer()}${closing}\r\n`, 200],
    [
      "headers of 20 kB",
      () => `GET /healthz HTTP/1.1\r\n${host()}X-Long: ${"x".repeat(20_000)}\r\n${closing}\r\n`,
      431,
    ],
  ])("%s", async (_, request, expected) => {
    const answer = await daemon.raw(request());
    expect(statusLine(answer)).toBe(expected);
    expect(answer.toLowerCase()).not.toContain("access-control-allow");
    // Refused by the HTTP parser, before there is an answer of ours.
    if (expected !== 431) expect(securityHeadersOf(answer)).toEqual(allSecurityHeaders);
    const served = expected === 200 && request().includes("/api/v1/status") ? [["status", {}]] : [];
    expect(daemon.operations.asked).toEqual(served);
  });

  it("listens on loopback only", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(daemon.port, address);

        socket.once("connect", () => resolve("connected"));
        socket.once("error", () => resolve("refused"));
      });
      expect(outcome, address).toBe("refused");
    }
    expect(daemon.api.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("says the same about itself where it has nothing, too much or a page's code to answer to", async () => {
    const body = (path: string, text: string, headers = "") =>
      `POST ${path} HTTP/1.1\r\n${host()}${headers}Content-Type: application/json\r\nContent-Length: ${text.length}\r\n${closing}\r\n${text}`;
    const requests: [string, number][] = [
      [`GET /nothing-here HTTP/1.1\r\n${host()}${bearer()}${closing}\r\n`, 404],
      [`DELETE /api/v1/status HTTP/1.1\r\n${host()}${bearer()}${closing}\r\n`, 405],
      [`HEAD /healthz HTTP/1.1\r\n${host()}${closing}\r\n`, 200],
      [body("/api/v1/sync", "{", bearer()), 400],
      [body("/api/v1/sync", `{"unknown":1}`, bearer()), 400],
      [body("/api/v1/downloads", JSON.stringify({ products: ["x".repeat(1_100_000)] }), bearer()), 413],
      [body("/page-session", `{"code":"${"0".repeat(64)}"}`), 401],
    ];
    for (const [request, expected] of requests) {
      const answer = await daemon.raw(request);
      const about = request.slice(0, request.indexOf("\r\n"));
      expect([about, statusLine(answer)]).toEqual([about, expected]);
      expect([about, securityHeadersOf(answer)]).toEqual([about, allSecurityHeaders]);
    }
  });

  it("goes on answering while 200 sockets are held open, and while 49 of them have half a request", async () => {
    const held = Array.from({ length: 200 }, () => daemon.open());
    for (const socket of held.slice(0, 49)) socket.write("GET /healthz HTTP/1.1\r\nX-Slow: ");
    await Promise.all(
      held.map(
        (socket) => new Promise((resolve) => (socket.connecting ? socket.once("connect", resolve) : resolve(null))),
      ),
    );
    expect(statusLine(await daemon.raw(`GET /healthz HTTP/1.1\r\n${host()}${closing}\r\n`))).toBe(200);
  });

  it("goes on answering while 200 calls are refused slowly, or come slowly without a token", async () => {
    const wrong = () => daemon.raw(`GET /api/v1/status HTTP/1.1\r\n${host()}Authorization: Bearer x\r\n${closing}\r\n`);
    for (let count = 0; count < 20; count += 1) expect(statusLine(await wrong())).toBe(401);
    const refused = Array.from({ length: 100 }, () => daemon.open());
    for (const socket of refused) socket.write(`GET /api/v1/status HTTP/1.1\r\n${host()}\r\n`);
    const slow = Array.from({ length: 100 }, () => daemon.open());
    for (const socket of slow)
      socket.write(
        `POST /page-session HTTP/1.1\r\n${host()}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      );
    const open = () => [...refused, ...slow].filter(({ destroyed }) => !destroyed).length;
    await expect.poll(open, { timeout: 60_000 }).toBe(50);
    const asked = `GET /api/v1/status HTTP/1.1\r\n${host()}${bearer()}${closing}\r\n`;
    expect(statusLine(await daemon.raw(asked))).toBe(200);
  });

  it("refuses more than a million bytes, told or not", async () => {
    const body = JSON.stringify({ products: ["x".repeat(1_100_000)] });
    const head = `POST /api/v1/downloads HTTP/1.1\r\n${host()}${bearer()}Content-Type: application/json\r\n${closing}`;
    const told = await daemon.raw(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(statusLine(told)).toBe(413);
    const length = body.length.toString(16);
    const chunked = await daemon.raw(`${head}Transfer-Encoding: chunked\r\n\r\n${length}\r\n${body}\r\n0\r\n\r\n`);
    expect(statusLine(chunked)).toBe(413);
    expect(daemon.operations.asked).toEqual([]);
  });
});
