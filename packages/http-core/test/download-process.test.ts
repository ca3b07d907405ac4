import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { downloadFile } from "../src/index.ts";
import { type SeenRequest, withServer } from "../src/testing/with-server.ts";

const child = fileURLToPath(new URL("download-child.ts", import.meta.url));
const content = randomBytes(20_000_000);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-process-"));
  path = join(folder, "archive.zip");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Serves `content` with Range; slowly, so that there is time to kill whoever asks. */
function serve(pauseMs: number) {
  return async (request: SeenRequest, response: ServerResponse) => {
    const from = Number(/^bytes=(\d+)-$/.exec(String(request.headers.range))?.[1] ?? 0);
    const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
    const headers = { etag: '"1"', "content-length": content.length - from };
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...headers, ...range } : headers);
    response.on("error", () => {});
    for (let at = from; at < content.length && !response.destroyed; at += 500_000) {
      response.write(content.subarray(at, at + 500_000));
      if (pauseMs > 0) await sleep(pauseMs);
    }
    response.end();
  };
}

const sizeOfPart = () =>
  stat(`${path}.part`).then(
    ({ size }) => size,
    () => 0,
  );

describe("a process that is killed in the middle of a download", () => {
  it("leaves a part that the next one goes on with, as often as it happens", async () => {
    await withServer(serve(20), async ({ origin, seen }) => {
      const url = `${origin}/archive.zip`;
      let kept = 0;
      for (const goal of [3_000_000, 8_000_000, 14_000_000]) {
        const running = spawn(process.execPath, [child, url, path], { stdio: "ignore" });
        const gone = new Promise((resolve) => running.once("exit", resolve));
        while ((await sizeOfPart()) < goal) await sleep(5);
        running.kill("SIGKILL");
        await gone;
        expect(existsSync(path)).toBe(false);
        expect(await sizeOfPart()).toBeGreaterThanOrEqual(kept);
        kept = await sizeOfPart();
      }
      const file = await downloadFile({
        url,
        path,
        maxBytes: 1e9,
        privateHosts: ["127.0.0.1"],
        http: { proxy: "none" },
        expectedSha256: sha256,
      });
      expect(file).toMatchObject({ requests: 1, sha256 });
      // Elsewhere only synced bytes are trusted, of which a file this small has none.
      if (process.platform === "linux") {
        expect(file.resumedFromBytes).toBe(kept);
        expect(seen.slice(1).every(({ headers }) => headers.range !== undefined)).toBe(true);
      }
      expect((await readFile(path)).equals(content)).toBe(true);
      expect(await readdir(folder)).toEqual(["archive.zip"]);
    });
  });
});

describe.skipIf(process.platform === "win32")(
  "a file that the system does not let grow (ulimit -f; skipped on Windows)",
  () => {
    it("ends in Node's own error, without a file, and goes on when there is room", async () => {
      await withServer(serve(0), async ({ origin }) => {
        const url = `${origin}/archive.zip`;
        const words = ["-c", 'ulimit -f 8000; exec "$0" "$@"', process.execPath, child, url, path];
        const { stdout } = await promisify(execFile)("sh", words);
        expect(JSON.parse(stdout)).toEqual({ code: "EFBIG" });
        expect(existsSync(path)).toBe(false);
        const file = await downloadFile({
          url,
          path,
          maxBytes: 1e9,
          privateHosts: ["127.0.0.1"],
          http: { proxy: "none" },
        });
        expect(file.sha256).toBe(sha256);
        if (process.platform === "linux") expect(file.resumedFromBytes).toBeGreaterThan(1_000_000);
      });
    });
  },
);
