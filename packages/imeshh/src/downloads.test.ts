import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixtureJson, withRawServer, withServer } from "@org/http-core/testing";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-shop.ts";
import { readLinkAnswer } from "./downloads.ts";
import { createImeshh, documentedUserAgent, type ImeshhSettings, spendOutcome } from "./index.ts";

const token = far.makeToken();
const product = { productId: 133147, downloadId: "3379f7a9-156f-465c-a338-03623c86cf21" };
const client = (settings: Partial<ImeshhSettings> = {}) =>
  createImeshh({ credentials: { token }, http: far.quick, ...settings });

describe("requestLink", () => {
  far.useNock();
  const link = () => nock(far.shop).get(far.linkPath).query({ product_id: "133147", download_id: product.downloadId });

  it.each([
    ["a server's failure", 500, "unknown"],
    ["a gateway that gave up", 504, "unknown"],
    ["too many requests", 429, "not-spent"],
  ])("is sent once after %s", async (_what, status, outcome) => {
    // A second request would find no answer and fail differently.
    link().reply(status, "", { "retry-after": "0" });
    const error = await far.failureOf(client().requestLink(product));
    expect(error.status).toBe(status);
    expect(spendOutcome(error)).toBe(outcome);
  });

  it("says that the limit is used up", async () => {
    link().reply(403, fixtureJson(import.meta.url, "download-limit-error.json") as nock.Body);
    const error = await far.failureOf(client().requestLink(product));
    expect(error).toMatchObject({ kind: "refusal", code: "quota-exhausted", status: 403, retryable: false });
    expect(error.message).toContain("product 133147");
    expect(error.message).toContain("Download limit exceeded for this product");
    expect(spendOutcome(error)).toBe("not-spent");
  });

  it("says that the product is not there", async () => {
    link().reply(404, { message: "Resource not found" });
    expect((await far.failureOf(client().requestLink(product))).code).toBe("product-not-found");
  });

  it("is sent a second time only after the token was refused, and not a third time", async () => {
    const first = far.makeToken({ id: 1 });
    const second = far.makeToken({ id: 2 });
    const credentials = far.account;
    const tokenStore = { read: async () => first, write: async () => {} };
    link()
      .matchHeader("authorization", `Bearer ${first}`)
      .reply(403, far.jwtError("jwt_auth_invalid_token", "Expired token"));
    nock(far.shop).post(far.loginPath).reply(200, { token: second });
    link().matchHeader("authorization", `Bearer ${second}`).reply(500, "");
    const error = await far.failureOf(client({ credentials, tokenStore, now: () => 0 }).requestLink(product));
    expect(error.status).toBe(500);
    expect(spendOutcome(error)).toBe("unknown");
  });

  it("has spent nothing when the sign-in before it failed", async () => {
    nock(far.shop).post(far.loginPath).reply(502, "");
    const error = await far.failureOf(client({ credentials: far.account }).requestLink(product));
    expect(error.status).toBe(502);
    expect(spendOutcome(error)).toBe("not-spent");
  });

  it.each([
    ["no link", { message: "ok" }],
    ["no JSON", "<html>hello</html>"],
    ["nothing", ""],
    ["an empty link", { download_url: "" }],
    ["something that is no address", { download_url: "//" }],
  ])("with %s in the answer may have spent", async (_what, body) => {
    link().reply(200, body);
    const error = await far.failureOf(client().requestLink(product));
    expect(error).toMatchObject({ kind: "unexpected-shape", code: "link-missing" });
    expect(spendOutcome(error)).toBe("unknown");
  });

  it.each([
    ["another host", "https://evil.example/a.zip?X-Amz-Signature=abcdefgh", "evil.example"],
    ["a sub-domain", "https://x.r2.imeshh.com/a.zip", "x.r2.imeshh.com"],
    ["plain http", "http://r2.imeshh.com/a.zip", "r2.imeshh.com"],
    ["this machine", "https://127.0.0.1/a.zip", "127.0.0.1"],
    ["user info", "https://r2.imeshh.com@evil.example/a.zip", "evil.example"],
  ])("hands on a link to %s, which was paid for, and does not follow it", async (_what, url, host) => {
    link().reply(200, { download_url: url });
    const paid = await client().requestLink(product);
    expect(paid).toMatchObject({ url, host, ...product });
    const error = await far.failureOf(client().fetchArchive({ link: paid, path: join(tmpdir(), "never-written.zip") }));
    expect(error).toMatchObject({ code: "link-refused", neverSent: true });
    expect(JSON.stringify([error.message, error])).not.toContain("a.zip");
  });

  it("tells when a signed link ends", async () => {
    const url = "https://r2.imeshh.com/a+b.zip?X-Amz-Date=20250701T120000Z&X-Amz-Expires=3600&X-Amz-Signature=ab";
    link().reply(200, { download_url: url });
    expect(await client().requestLink(product)).toMatchObject({ url, expiresAtMs: Date.UTC(2025, 6, 1, 13) });
  });

  it.each([
    [0, "d"],
    [1.5, "d"],
    [Number.NaN, "d"],
    [7, ""],
  ])("sends nothing for product %d, download %j", async (productId, downloadId) => {
    const error = await far.failureOf(client().requestLink({ productId, downloadId }));
    expect(error.code).toBe("argument-invalid");
    expect(spendOutcome(error)).toBe("not-spent");
  });
});

describe("requestLink over a real connection", () => {
  it("is sent once for calls about the same download that come together, and anew for later ones", async () => {
    const release = Promise.withResolvers<void>();
    await withServer(
      async (_request, response) => {
        await release.promise;
        response.end('{"download_url":"https://r2.imeshh.com/a.zip"}');
      },
      async ({ origin, seen }) => {
        const imeshh = client({ origins: { shop: origin } });
        const stop = new AbortController();
        const leaver = far.failureOf(imeshh.requestLink({ ...product, signal: stop.signal }));
        const together = [imeshh.requestLink(product), imeshh.requestLink(product)];
        const other = imeshh.requestLink({ ...product, downloadId: "other" });
        stop.abort();
        expect(spendOutcome(await leaver)).toBe("unknown");
        release.resolve();
        const [one, two] = await Promise.all(together);
        expect(one).toEqual(two);
        await other;
        expect(seen).toHaveLength(2);
        await imeshh.requestLink(product);
        expect(seen).toHaveLength(3);
      },
    );
  });

  it("may have spent when it is aborted on its way, and has spent nothing when it was aborted before", async () => {
    const arrived = Promise.withResolvers<void>();
    await withServer(
      () => arrived.resolve(),
      async ({ origin, seen }) => {
        const imeshh = client({ origins: { shop: origin } });
        const stop = new AbortController();
        const failure = far.failureOf(imeshh.requestLink({ ...product, signal: stop.signal }));
        await arrived.promise;
        stop.abort();
        expect((await failure).kind).toBe("aborted");
        expect(spendOutcome(await failure)).toBe("unknown");
        const later = await far.failureOf(imeshh.requestLink({ ...product, signal: stop.signal }));
        expect(spendOutcome(later)).toBe("not-spent");
        expect(seen).toHaveLength(1);
      },
    );
  });

  it("has spent nothing when it is aborted during the sign-in before it", async () => {
    const arrived = Promise.withResolvers<void>();
    await withServer(
      () => arrived.resolve(),
      async ({ origin }) => {
        const imeshh = client({ credentials: far.account, origins: { shop: origin } });
        const stop = new AbortController();
        const failure = far.failureOf(imeshh.requestLink({ ...product, signal: stop.signal }));
        await arrived.promise;
        stop.abort();
        expect(await failure).toMatchObject({ kind: "aborted", request: { operation: "iMeshh login" } });
        expect(spendOutcome(await failure)).toBe("not-spent");
      },
    );
  });

  it("is sent once when the connection breaks before the answer", async () => {
    await withRawServer(
      (_head, socket) => socket.destroy(),
      async ({ origin, seen }) => {
        const error = await far.failureOf(client({ origins: { shop: origin } }).requestLink(product));
        expect(error.kind).toBe("transport");
        expect(spendOutcome(error)).toBe("unknown");
        expect(seen).toHaveLength(1);
      },
    );
  });

  it("is sent once when no answer comes in time", async () => {
    await withServer(
      () => {},
      async ({ origin, seen }) => {
        const http = { ...far.quick, timeouts: { responseMs: 50 } };
        const error = await far.failureOf(client({ origins: { shop: origin }, http }).requestLink(product));
        expect(error.kind).toBe("transport");
        expect(spendOutcome(error)).toBe("unknown");
        expect(seen).toHaveLength(1);
      },
    );
  });

  it("has spent nothing when nobody listens", async () => {
    const origin = await withServer(
      () => {},
      async (server) => server.origin,
    );
    const error = await far.failureOf(client({ origins: { shop: origin } }).requestLink(product));
    expect(error).toMatchObject({ kind: "transport", neverSent: true });
    expect(spendOutcome(error)).toBe("not-spent");
  });

  it("does not follow a redirect with the token, nor at all", async () => {
    await withServer(
      (_request, response) => void response.end('{"download_url":"https://r2.imeshh.com/a.zip"}'),
      async (elsewhere) => {
        await withServer(
          (_request, response) => void response.writeHead(302, { location: `${elsewhere.origin}/x` }).end(),
          async ({ origin }) => {
            await far.failureOf(client({ origins: { shop: origin } }).requestLink(product));
            expect(elsewhere.seen).toEqual([]);
          },
        );
      },
    );
  });
});

describe("readLinkAnswer", () => {
  const url = "https://r2.imeshh.com/a.zip?a=1&b=2";
  it.each([
    ["as documented", JSON.stringify({ download_url: url })],
    ["inside data", JSON.stringify({ success: true, data: { download_url: url } })],
    ["in an array", JSON.stringify([{ download_url: url }])],
    ["a bare text", JSON.stringify(url)],
    ["behind a warning", `<br />\n<b>Warning</b>: x in y\n${JSON.stringify({ download_url: url })}`],
    ["escaped for a page", JSON.stringify({ download_url: "https://r2.imeshh.com/a.zip?a=1&#038;b=2" })],
    ["with slashes escaped as PHP does", JSON.stringify({ download_url: url }).replaceAll("/", "\\/")],
  ])("finds the link %s", (_how, text) => {
    expect(readLinkAnswer(text)).toBe(url);
  });

  it.each([
    ["{}"],
    ["null"],
    ["[]"],
    ['{"data":"no"}'],
    ['{"download_url":7}'],
    ["<p>https://r2.imeshh.com/a.zip</p>"],
  ])("finds none in %s", (text) => {
    expect(readLinkAnswer(text)).toBeUndefined();
  });
});

describe("fetchArchive", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "imeshh-archive-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const loopback = (shop = "https://shop.imeshh.com") => client({ origins: { shop }, archiveHosts: ["127.0.0.1"] });

  it("fetches to the path without the token, with the documented User-Agent", async () => {
    const archive = Buffer.alloc(100_000, "zip!");
    await withServer(
      (_request, response) => void response.writeHead(200, { "content-length": archive.length }).end(archive),
      async ({ origin, seen }) => {
        const path = join(folder, "a.zip");
        const starts: unknown[] = [];
        const file = await loopback().fetchArchive({
          link: { url: `${origin}/assets/Wood_1+2+4k.zip` },
          path,
          onStart: (start) => starts.push(start.totalBytes),
        });
        expect(file).toMatchObject({ path, bytes: archive.length });
        expect(await readFile(path)).toEqual(archive);
        expect(starts).toEqual([archive.length]);
        expect(seen[0]?.url).toBe("/assets/Wood_1+2+4k.zip");
        expect(seen[0]?.headers).toMatchObject({ "user-agent": documentedUserAgent });
        expect(seen[0]?.headers).not.toHaveProperty("authorization");
      },
    );
  });

  it("refuses a host that is not listed, loopback included, and sends nothing", async () => {
    await withServer(
      (_request, response) => void response.end("x"),
      async ({ origin, seen }) => {
        const error = await far.failureOf(
          client().fetchArchive({ link: { url: `${origin}/a` }, path: join(folder, "a") }),
        );
        expect(error).toMatchObject({ code: "link-refused", neverSent: true });
        expect(seen).toEqual([]);
      },
    );
  });

  it("refuses a redirect to a host that is not listed", async () => {
    await withServer(
      (_request, response) => void response.writeHead(302, { location: "https://evil.example/a.zip" }).end(),
      async ({ origin }) => {
        const path = join(folder, "a.zip");
        const error = await far.failureOf(loopback().fetchArchive({ link: { url: `${origin}/a` }, path }));
        expect(error).toMatchObject({ kind: "refusal", code: "redirect-refused" });
        expect(error.message).toContain("evil.example");
      },
    );
  });

  it("knows a shop that counts fetches by its own words", async () => {
    await withServer(
      (_request, response) =>
        void response.writeHead(403).end("<Error><Message>Download limit exceeded for this product</Message></Error>"),
      async ({ origin }) => {
        const path = join(folder, "a.zip");
        const error = await far.failureOf(loopback().fetchArchive({ link: { url: `${origin}/a` }, path }));
        expect(error).toMatchObject({ status: 403, code: "quota-exhausted" });
      },
    );
  });

  it("never asks for another link when this one has ended", async () => {
    await withServer(
      (_request, response) => void response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>"),
      async ({ origin, seen }) => {
        const path = join(folder, "a.zip");
        const error = await far.failureOf(
          loopback(origin).fetchArchive({ link: { url: `${origin}/a.zip?Signature=topsecret` }, path }),
        );
        expect(error).toMatchObject({ status: 403, code: "link-expired" });
        expect(JSON.stringify([error.message, error])).not.toContain("topsecret");
        expect(seen.map(({ url }) => url.split("?")[0])).toEqual(["/a.zip"]);
      },
    );
  });
});
