import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createHttpClient, type HttpClientSettings } from "./create-http-client.ts";
import type { Repeat } from "./http-settings.ts";
import type { Operation } from "./operation.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { withRawServer, withServer } from "./testing/with-server.ts";

const quick = { retry: { baseDelayMs: 1, maxDelayMs: 2 }, proxy: "none" as const };
const get = { name: "Shop getStatus", method: "GET", path: "/status", repeat: "repeatable" } satisfies Operation;
const Status = z.looseObject({ last_updated: z.string() });

function clientFor(origin: string, more: Partial<HttpClientSettings> = {}) {
  return createHttpClient({ origin, http: quick, ...more });
}

describe("requestJson", () => {
  it("gives data, status, headers and the text", async () => {
    await withServer(
      (_request, response) => void response.setHeader("x-thing", "1").end('{"last_updated":"2026","extra":1}'),
      async ({ origin, seen }) => {
        const answer = await clientFor(origin).requestJson({
          ...get,
          query: { a: "b c", none: undefined },
          schema: Status,
        });
        expect(answer.data).toEqual({ last_updated: "2026", extra: 1 });
        expect(answer.headers["x-thing"]).toBe("1");
        expect(answer.raw).toBe('{"last_updated":"2026","extra":1}');
        expect(seen[0]?.url).toBe("/status?a=b+c");
        expect(seen[0]?.headers.accept).toBe("application/json");
      },
    );
  });

  it.each([
    ["Content-Encoding: gzip", { "content-encoding": "gzip" }, (text: string) => gzipSync(text)],
    ["gzip stored without a header", {}, (text: string) => gzipSync(text)],
    ["both at once", { "content-encoding": "gzip" }, (text: string) => gzipSync(gzipSync(text))],
    ["a byte order mark", {}, (text: string) => Buffer.from(`\ufeff${text}`)],
  ])("reads %s", async (_name, headers, encode) => {
    await withServer(
      (_request, response) => void response.writeHead(200, headers).end(encode('{"last_updated":"x"}')),
      async ({ origin }) => {
        expect((await clientFor(origin).requestJson({ ...get, schema: Status })).data.last_updated).toBe("x");
      },
    );
  });

  it("says that a web page came instead of JSON, in the page's own words", async () => {
    await withServer(
      (_request, response) =>
        void response.end("<!doctype html><title>Please sign in</title><script>secret()</script>"),
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).requestJson({ ...get, schema: Status }));
        expect(error).toMatchObject({ kind: "unreadable", code: "not-json", retryable: false, status: 200 });
        expect(error.message).toContain("Please sign in");
        expect(error.message).not.toContain("secret()");
      },
    );
  });

  it("names the field that does not fit", async () => {
    await withServer(
      (_request, response) => void response.end('{"last_updated":5}'),
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).requestJson({ ...get, schema: Status }));
        expect(error).toMatchObject({ kind: "unexpected-shape", code: "unexpected-shape" });
        expect(Object.keys(error.fieldErrors ?? {})).toEqual(["last_updated"]);
      },
    );
  });
});

describe("what may be sent again", () => {
  it.each([
    ["repeatable", 4],
    ["once", 1],
    ["spends", 1],
  ] as const)("an operation that is %s meets 503 %i time(s)", async (repeat, times) => {
    await withServer(
      (_request, response) => void response.writeHead(503).end("later"),
      async ({ origin, seen }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, method: "GET", repeat }));
        expect(error).toMatchObject({
          kind: "refusal",
          code: "http-503",
          status: 503,
          retryable: true,
          neverSent: false,
        });
        expect(seen.length).toBe(times);
      },
    );
  });

  it.each([
    ["repeatable", 4],
    ["once", 1],
    ["spends", 1],
  ] as const)("an operation that is %s meets a connection cut before the answer %i time(s)", async (repeat, times) => {
    await withRawServer(
      (_head, socket) => socket.resetAndDestroy(),
      async ({ origin, seen }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, repeat }));
        expect(error).toMatchObject({ kind: "transport", code: "connection-reset", neverSent: false });
        expect(seen.length).toBe(times);
      },
    );
  });

  it("uses a connection again for what is repeatable, and a fresh one for everything else", async () => {
    await withServer(
      (_request, response, raw) => void response.end(String(raw.socket.remotePort)),
      async ({ origin }) => {
        const client = clientFor(origin);
        const portFor = async (repeat: Repeat) => (await client.requestText({ ...get, repeat })).text;
        const ports = [
          await portFor("repeatable"),
          await portFor("repeatable"),
          await portFor("spends"),
          await portFor("once"),
          await portFor("repeatable"),
        ];
        expect(new Set(ports).size).toBe(3);
        expect(ports[0]).toBe(ports[1]);
        expect(ports[0]).toBe(ports[4]);
      },
    );
  });

  it("once: a refused connection is tried again, because nothing was sent", async () => {
    const { port } = await withServer(
      () => {},
      async (server) => server,
    );
    const waits: string[] = [];
    const logger = { debug: () => {}, warn: (_fields: object, message: string) => void waits.push(message) };
    for (const [repeat, expected] of [
      ["once", 3],
      ["repeatable", 3],
      ["spends", 0],
    ] as const) {
      waits.length = 0;
      const client = clientFor(`http://127.0.0.1:${port}`, { http: { ...quick, logger } });
      const error = await failureOf(client.request({ ...get, repeat }));
      expect(error).toMatchObject({ code: "connection-refused", neverSent: true });
      expect(waits.length).toBe(expected);
    }
  });

  it("waits as long as Retry-After asks, and can be aborted meanwhile", async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    await withServer(
      (_request, response) => void response.writeHead(429, { "retry-after": "100" }).end(),
      async ({ origin, seen }) => {
        const client = clientFor(origin, { http: { ...quick, clock } });
        const outcome = failureOf(client.request({ ...get, signal: controller.signal }));
        while (clock.sleepers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        await clock.advance(99_000);
        expect(seen.length).toBe(1);
        await clock.advance(1_000);
        while (seen.length < 2 || clock.sleepers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        controller.abort(new Error("enough"));
        expect(await outcome).toMatchObject({ kind: "aborted", code: "aborted" });
        expect(seen.length).toBe(2);
      },
    );
  });
});

describe("refusals", () => {
  it("lets the provider say what a refusal means", async () => {
    await withServer(
      (_request, response) => void response.writeHead(403, { "x-request-id": "r-1" }).end('{"code":"quota","left":0}'),
      async ({ origin }) => {
        const error = await failureOf(
          clientFor(origin).request({
            ...get,
            refusal: ({ status, json }) => ({
              code: "quota-exhausted",
              message: `no more (${status}, ${JSON.stringify(json)})`,
            }),
          }),
        );
        expect(error).toMatchObject({
          code: "quota-exhausted",
          message: 'no more (403, {"code":"quota","left":0})',
          requestId: "r-1",
        });
      },
    );
  });

  it("shows the words of an HTML refusal, never the whole of it", async () => {
    await withServer(
      (_request, response) => void response.writeHead(500).end(`<html><h1>Oh &amp; no</h1>${"x ".repeat(5000)}</html>`),
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, repeat: "once" }));
        expect(error.message).toContain("Oh & no");
        expect(error.message.length).toBeLessThan(400);
      },
    );
  });
});

describe("size and silence", () => {
  it.each([
    ["announced", { "content-length": "3000000" }],
    ["not announced", {}],
  ])("refuses an answer that is too large, %s", async (_name, headers) => {
    await withServer(
      (_request, response) => void response.writeHead(200, headers).end(Buffer.alloc(3_000_000)),
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, maxBytes: 1_000_000 }));
        expect(error).toMatchObject({ kind: "unreadable", code: "answer-too-large", retryable: false });
      },
    );
  });

  it.each([{ "content-encoding": "gzip" }, {}])("counts after decoding (%o)", async (headers) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    await withServer(
      (_request, response) => void response.writeHead(200, headers).end(bomb),
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).requestText({ ...get, maxBytes: 1_000_000 }));
        expect(error.code).toBe("answer-too-large");
      },
    );
  });

  it("takes a compressed body without a length that is cut short for an error", async () => {
    const whole = gzipSync(
      Buffer.from(
        JSON.stringify({ last_updated: "x".repeat(100_000), noise: Array.from({ length: 5000 }, Math.random) }),
      ),
    );
    await withRawServer(
      (_head, socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
        socket.end(whole.subarray(0, whole.length / 2));
      },
      async ({ origin, seen }) => {
        const error = await failureOf(clientFor(origin).requestJson({ ...get, schema: Status }));
        expect(error).toMatchObject({ kind: "unreadable", code: "answer-truncated", retryable: true });
        expect(seen.length).toBe(4);
      },
    );
  });

  it.each([
    ["a length", "Content-Length: 1000\r\n\r\n", "x".repeat(500)],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n", "100\r\nabc"],
  ])("takes a body with %s that is cut short for an error", async (_name, headers, body) => {
    await withRawServer(
      (_head, socket) => void socket.end(`HTTP/1.1 200 OK\r\n${headers}${body}`),
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, repeat: "once" }));
        expect(error).toMatchObject({ kind: "transport", code: "answer-truncated", retryable: true, neverSent: false });
      },
    );
  });

  it("ends a body in which nothing more comes", async () => {
    await withRawServer(
      (_head, socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"),
      async ({ origin }) => {
        const http = { ...quick, timeouts: { stallMs: 50 } };
        const error = await failureOf(clientFor(origin, { http }).request({ ...get, repeat: "once" }));
        expect(error).toMatchObject({ kind: "transport", code: "connection-stalled", retryable: true });
      },
    );
  });

  it("ends the wait for an answer that does not begin", async () => {
    await withRawServer(
      () => {},
      async ({ origin }) => {
        const http = { ...quick, timeouts: { responseMs: 50 } };
        const error = await failureOf(clientFor(origin, { http }).request({ ...get, repeat: "once" }));
        expect(error).toMatchObject({ kind: "transport", code: "answer-timed-out", neverSent: false });
      },
    );
  });

  it("refuses two lengths, and a length with chunks", async () => {
    for (const headers of [
      "Content-Length: 3\r\nContent-Length: 5",
      "Content-Length: 3\r\nTransfer-Encoding: chunked",
    ]) {
      await withRawServer(
        (_head, socket) => void socket.end(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\nabcde`),
        async ({ origin }) => {
          const error = await failureOf(clientFor(origin).request({ ...get, repeat: "once" }));
          expect(error).toMatchObject({ kind: "unreadable", code: "answer-malformed" });
        },
      );
    }
  });
});

describe("abort", () => {
  it.each(["before", "while waiting", "in the body"])("ends a request %s", async (when) => {
    const controller = new AbortController();
    if (when === "before") controller.abort();
    await withRawServer(
      (_head, socket) => {
        if (when === "in the body") socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
        setTimeout(() => controller.abort(), 20);
      },
      async ({ origin }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, signal: controller.signal }));
        expect(error).toMatchObject({
          kind: "aborted",
          code: "aborted",
          retryable: false,
          neverSent: when === "before",
        });
      },
    );
  });
});

describe("secrets", () => {
  it("are gone from every error of the client, whatever the far side repeats, as they are at that moment", async () => {
    let secret = "first-planted-value";
    await withServer(
      (_request, response) => void response.writeHead(400).end(`no: first-planted-value second-planted-value`),
      async ({ origin }) => {
        const client = createHttpClient({ origin, secrets: () => [secret], http: { proxy: "none" } });
        const read = { name: "test read", method: "GET", path: "/", repeat: "repeatable" } as const;
        const first = await failureOf(client.request(read));
        secret = "second-planted-value";
        const second = await failureOf(client.request(read));
        const folder = await mkdtemp(join(tmpdir(), "secrets-"));
        onTestFinished(() => rm(folder, { recursive: true }));
        const download = await failureOf(
          client.downloadFile({ url: `${origin}/a`, path: join(folder, "a"), maxBytes: 10 }),
        );
        expect(first.message).not.toContain("first-planted-value");
        expect(second.message).not.toContain("second-planted-value");
        expect(download.message).toContain("first-planted-value");
        expect(download.message).not.toContain("second-planted-value");
      },
    );
  });
});
