import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { createHttpClient } from "./create-http-client.ts";
import { downloadFile } from "./download-file.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { withRawServer, withServer } from "./testing/with-server.ts";

/** Every way in which an error is usually printed. */
function printed(error: unknown): string {
  return [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    String(error),
    (error as Error).stack,
    inspect((error as Error).cause, { depth: 20, showHidden: true }),
  ].join("\n");
}

const planted = {
  bearer: "tok-3f9d8a7b6c5e4d3c2b1a",
  apiKey: "ak-0123456789",
  refresh: "refresh+with/odd=chars",
  password: 'pa"ss wörd&1',
  signature: "9f86d081884c7d65",
  cookie: "sid-77777",
};

function expectClean(text: string): void {
  for (const [name, value] of Object.entries(planted)) {
    for (const form of [
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value).toString("base64"),
    ]) {
      expect(text.includes(form), `${name} as ${form} in ${text}`).toBe(false);
    }
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "planted-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("no secret gets out", () => {
  const answers: Record<string, (socket: import("node:net").Socket, echo: string) => void> = {
    "a refusal that repeats the request": (socket, echo) =>
      void socket.end(
        `HTTP/1.1 403 Forbidden\r\nX-Request-Id: ${planted.bearer}\r\nContent-Length: ${Buffer.byteLength(echo)}\r\n\r\n${echo}`,
      ),
    "a web page that repeats it": (socket, echo) =>
      void socket.end(
        `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(echo) + 14}\r\n\r\n<html><body>  ${echo}`,
      ),
    "a redirect with a signature": (socket) =>
      void socket.end(
        `HTTP/1.1 302 Found\r\nLocation: ftp://x.example/?X-Amz-Signature=${planted.signature}&api_key=${planted.apiKey}\r\nContent-Length: 0\r\n\r\n`,
      ),
    "a broken connection": (socket) => void socket.resetAndDestroy(),
    "a broken body": (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
    "no HTTP at all": (socket, echo) => void socket.end(`${echo}\r\n\r\n`),
    silence: () => {},
  };

  it.each(Object.entries(answers))("after %s", async (_name, answer) => {
    const lines: string[] = [];
    const logger = {
      debug: (fields: object, message: string) => void lines.push(`${inspect(fields)} ${message}`),
      warn: (fields: object, message: string) => void lines.push(`${inspect(fields)} ${message}`),
    };
    await withRawServer(
      (head, socket) => answer(socket, `${head} body: ${JSON.stringify(planted)} ${planted.password}`),
      async ({ origin }) => {
        const client = createHttpClient({
          origin,
          headers: { "X-API-Key": planted.apiKey, cookie: `session=${planted.cookie}` },
          credentialHeaders: () => ({ authorization: `Bearer ${planted.bearer}`, "refresh-token": planted.refresh }),
          http: { proxy: "none", logger, retry: { baseDelayMs: 1 }, timeouts: { responseMs: 40 } },
        });
        const query = { "X-Amz-Signature": planted.signature, api_key: planted.apiKey, page: 2 };
        const shared = { name: "Shop login", path: "/login", query, credentials: true };
        const post = await failureOf(
          client.requestJson({
            schema: z.object({}),
            ...shared,
            method: "POST",
            repeat: "once",
            json: { password: planted.password },
          }),
        );
        const form = await failureOf(
          client.requestJson({
            ...shared,
            schema: z.object({}),
            method: "POST",
            repeat: "once",
            form: { password: planted.password },
          }),
        );
        const get = await failureOf(
          client.requestJson({ ...shared, schema: z.object({}), method: "GET", repeat: "repeatable" }),
        );
        const file = await failureOf(
          downloadFile({
            privateHosts: ["127.0.0.1"],
            url: `${origin}/a.zip?X-Amz-Signature=${planted.signature}&token=${planted.bearer}`,
            path: join(folder, "a.zip"),
            maxBytes: 10,
            headers: { "x-api-key": planted.apiKey, authorization: `Bearer ${planted.bearer}` },
            http: { proxy: "none", logger, retry: { baseDelayMs: 1 }, timeouts: { responseMs: 40 } },
          }),
        );
        for (const error of [post, form, get]) {
          // The page parameter is no secret and helps to find the request.
          expect(error.request.url).toContain("page=2");
        }
        for (const error of [post, form, get, file]) expectClean(printed(error));
        expectClean(lines.join("\n"));
      },
    );
  });

  it("not even through what a provider makes of a refusal, or what it throws in as a cause", async () => {
    await withServer(
      (_request, response) => void response.writeHead(403).end(`wrong password ${planted.password}`),
      async ({ origin }) => {
        const client = createHttpClient({ origin, http: { proxy: "none" } });
        const error = await failureOf(
          client.request({
            name: "Shop login",
            method: "POST",
            path: "/",
            repeat: "once",
            form: { password: planted.password },
            refusal: ({ text }) => ({
              code: "sign-in-refused",
              message: text,
              fieldErrors: { password: [text] },
              cause: Object.assign(new Error(text, { cause: { secret: planted.password } }), {
                request: { password: planted.password },
              }),
            }),
          }),
        );
        expect(error.code).toBe("sign-in-refused");
        expect(error.message).toContain("wrong password [redacted]");
        expectClean(printed(error));
      },
    );
  });

  it("whatever the value is", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40, unit: "grapheme" }),
        fc.string({ maxLength: 30 }),
        (secret, around) => {
          fc.pre(
            !around.includes(secret) &&
              !"[redacted] ApiError: transport unexpected-shape".includes(secret) &&
              secret.trim() !== "",
          );
          const error = new ApiError({
            kind: "refusal",
            code: "x",
            message: `${around}${secret}${around}`,
            cause: new Error(secret),
            secrets: [secret],
          });
          expect(error.message.includes(secret)).toBe(false);
          expect((error.cause as Error).message.includes(secret)).toBe(false);
        },
      ),
    );
  });
});

describe("ApiError", () => {
  it("is known by its marker, also across copies of this package", () => {
    const error = new ApiError({ kind: "aborted", code: "aborted", message: "x" });
    expect(ApiError.isInstance(error)).toBe(true);
    expect(ApiError.isInstance({ [Symbol.for("@org/http-core/ApiError")]: true })).toBe(true);
    expect(ApiError.isInstance(new Error("x"))).toBe(false);
    expect(ApiError.isInstance(null)).toBe(false);
  });

  it("shows its message in JSON", () => {
    const error = new ApiError({ kind: "refusal", code: "http-403", message: "no", status: 403 });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: "ApiError",
      message: "no",
      code: "http-403",
      status: 403,
    });
  });

  it("keeps the code of its cause and nothing else of it", () => {
    const cause = Object.assign(new Error("connect failed"), {
      code: "ECONNREFUSED",
      options: { headers: { authorization: "x" } },
    });
    const error = new ApiError({ kind: "transport", code: "connection-refused", message: "no", cause });
    expect(error.cause).toMatchObject({ message: "connect failed", code: "ECONNREFUSED" });
    expect(error.cause).not.toHaveProperty("options");
  });
});
