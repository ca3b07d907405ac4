import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { fixtureText, type TestHandler, withServer } from "@org/http-core/testing";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-shop.ts";
import { createImeshhEnterprise, documentedUserAgent } from "./index.ts";

const worker = "https://testb2b.15883.workers.dev";
const secretKey = "123456789-planted";
const enterprise = (origin?: string) => createImeshhEnterprise({ secretKey, origin, http: far.quick });

describe("listProducts", () => {
  far.useNock();
  const list = () =>
    nock(worker, { reqheaders: { authorization: `Bearer ${secretKey}`, "user-agent": documentedUserAgent } }).get(
      "/products/product-list.json",
    );

  it("reads the document's own example", async () => {
    const text = fixtureText(import.meta.url, "enterprise-product-list.json");
    list().reply(200, text);
    const answer = await enterprise().listProducts();
    expect(answer.text).toBe(text);
    expect(answer.skipped).toEqual([]);
    expect(answer.products).toHaveLength(2);
    expect(answer.products[0]).toEqual({
      id: 133147,
      name: "Plank FOLD Handles",
      title: "Plank FOLD Handles",
      polygonCount: 3180,
      dimensions: "4 x 2 x 4 cm",
      thumbnailUrl: "https://r2.imeshh.com/2025/06/28170130/Furniture-Details_Handles_Plank-FOLD_01-300x300.png",
      downloadUrl: `${worker}/2025/07/10/053818/Furniture-Details_Handles_Plank-FOLD_01_Blender.zip`,
      other: {},
    });
  });

  it("skips and reports what is no product, and keeps unknown fields", async () => {
    list().reply(
      200,
      JSON.stringify([null, { name: "No number &amp; nothing" }, { product_id: "x" }, { product_id: 5, new: 1 }]),
    );
    const { products, skipped } = await enterprise().listProducts();
    expect(products).toEqual([
      {
        id: 5,
        name: "",
        title: "Product 5",
        polygonCount: null,
        dimensions: null,
        thumbnailUrl: null,
        downloadUrl: null,
        other: { new: 1 },
      },
    ]);
    expect(skipped.map(({ reason, name }) => [reason, name])).toEqual([
      ["not an object", null],
      ["no product_id", "No number & nothing"],
      ["product_id is not a positive whole number", null],
    ]);
  });

  it.each([
    [401, "Unauthorized", "sign-in-failed", "“Unauthorized”"],
    [401, "<html><body><h1>Error 1101</h1>Worker threw</body></html>", "access-blocked", "Error 1101 Worker threw"],
    [403, `Invalid key ${secretKey}`, "sign-in-failed", "Check the secret key"],
  ])("%i %s is %s", async (status, body, code, words) => {
    list().reply(status, body);
    const error = await far.failureOf(enterprise().listProducts());
    expect(error).toMatchObject({ kind: "refusal", code, status });
    expect(error.message).toContain(words);
    expect(inspect(error)).not.toContain(secretKey);
  });

  it("is repeated after the worker's own error", async () => {
    list().reply(500, "Worker error");
    list().reply(200, "[]");
    expect((await enterprise().listProducts()).products).toEqual([]);
  });

  it("refuses an answer that is no list", async () => {
    list().reply(200, "{}");
    expect((await far.failureOf(enterprise().listProducts())).code).toBe("feed-unexpected-shape");
  });
});

describe("fetchFile", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "imeshh-enterprise-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const zip: TestHandler = (_request, response) =>
    void response.writeHead(200, { "x-served-from": "testb2b-cache", "content-length": 3 }).end("zip");

  it("fetches by path and sends the key", async () => {
    await withServer(zip, async ({ origin, seen }) => {
      const path = join(folder, "a.zip");
      const filePath = "/2025/07/10053818/Wood 01_1+2+4k #1.zip";
      const file = await enterprise(origin).fetchFile({ filePath, path });
      expect(file).toMatchObject({ path, bytes: 3 });
      expect(await readFile(path, "utf8")).toBe("zip");
      expect(seen[0]).toMatchObject({
        url: "/2025/07/10053818/Wood%2001_1+2+4k%20%231.zip",
        headers: { authorization: `Bearer ${secretKey}`, "user-agent": documentedUserAgent },
      });
    });
  });

  it("tells where it was served from", async () => {
    await withServer(zip, async ({ origin }) => {
      const file = await enterprise(origin).fetchFile({ filePath: "a.zip", path: join(folder, "a") });
      expect(file.servedFrom).toBe("testb2b-cache");
    });
  });

  it("uses download_url exactly as served", async () => {
    await withServer(zip, async ({ origin, seen }) => {
      const product = { downloadUrl: `${origin}/2025/07/10/053818/a%20b.zip?v=1` };
      await enterprise(origin).fetchFile({ product, path: join(folder, "a") });
      expect(seen.map(({ url }) => url)).toEqual(["/2025/07/10/053818/a%20b.zip?v=1"]);
    });
  });

  it.each([
    ["/2025/07/10/053818/a.zip", "/2025/07/10053818/a.zip"],
    ["/2025/07/10053818/a.zip", "/2025/07/10/053818/a.zip"],
  ])("tries for %s the other spelling %s once, on 404", async (asked, other) => {
    const handler: TestHandler = (request, response, raw) =>
      request.url === other ? zip(request, response, raw) : void response.writeHead(404).end("Not Found");
    await withServer(handler, async ({ origin, seen }) => {
      await enterprise(origin).fetchFile({ filePath: asked, path: join(folder, "a") });
      expect(seen.map(({ url }) => url)).toEqual([asked, other]);
    });
    await withServer(
      (_request, response) => void response.writeHead(404).end("Not Found"),
      async ({ origin, seen }) => {
        const error = await far.failureOf(enterprise(origin).fetchFile({ filePath: asked, path: join(folder, "b") }));
        expect(error).toMatchObject({ code: "file-not-found", status: 404 });
        expect(seen).toHaveLength(2);
      },
    );
  });

  it("tries no other spelling for other paths and other refusals", async () => {
    let status = 404;
    await withServer(
      (_request, response) => void response.writeHead(status).end("no"),
      async ({ origin, seen }) => {
        await far.failureOf(enterprise(origin).fetchFile({ filePath: "files/a.zip", path: join(folder, "a") }));
        status = 401;
        const error = await far.failureOf(
          enterprise(origin).fetchFile({ filePath: "2025/07/10/053818/a.zip", path: join(folder, "a") }),
        );
        expect(error.code).toBe("sign-in-failed");
        expect(seen).toHaveLength(2);
      },
    );
  });

  it.each(["https://evil.example/a.zip", "https://r2.imeshh.com/a.zip", "http://127.0.0.1:1/a.zip", "no address"])(
    "sends the key nowhere else: %s is refused",
    async (downloadUrl) => {
      await withServer(zip, async ({ origin, seen }) => {
        const error = await far.failureOf(enterprise(origin).fetchFile({ downloadUrl, path: join(folder, "a") }));
        expect(error).toMatchObject({ code: "link-refused", neverSent: true });
        expect(seen).toEqual([]);
      });
    },
  );

  it("does not take the key along to another origin, same host included", async () => {
    await withServer(zip, async (elsewhere) => {
      await withServer(
        (_request, response) => void response.writeHead(302, { location: `${elsewhere.origin}/a.zip` }).end(),
        async ({ origin }) => {
          await enterprise(origin)
            .fetchFile({ filePath: "a.zip", path: join(folder, "a") })
            .catch(() => {});
          for (const { headers } of elsewhere.seen) expect(headers).not.toHaveProperty("authorization");
        },
      );
    });
  });

  it("refuses to be sent on to another host", async () => {
    await withServer(zip, async (elsewhere) => {
      await withServer(
        (_request, response) => void response.writeHead(302, { location: `http://localhost:${elsewhere.port}/` }).end(),
        async ({ origin }) => {
          const error = await far.failureOf(
            enterprise(origin).fetchFile({ filePath: "a.zip", path: join(folder, "a") }),
          );
          expect(error.message).toContain("not among the hosts");
          expect(elsewhere.seen).toEqual([]);
        },
      );
    });
  });

  it("refuses a product without a download_url", async () => {
    const error = await far.failureOf(enterprise().fetchFile({ product: { downloadUrl: null }, path: "/nowhere" }));
    expect(error.code).toBe("link-refused");
  });
});

it("refuses a key that cannot be one, and prints none", () => {
  expect(() => createImeshhEnterprise({ secretKey: "a b" })).toThrow(TypeError);
  expect(inspect(enterprise(), { depth: 10, showHidden: true })).not.toContain(secretKey);
});
