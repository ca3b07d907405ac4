import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestHandler, withServer } from "@org/http-core/testing";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim, type KaedimSettings } from "./index.ts";
import { requestRecord } from "./requests.schema.ts";
import { whyRefused } from "./results.ts";

far.useNock();

let folder: string;
let path: string;
beforeEach(async () => {
  nock.enableNetConnect("127.0.0.1");
  folder = await mkdtemp(join(tmpdir(), "kaedim-results-"));
  path = join(folder, "chair.glb");
});
afterEach(() => rm(folder, { recursive: true }));

const model = Buffer.from("glTF the model itself");

/** API and store on one port: links `/store/N` are good for N ≥ `good`; each fetchRequest hands out the next one. */
function sandbox(parts: { good: number; refuse?: number; results?: (link: string) => unknown }): TestHandler {
  let links = 0;
  return ({ url, headers }, response) => {
    if (url.startsWith("/api/v1/fetchRequest")) {
      links += 1;
      const link = `http://${headers.host}/store/${links}?X-Amz-Signature=planted`;
      const results = parts.results?.(link) ?? { glb: link, obj: `${link}&obj` };
      response.setHeader("content-type", "application/json").end(JSON.stringify(far.served({ results })));
    } else if (Number(/\d+/.exec(url)?.[0]) < parts.good) {
      response.writeHead(parts.refuse ?? 403).end("<Error><Code>AccessDenied</Code></Error>");
    } else {
      response.writeHead(200, { "content-length": model.length }).end(model);
    }
  };
}

const paths = (seen: readonly { url: string }[]) => seen.map(({ url }) => url.split("?")[0]);
const [ask, first, second] = ["/api/v1/fetchRequest", "/store/1", "/store/2"];

async function withSandbox(
  parts: Parameters<typeof sandbox>[0],
  use: (kaedim: ReturnType<typeof createKaedim>, seen: { url: string; headers: object }[]) => Promise<void>,
  more: Partial<KaedimSettings> = {},
) {
  await withServer(sandbox(parts), ({ origin, seen }) => use(createKaedim(far.settings({ origin, ...more })), seen));
}

describe("downloadResult", () => {
  it("fetches the request, then the file, and sends no header of Kaedim's to the store", async () => {
    await withSandbox({ good: 1 }, async (kaedim, seen) => {
      const file = await kaedim.downloadResult({ request: "req-1", format: "glb", path });
      expect(file).toMatchObject({ path, bytes: model.length });
      expect(await readFile(path)).toEqual(model);
      expect(paths(seen)).toEqual([ask, first]);
      expect(Object.keys(seen[1]?.headers ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/authorization|x-api-key|refresh-token/)]),
      );
      expect(JSON.stringify(seen[1]?.headers)).not.toContain(far.keys.apiKey);
    });
  });

  it("uses the links of a request that was fetched already", async () => {
    await withSandbox({ good: 1 }, async (kaedim, seen) => {
      const request = await kaedim.fetchRequest({ requestId: "req-1" });
      await kaedim.downloadResult({ request, format: "GLB", path });
      expect(paths(seen)).toEqual([ask, first]);
    });
  });

  it.each([403, 410, 400, 401])("fetches the request anew, once, after a link has ended with %i", async (refuse) => {
    await withSandbox({ good: 2, refuse }, async (kaedim, seen) => {
      const request = await kaedim.fetchRequest({ requestId: "req-1" });
      await kaedim.downloadResult({ request, format: "glb", path });
      expect(paths(seen)).toEqual([ask, first, ask, second]);
      expect(await readFile(path)).toEqual(model);
    });
  });

  it("gives up where a fresh link is refused too", async () => {
    await withSandbox({ good: 9 }, async (kaedim, seen) => {
      const error = await far.failureOf(kaedim.downloadResult({ request: "req-1", format: "glb", path }));
      expect(error).toMatchObject({ code: "link-expired", status: 403 });
      expect(paths(seen)).toEqual([ask, first, ask, second]);
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it("says so where the link leads to nothing", async () => {
    await withSandbox({ good: 9, refuse: 404 }, async (kaedim, seen) => {
      const error = await far.failureOf(kaedim.downloadResult({ request: "req-1", format: "glb", path }));
      expect(error).toMatchObject({ code: "result-not-found", status: 404 });
      expect(paths(seen)).toEqual([ask, first]);
    });
  });

  it.each([
    ["a format that is not there", { format: "usd" }, "it has glb, obj"],
    ["an iteration that is not there", { format: "glb", iterationId: "7" }, "its status is not known yet"],
  ])("says what there is instead of %s", async (_what, options, words) => {
    await withSandbox({ good: 1 }, async (kaedim, seen) => {
      const error = await far.failureOf(kaedim.downloadResult({ request: "req-1", path, ...options }));
      expect(error).toMatchObject({ code: "result-missing", neverSent: true });
      expect(error.message).toContain(words);
      expect(paths(seen)).toEqual([ask]);
    });
  });

  it("looks again where a request that was kept from earlier had no file yet", async () => {
    await withSandbox({ good: 1 }, async (kaedim, seen) => {
      const request = requestRecord.parse(far.served({ results: {} }));
      await kaedim.downloadResult({ request, format: "glb", path });
      expect(paths(seen)).toEqual([ask, first]);
    });
  });

  it("takes the iteration asked for, else the newest", async () => {
    await withServer(
      ({ url }, response) => void response.writeHead(200, { "content-length": 1 }).end(url.at(-1)),
      async ({ origin }) => {
        const at = (id: number) => ({ iterationID: id, status: "completed", results: { glb: `${origin}/${id}` } });
        const request = requestRecord.parse({ ...far.served(), iterations: [at(0), at(1)] });
        const kaedim = createKaedim(far.settings({ origin }));
        await kaedim.downloadResult({ request, format: "glb", path });
        expect(await readFile(path, "utf8")).toBe("1");
        await kaedim.downloadResult({ request, format: "glb", path, iterationId: "0" });
        expect(await readFile(path, "utf8")).toBe("0");
      },
    );
  });

  it("keeps to resultHosts where they are named", async () => {
    await withSandbox(
      { good: 1 },
      async (kaedim, seen) => {
        const error = await far.failureOf(kaedim.downloadResult({ request: "req-1", format: "glb", path }));
        expect(error).toMatchObject({ code: "link-refused" });
        expect(error.message).toContain("resultHosts");
        expect(paths(seen)).toEqual([ask]);
      },
      { resultHosts: ["results.example"] },
    );
  });

  it("refuses a file above maxBytes", async () => {
    await withSandbox({ good: 1 }, async (kaedim) => {
      const error = await far.failureOf(kaedim.downloadResult({ request: "req-1", format: "glb", path, maxBytes: 5 }));
      expect(error.code).toBe("file-too-large");
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe("links that are not followed", () => {
  const live = "https://api.kaedim3d.com/api/v1";
  it.each([
    ["http://results.example/a.glb", "not https"],
    ["ftp://results.example/a.glb", "not https"],
    ["https://user@results.example/a.glb", "user name"],
    ["https://169.254.169.254/latest/meta-data", "bare address"],
    ["https://0x7f.1/a.glb", "this machine"],
    ["https://[fd00::1]/a.glb", "bare address"],
    ["http://127.0.0.1:4747/api/v1/products", "this machine"],
    ["https://localhost./a.glb", "this machine"],
    ["nothing", "no web address"],
  ])("%s", async (link, words) => {
    expect(whyRefused(link, live)).toContain(words);
    const results = { glb: link };
    const request = requestRecord.parse(far.served({ results }));
    if (Object.keys(request.iterations[0]?.results ?? {}).length === 0) return;
    const kaedim = createKaedim(far.settings());
    const error = await far.failureOf(kaedim.downloadResult({ request, format: "glb", path }));
    expect(error).toMatchObject({ code: "link-refused", neverSent: true });
  });

  it("leaves https names, and this machine for a sandbox", () => {
    expect(whyRefused("https://bucket.s3.amazonaws.com/a.glb?x=1", live)).toBeUndefined();
    expect(whyRefused("http://127.0.0.1:5000/a.glb", "http://127.0.0.1:4000/api/v1")).toBeUndefined();
  });
});
