import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBandwidth } from "./bandwidth.ts";
import { createHttpClient } from "./create-http-client.ts";
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

/** Begins a download and aborts it when a good part of it is here. */
async function leaveHalf(server: { origin: string }, more: Partial<DownloadFileOptions> = {}): Promise<number> {
  const controller = new AbortController();
  const bandwidth = createBandwidth(5_000_000);
  let kept = 0;
  const error = await failureOf(
    fetchFrom(server, {
      bandwidth,
      signal: controller.signal,
      onProgress: ({ bytes }) => {
        if (bytes > 1_000_000) controller.abort();
      },
      ...more,
    }),
  );
  expect(error).toMatchObject({ kind: "aborted", code: "aborted" });
  kept = (await readFile(`${path}.part`)).length;
  expect(kept).toBeGreaterThan(1_000_000);
  expect(kept).toBeLessThan(content.length);
  return kept;
}

describe("a download", () => {
  it("brings a whole file and leaves nothing else", async () => {
    await withServer(good, async (server) => {
      const file = await fetchFrom(server, { expectedSha256: sha256.toUpperCase(), expectedBytes: content.length });
      expect(file).toEqual({ path, bytes: content.length, sha256, etag: '"1"', resumedFromBytes: 0, requests: 1 });
      expect((await readFile(path)).equals(content)).toBe(true);
      expect(await names()).toEqual(["archive.zip"]);
      expect(server.seen[0]?.headers["accept-encoding"]).toBe("identity");
    });
  });

  it("sends nothing when the file is there, and fetches it when the one there is another", async () => {
    await withServer(good, async (server) => {
      await writeFile(path, content);
      expect(await fetchFrom(server, { expectedSha256: sha256 })).toMatchObject({ requests: 0, sha256 });
      expect(await fetchFrom(server, { expectedBytes: content.length })).toMatchObject({ requests: 0, sha256 });
      await writeFile(path, content.subarray(1));
      expect(await fetchFrom(server, { expectedSha256: sha256 })).toMatchObject({ requests: 1 });
      expect((await readFile(path)).equals(content)).toBe(true);
    });
  });

  it("tells how it starts and how it goes on", async () => {
    await withServer(good, async (server) => {
      const starts: unknown[] = [];
      const seen: number[] = [];
      await fetchFrom(server, {
        onStart: (start) => void starts.push(start),
        onProgress: ({ bytes, totalBytes }) => {
          expect(totalBytes).toBe(content.length);
          seen.push(bytes);
        },
      });
      const headers = expect.objectContaining({ "content-type": "application/zip" });
      expect(starts).toEqual([{ totalBytes: content.length, resumedFromBytes: 0, etag: '"1"', headers }]);
      expect(seen.at(-1)).toBe(content.length);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    });
  });

  it("of a client uses its connections again, and a download by itself leaves none open", async () => {
    const small = serve(Buffer.from("thumbnail"), '"t"');
    const ports: (number | undefined)[] = [];
    await withServer(
      (request, response, raw) => {
        ports.push(raw.socket.remotePort);
        small(request, response);
      },
      async (server) => {
        const client = createHttpClient({ origin: server.origin, http: { proxy: "none" } });
        for (const name of ["a", "b", "c"]) {
          await client.downloadFile({ url: `${server.origin}/${name}`, path: join(folder, name), maxBytes: 100 });
        }
        expect(new Set(ports).size).toBe(1);
        await client.downloadFile({
          url: `${server.origin}/d`,
          path: join(folder, "d"),
          maxBytes: 100,
          repeat: "once",
        });
        expect(new Set(ports).size).toBe(2);
      },
    );
  });

  it("brings an empty file, and one of a single byte", async () => {
    for (const small of [Buffer.alloc(0), Buffer.from("x")]) {
      await withServer(serve(small, '"s"'), async (server) => {
        expect(await fetchFrom(server)).toMatchObject({ bytes: small.length, requests: 1 });
        expect(await readFile(path)).toEqual(small);
      });
    }
  });
});

describe("going on after an abort, or in another process", () => {
  it("asks for the rest, and gives the same file", async () => {
    await withServer(good, async (server) => {
      const kept = await leaveHalf(server);
      expect(await names()).toEqual(["archive.zip.part", "archive.zip.part.json"]);
      const file = await fetchFrom(server, { expectedSha256: sha256 });
      expect(file).toMatchObject({ resumedFromBytes: kept, requests: 1, sha256, etag: '"1"' });
      expect(server.seen.at(-1)?.headers).toMatchObject({ range: `bytes=${kept}-`, "if-range": '"1"' });
      expect(await names()).toEqual(["archive.zip"]);
    });
  });

  it("goes on with a renewed signature of the same link, not with another file", async () => {
    await withServer(good, async (server) => {
      const url = `${server.origin}/a.zip?file=1&X-Amz-Signature=`;
      const kept = await leaveHalf(server, { url: `${url}old` });
      expect(await readFile(`${path}.part.json`, "utf8")).not.toContain("old");
      expect(await fetchFrom(server, { url: `${url}new` })).toMatchObject({ resumedFromBytes: kept });
      await rm(path);
      await leaveHalf(server, { url: `${url}old` });
      expect(await fetchFrom(server, { url: `${server.origin}/a.zip?file=2` })).toMatchObject({
        resumedFromBytes: 0,
        sha256,
      });
    });
  });

  it("begins anew when the file has changed", async () => {
    const changed = randomBytes(3_000_000);
    let answer = good;
    await withServer(
      (request, response) => answer(request, response),
      async (server) => {
        await leaveHalf(server);
        answer = serve(changed, '"2"');
        expect(await fetchFrom(server)).toMatchObject({ resumedFromBytes: 0, requests: 1, etag: '"2"' });
        expect((await readFile(path)).equals(changed)).toBe(true);
      },
    );
  });

  it("after a power cut keeps only what had been synced", async () => {
    await withServer(good, async (server) => {
      await leaveHalf(server);
      const record = JSON.parse(await readFile(`${path}.part.json`, "utf8"));
      await writeFile(`${path}.part.json`, JSON.stringify({ ...record, boot: "another", syncedBytes: 700_000 }));
      expect(await fetchFrom(server)).toMatchObject({ resumedFromBytes: 700_000, sha256 });
    });
  });

  it("needs no request for a part that is whole already", async () => {
    await withServer(good, async (server) => {
      await leaveHalf(server);
      await writeFile(`${path}.part`, content);
      expect(await fetchFrom(server)).toMatchObject({ requests: 0, resumedFromBytes: content.length, sha256 });
      expect(await names()).toEqual(["archive.zip"]);
    });
  });

  it("fetches a part that was spoilt on the disk again, once", async () => {
    await withServer(good, async (server) => {
      await leaveHalf(server);
      const part = await readFile(`${path}.part`);
      part[5] = (part[5] ?? 0) ^ 1;
      await writeFile(`${path}.part`, part);
      const file = await fetchFrom(server, { expectedSha256: sha256 });
      expect(file).toMatchObject({ requests: 2, resumedFromBytes: 0, sha256 });
    });
  });

  it.each([
    ["a record that is no JSON", async () => writeFile(`${path}.part.json`, "{")],
    ["no record", async () => rm(`${path}.part.json`)],
    ["no part", async () => rm(`${path}.part`)],
    ["a part that is too long", async () => truncate(`${path}.part`, 4_000_000)],
  ])("begins anew with %s", async (_name, spoil) => {
    await withServer(good, async (server) => {
      await leaveHalf(server);
      await spoil();
      expect(await fetchFrom(server)).toMatchObject({ resumedFromBytes: 0, requests: 1, sha256 });
    });
  });

  it("keeps no part that could not be gone on with", async () => {
    const weak = serve(content, 'W/"1"');
    await withServer(weak, async (server) => {
      const controller = new AbortController();
      const bandwidth = createBandwidth(5_000_000);
      const onProgress = () => controller.abort();
      await failureOf(fetchFrom(server, { bandwidth, signal: controller.signal, onProgress }));
      expect(await names()).toEqual([]);
    });
  });
});

describe("a disk that refuses", () => {
  it("is told in Node's own words", async () => {
    await withServer(good, async (server) => {
      await expect(fetchFrom(server, { path: join(folder, "missing", "a.zip") })).rejects.toMatchObject({
        code: "ENOENT",
      });
      await mkdir(`${path}.part`);
      await expect(fetchFrom(server)).rejects.toMatchObject({ code: "EISDIR" });
      expect(server.seen.length).toBe(0);
    });
  });
});
