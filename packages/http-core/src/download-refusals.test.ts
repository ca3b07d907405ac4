import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { downloadFile } from "./download-file.ts";
import type { DownloadFileOptions } from "./download-options.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { type SeenRequest, withServer } from "./testing/with-server.ts";

const content = randomBytes(3_000_000);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-file-"));
  path = join(folder, "archive.zip");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fetchFrom(server: { origin: string }, more: Partial<DownloadFileOptions> = {}) {
  const http = { proxy: "none" as const, retry: { baseDelayMs: 1, maxDelayMs: 2 } };
  return downloadFile({
    url: `${server.origin}/a/archive.zip`,
    path,
    maxBytes: 100_000_000,
    privateHosts: ["127.0.0.1"],
    http,
    ...more,
  });
}

/** What a good server does, with Range and If-Range. */
function serve(body: Buffer, etag: string) {
  return (request: SeenRequest, response: ServerResponse) => {
    const from = Number(/^bytes=(\d+)-$/.exec(String(request.headers.range))?.[1]);
    const headers = { etag, "content-type": "application/zip" };
    if (Number.isNaN(from) || request.headers["if-range"] !== etag) {
      response.writeHead(200, { ...headers, "content-length": body.length }).end(body);
    } else if (from >= body.length) {
      response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    } else {
      const range = `bytes ${from}-${body.length - 1}/${body.length}`;
      response.writeHead(206, { ...headers, "content-length": body.length - from, "content-range": range });
      response.end(body.subarray(from));
    }
  };
}

const good = serve(content, '"1"');
const names = async () => (await readdir(folder)).sort();

describe("what is not the file", () => {
  const html = "<!DOCTYPE html><html><body>Please sign in</body></html>";
  const answers: [string, string, (response: ServerResponse) => void][] = [
    [
      "a web page",
      "unexpected-content",
      (response) =>
        response
          .writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": html.length })
          .end(html),
    ],
    [
      "a web page in disguise",
      "unexpected-content",
      (response) =>
        response.writeHead(200, { "content-type": "application/zip", "content-length": html.length }).end(html),
    ],
    [
      "an error as JSON",
      "unexpected-content",
      (response) => response.writeHead(200, { "content-type": "application/json", "content-length": 2 }).end("{}"),
    ],
    [
      "a packed body",
      "content-encoded",
      (response) => response.writeHead(200, { "content-encoding": "gzip", "content-length": 9 }).end("123456789"),
    ],
    [
      "a part nobody asked for",
      "range-unexpected",
      (response) => response.writeHead(206, { "content-range": "bytes 0-8/9", "content-length": 9 }).end("123456789"),
    ],
    ["nothing", "content-missing", (response) => response.writeHead(204).end()],
    [
      "no length",
      "length-missing",
      (response) => {
        response.write("123");
        response.end("456");
      },
    ],
    [
      "403",
      "link-expired",
      (response) => response.writeHead(403).end("<Error><Message>Request has expired</Message></Error>"),
    ],
    ["410", "link-expired", (response) => response.writeHead(410).end()],
    ["404", "link-not-found", (response) => response.writeHead(404).end()],
    ["401", "link-refused", (response) => response.writeHead(401).end()],
  ];
  it.each(answers)("%s is refused as %s, at once and without a trace", async (_name, code, answer) => {
    await withServer(
      (_request, response) => answer(response),
      async (server) => {
        expect(await failureOf(fetchFrom(server))).toMatchObject({ code, retryable: false });
        expect(server.seen.length).toBe(1);
        expect(await names()).toEqual([]);
      },
    );
  });

  it("a file that is too long, or not as long as expected, or of another hash", async () => {
    await withServer(good, async (server) => {
      expect(await failureOf(fetchFrom(server, { maxBytes: 2_999_999 }))).toMatchObject({ code: "file-too-large" });
      expect(await failureOf(fetchFrom(server, { expectedBytes: 2_999_999 }))).toMatchObject({
        code: "length-unexpected",
      });
      expect(await failureOf(fetchFrom(server, { expectedSha256: "0".repeat(64) }))).toMatchObject({
        code: "checksum-mismatch",
      });
      expect(await names()).toEqual([]);
    });
    await withServer(
      (_request, response) => {
        response.write(content);
        response.end();
      },
      async (server) => {
        const more = { requireLength: false, maxBytes: 2_000_000 };
        expect(await failureOf(fetchFrom(server, more))).toMatchObject({ code: "file-too-large" });
      },
    );
  });

  it("a web page is welcome where one was asked for", async () => {
    await withServer(
      (_request, response) =>
        void response.writeHead(200, { "content-type": "text/html", "content-length": html.length }).end(html),
      async (server) => {
        expect(await fetchFrom(server, { path: join(folder, "help.html") })).toMatchObject({ bytes: html.length });
      },
    );
  });

  it("503 is tried again, unless it may be asked only once", async () => {
    await withServer(
      (_request, response) => void response.writeHead(503).end(),
      async (server) => {
        expect(await failureOf(fetchFrom(server))).toMatchObject({ code: "http-503", retryable: true });
        expect(server.seen.length).toBe(4);
        await failureOf(fetchFrom(server, { repeat: "once" }));
        expect(server.seen.length).toBe(5);
      },
    );
  });

  it("a broken transfer is not gone on with when it may be asked only once, but its part is kept", async () => {
    await withServer(
      (_request, response) => {
        response.writeHead(200, { "content-length": content.length, etag: '"1"' });
        response.write(content.subarray(0, 2_000_000), () => response.destroy());
      },
      async (server) => {
        expect(await failureOf(fetchFrom(server, { repeat: "once" }))).toMatchObject({ code: "answer-truncated" });
        expect(server.seen.length).toBe(1);
        expect(await names()).toEqual(["archive.zip.part", "archive.zip.part.json"]);
      },
    );
  });
});

describe("where a download may go", () => {
  it("follows to another host that is allowed, without our headers", async () => {
    await withServer(good, async (cdn) => {
      await withServer(
        (_request, response) => void response.writeHead(302, { location: `http://localhost:${cdn.port}/x` }).end(),
        async (shop) => {
          const headers = { authorization: "Bearer abc", "x-api-key": "k", "refresh-token": "r" };
          const file = await fetchFrom(shop, { headers, allowedHosts: ["127.0.0.1", "localhost"] });
          expect(file).toMatchObject({ sha256, requests: 2 });
          expect(shop.seen[0]?.headers["x-api-key"]).toBe("k");
          for (const name of Object.keys(headers)) expect(cdn.seen[0]?.headers[name]).toBeUndefined();
          const error = await failureOf(fetchFrom(shop, { path: join(folder, "b"), allowedHosts: ["127.0.0.1"] }));
          expect(error).toMatchObject({ kind: "refusal", code: "host-refused" });
          expect(cdn.seen.length).toBe(1);
        },
      );
    });
  });

  it.each([
    ["file:///etc/passwd", "redirect-refused"],
    ["data:text/plain,hi", "redirect-refused"],
    ["/a/archive.zip", "redirect-refused"],
    ["http://169.254.169.254/latest/meta-data", "host-refused"],
    ["http://example.com/x", "host-refused"],
    ["https://10.0.0.1/x", "host-refused"],
  ])("is not sent on to %s", async (location, code) => {
    await withServer(
      (_request, response) => void response.writeHead(302, { location }).end(),
      async (server) => {
        expect(await failureOf(fetchFrom(server))).toMatchObject({ code });
        expect(server.seen.length).toBe(1);
      },
    );
  });

  it.each(["http://example.com/a.zip", "ftp://example.com/a.zip", "nonsense"])("does not go to %s", async (url) => {
    const error = await failureOf(fetchFrom({ origin: "" }, { url }));
    expect(error).toMatchObject({ kind: "refusal", neverSent: true });
  });
});
