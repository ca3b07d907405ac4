import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { HttpSettings } from "@org/http-core";
import { failureOf, withRawServer, withServer } from "@org/http-core/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { create3dverse } from "./3dverse-client.ts";

// Without nock, whose sockets are not Node's: what is tried here depends on how real ones behave.
const quick: HttpSettings = { retry: { baseDelayMs: 0, maxRetryAfterMs: 0 }, proxy: "none" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "3dverse-binary-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (origin: string, http = quick) =>
  create3dverse({ credential: { apiKey: "key-4711" }, baseUrl: origin, http });
const content = Buffer.alloc(300_000, "chair ");
const payload = { asset_container_with_payload: "meshes", asset_id: "m1" } as const;

it("gives bytes as a stream, in memory and as a file", async () => {
  await withServer(
    (_, response) =>
      void response.writeHead(200, { "content-type": "model/mesh", "content-length": content.length }).end(content),
    async ({ origin, seen }) => {
      const answer = await at(origin).getAssetPayload(payload);
      expect(answer).toMatchObject({ contentType: "model/mesh", totalBytes: content.length });
      const chunks: Buffer[] = [];
      for await (const chunk of answer.stream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
      expect(() => answer.stream()).toThrow(/taken already/);
      expect(Buffer.from(await (await at(origin).getAssetPayload(payload)).bytes()).equals(content)).toBe(true);
      const path = join(folder, "mesh");
      const saved = await (await at(origin).getAssetPayload(payload)).saveTo(path);
      expect(saved).toEqual({ path, bytes: content.length });
      expect((await readFile(path)).equals(content)).toBe(true);
      expect(seen[0]?.headers["accept-encoding"]).toBe("identity");
    },
  );
});

it("undoes an encoding that nobody asked for", async () => {
  await withServer(
    (_, response) =>
      void response.writeHead(200, { "content-encoding": "gzip", "content-type": "x/y" }).end(gzipSync(content)),
    async ({ origin }) => {
      const answer = await at(origin).getAssetPayload(payload);
      expect(answer.totalBytes).toBeNull();
      expect(Buffer.from(await answer.bytes()).equals(content)).toBe(true);
    },
  );
});

it("reads the error that comes instead of bytes, refused or not", async () => {
  const problem = { errorCode: 31, message: "No payload" };
  for (const [status, code] of [
    [404, "not-found"],
    [200, "answer-holds-error"],
  ] as const) {
    await withServer(
      (_, response) =>
        void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(problem)),
      async ({ origin, seen }) => {
        const error = await failureOf(at(origin).getAssetPayload(payload));
        expect(error).toMatchObject({ code, status });
        expect(error.message).toContain("No payload");
        expect(seen).toHaveLength(1);
      },
    );
  }
});

it("takes JSON for content where it is no error, and pages where a page may be meant", async () => {
  const page = "<!doctype html><p>Report</p>";
  await withServer(
    (request, response) =>
      request.url.includes("metadata")
        ? void response.writeHead(200, { "content-type": "application/json" }).end('{"message":"hello"}')
        : void response.writeHead(200, { "content-type": "text/html" }).end(page),
    async ({ origin }) => {
      const client = at(origin);
      const metadata = await client.getConversionTaskMetadata({ conversion_task_id: "c", filename: "a.json" });
      expect(Buffer.from(await metadata.bytes()).toString()).toBe('{"message":"hello"}');
      const file = await client.downloadSourceFile({ source_file_id: "s" });
      expect(Buffer.from(await file.bytes()).toString()).toBe(page);
      expect(await failureOf(client.getAssetPayload(payload))).toMatchObject({
        code: "not-binary",
        kind: "unreadable",
      });
    },
  );
});

it("leaves no half file, begins a broken transfer anew, and gives up in the end", async () => {
  const head = "HTTP/1.1 200 OK\r\ncontent-type: model/mesh\r\ncontent-length: 6\r\n\r\n";
  await withRawServer(
    (_, socket, count) => void (count === 1 ? socket.end(`${head}cha`) : socket.end(`${head}chair!`)),
    async ({ origin, seen }) => {
      const path = join(folder, "anew");
      await (await at(origin).getAssetPayload(payload)).saveTo(path);
      expect(await readFile(path, "utf8")).toBe("chair!");
      expect(seen).toHaveLength(2);
    },
  );
  await withRawServer(
    (_, socket) => void socket.end(`${head}cha`),
    async ({ origin }) => {
      const answer = await at(origin).getAssetPayload(payload);
      expect(await failureOf(answer.saveTo(join(folder, "never")))).toMatchObject({ code: "answer-truncated" });
      const half = await at(origin).getAssetPayload(payload);
      expect(await failureOf(half.bytes())).toMatchObject({ code: "answer-truncated" });
    },
  );
  expect((await readdir(folder)).sort()).toEqual(["anew", "mesh"]);
});

it("has bounds: bytes in memory, silence, and the disk's own error", async () => {
  await withServer(
    (_, response) => void response.writeHead(200, { "content-length": "9" }).write("begun"),
    async ({ origin }) => {
      const quiet = { ...quick, timeouts: { stallMs: 50 }, retry: { maxAttempts: 1 } };
      const answer = await failureOf(at(origin, quiet).getAssetPayload(payload));
      expect(answer).toMatchObject({ code: "connection-stalled" });
    },
  );
  await withServer(
    (_, response) => void response.writeHead(200, { "content-type": "x/y" }).end(content),
    async ({ origin }) => {
      const answer = await at(origin).getAssetPayload(payload);
      expect(await failureOf(answer.bytes({ maxBytes: 1_000 }))).toMatchObject({ code: "answer-too-large" });
      const other = await at(origin).getAssetPayload(payload);
      await expect(other.saveTo(join(folder, "missing", "x"))).rejects.toMatchObject({ code: "ENOENT" });
      const given = await at(origin).getAssetPayload(payload);
      given.cancel();
    },
  );
});
