import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestHandler, withServer } from "@org/http-core/testing";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createImagine, readUrlExpiry } from "./index.ts";

nock.restore();

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "imagine-image-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const picture = Buffer.from("\xff\xd8\xff picture", "latin1");
const imagePath = "/media/private/renders_images/1/Astronaut%20Space%20Suit_Silo%20Cam.jpg";
const farEnd = 4_102_444_800;
const signed = (signature: string, expires = farEnd) =>
  `${imagePath}?Expires=${expires}&Signature=${signature}~x-y_&Key-Pair-Id=K3MIEF79PIHRTH`;

/** A service whose images need the signature `fresh`. */
function withService<T>(
  use: (service: {
    origin: string;
    asked: () => string[];
    imagine: ReturnType<typeof createImagine>;
    path: string;
    keys: () => unknown[];
  }) => Promise<T>,
  options: { offered?: string; isGone?: boolean } = {},
): Promise<T> {
  const { offered = signed("fresh"), isGone = false } = options;
  const handler: TestHandler = (request, response) => {
    const host = `http://${request.headers.host}`;
    if (request.url.startsWith("/media/")) {
      const isFresh = request.url === signed("fresh");
      if (!isFresh) return void response.writeHead(403, { "content-type": "application/xml" }).end("<Error/>");
      if (isGone) return void response.writeHead(404).end();
      return void response
        .writeHead(200, { "content-type": "image/jpeg", "content-length": picture.length })
        .end(picture);
    }
    const results = [{ id: 1, status: "Done", file: host + offered, thumbnail: null }];
    const images = [{ id: 1, name: "a", image_url: host + offered, thumbnail_url: null }];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ unicode: "U", product_silo_images: images, results, total_pages: 1 }));
  };
  return withServer(handler, ({ origin, seen }) =>
    use({
      origin,
      imagine: createImagine({ secretKey: far.secretKey, domain: far.domain, baseUrl: origin, http: far.quick }),
      path: join(folder, "image.jpg"),
      asked: () => seen.map(({ url }) => url),
      keys: () =>
        seen
          .filter(({ url }) => url.startsWith("/media/"))
          .map(({ headers }) => [headers.authorization, headers.origin]),
    }),
  );
}

describe("downloadImage", () => {
  it("asks for the URL exactly as it was given, without any header of Imagine's", async () => {
    await withService(async ({ origin, imagine, path, asked, keys }) => {
      const file = await imagine.downloadImage({ url: origin + signed("fresh"), path });
      expect(file.bytes).toBe(picture.length);
      expect(await readFile(path)).toEqual(picture);
      expect(asked()).toEqual([signed("fresh")]);
      expect(keys()).toEqual([[undefined, undefined]]);
    });
  });

  it.each([
    ["shared content", { unicode: "U" }, "/v1/product/shared-content/?unicode=U"],
    ["render images", { renderId: 7 }, "/v1/product/render-images/?render_id=7"],
  ])("replaces a refused URL once, from %s", async (_name, from, asks) => {
    await withService(async ({ origin, imagine, path, asked }) => {
      await imagine.downloadImage({ url: origin + signed("old"), path, from });
      expect(asked()).toEqual([signed("old"), asks, signed("fresh")]);
      expect(await readFile(path)).toEqual(picture);
    });
  });

  it("does not even ask for one that has ended by its own word", async () => {
    await withService(async ({ origin, imagine, path, asked }) => {
      await imagine.downloadImage({ url: origin + signed("fresh", 1_771_505_849), path, from: { unicode: "U" } });
      expect(asked()).toEqual(["/v1/product/shared-content/?unicode=U", signed("fresh")]);
    });
  });

  it("gives up after the second refusal, and where nothing tells of a fresh one", async () => {
    await withService(
      async ({ origin, imagine, path, asked }) => {
        const url = origin + signed("old");
        const twice = await far.failureOf(imagine.downloadImage({ url, path, from: { unicode: "U" } }));
        expect(twice).toMatchObject({ code: "link-expired", status: 403 });
        expect(asked()).toHaveLength(3);
        expect(JSON.stringify(twice)).not.toContain("older");
        expect(await far.failureOf(imagine.downloadImage({ url, path }))).toMatchObject({ code: "link-expired" });
        const other = `${origin}/media/other.jpg?Expires=1&Signature=old`;
        const missing = await far.failureOf(imagine.downloadImage({ url: other, path, from: { renderId: 7 } }));
        expect(missing).toMatchObject({ code: "link-expired", neverSent: true });
      },
      { offered: signed("older") },
    );
  });

  it("names a file that is gone, and a host that is not allowed", async () => {
    await withService(
      async ({ origin, imagine, path }) => {
        const gone = await far.failureOf(imagine.downloadImage({ url: origin + signed("fresh"), path }));
        expect(gone).toMatchObject({ code: "image-not-found", status: 404 });
        for (const url of [
          "http://media.imagine.io/a.jpg",
          "https://user@media.imagine.io/a.jpg",
          "file:///etc/passwd",
        ]) {
          expect(await far.failureOf(imagine.downloadImage({ url, path }))).toMatchObject({
            code: "link-refused",
            neverSent: true,
          });
        }
        const settings = { secretKey: far.secretKey, domain: far.domain, baseUrl: origin, http: far.quick };
        const strict = createImagine({ ...settings, mediaHosts: ["media.imagine.io"] });
        const refused = await far.failureOf(strict.downloadImage({ url: origin + signed("fresh"), path }));
        expect(refused.code).toBe("link-refused");
      },
      { isGone: true },
    );
  });
});

describe("readUrlExpiry", () => {
  const policy = (text: string) =>
    Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");
  it.each([
    ["https://x/a?Expires=1771505849&Signature=a", 1_771_505_849_000],
    [`https://x/a?Policy=${policy('{"Condition":{"DateLessThan":{"AWS:EpochTime":1771505849}}}')}`, 1_771_505_849_000],
    ["https://x/a?Expires=soon", null],
    ["https://x/a?Policy=x", null],
    ["https://x/a", null],
    ["no url", null],
  ])("%s", (url, ms) => {
    expect(readUrlExpiry(url)).toBe(ms);
  });
});
