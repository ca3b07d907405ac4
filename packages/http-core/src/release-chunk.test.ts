import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nock from "nock";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpClient } from "./create-http-client.ts";
import { downloadFile } from "./download-file.ts";
import { releaseChunk } from "./release-chunk.ts";

afterEach(() => nock.cleanAll());

describe("releaseChunk", () => {
  it("takes only chunks that have their memory for themselves", () => {
    const own = Buffer.allocUnsafeSlow(65_536);
    releaseChunk(own);
    expect(own.length).toBe(0);
    const shared = Buffer.allocUnsafeSlow(131_072);
    releaseChunk(shared.subarray(0, 65_536));
    expect(shared.length).toBe(131_072);
  });
});

describe("answers made up by nock", () => {
  it("are read like real ones, and the bytes given to nock stay whole", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nock-"));
    const content = Buffer.alloc(65_536, 7);
    nock("https://shop.example").get("/a.zip").twice().reply(200, content, { "content-length": "65536", etag: '"1"' });
    nock("https://shop.example").get("/status?x=1").matchHeader("x-own", "1").reply(200, { ok: true });
    try {
      for (const name of ["a", "b"]) {
        const path = join(folder, name);
        await downloadFile({ url: "https://shop.example/a.zip", path, maxBytes: 1e6, http: { proxy: "none" } });
        expect((await readFile(path)).equals(Buffer.alloc(65_536, 7))).toBe(true);
      }
      expect(content.length).toBe(65_536);
      const client = createHttpClient({
        origin: "https://shop.example",
        headers: { "x-own": "1" },
        http: { proxy: "none" },
      });
      const answer = await client.requestText({
        name: "x",
        method: "GET",
        path: "/status",
        query: { x: 1 },
        repeat: "repeatable",
      });
      expect(answer.text).toBe('{"ok":true}');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
