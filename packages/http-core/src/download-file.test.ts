import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { downloadFile } from "./download-file.ts";
import type { DownloadFileOptions } from "./download-options.ts";
import { type TestServer, withServer } from "./testing/with-server.ts";

const quick = { retry: { baseDelayMs: 1, maxDelayMs: 2 }, proxy: "none" as const };
const content = randomBytes(3_000_000);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
  path = join(folder, "archive.zip");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fetchFrom(server: Pick<TestServer, "origin">, more: Partial<DownloadFileOptions> = {}) {
  return downloadFile({ url: `${server.origin}/a/archive.zip`, path, maxBytes: 100_000_000, http: quick, ...more });
}

async function _failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ApiError.isInstance(error)) throw new Error(`expected an ApiError, got ${inspect(error)}`);
  return error;
}

describe("downloadFile", () => {
  it("brings a whole file and leaves nothing else", async () => {
    await withServer(
      (_request, response) =>
        void response.writeHead(200, { "content-length": content.length, etag: '"1"' }).end(content),
      async (server) => {
        const file = await fetchFrom(server, { expectedSha256: sha256.toUpperCase() });
        expect(file).toEqual({ path, bytes: content.length, sha256, etag: '"1"', resumedFromBytes: 0, requests: 1 });
        expect((await readFile(path)).equals(content)).toBe(true);
        expect(existsSync(`${path}.part`) || existsSync(`${path}.part.json`)).toBe(false);
        expect(server.seen[0]?.headers["accept-encoding"]).toBe("identity");
        expect(await fetchFrom(server, { expectedSha256: sha256 })).toMatchObject({ requests: 0, sha256 });
      },
    );
  });
});
