import { readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, askForLink, bowl, linkTo, signInTo, until } from "../../test/ask.ts";
import { bundledSampleShop, type FaultKind, type Sandbox, startSandbox } from "../index.ts";
import { faultKinds } from "./fault.ts";

let sandbox: Sandbox;
let token: string;
let link: string;
let archive: Buffer;
beforeEach(async () => {
  sandbox = await startSandbox();
  token = await signInTo(sandbox);
  link = await linkTo(sandbox, token);
  archive = await readFile(join(bundledSampleShop, "archives", bowl.file));
});
afterEach(() => sandbox.close());

const size = 150795;
const productsPath = "/imeshh-all-product-compress-meta-data/latest_products.json";
const products = () => ask(`${sandbox.origins.feeds}${productsPath}`);
const lastEntry = () => sandbox.requests().at(-1);

/** Every kind that a test of this file saw taking effect. */
const seenKinds = new Set<FaultKind>();
afterEach(noteSeen);

function noteSeen(): void {
  for (const { fault, fired } of sandbox.faults()) if (fired > 0) seenKinds.add(fault.kind);
}

function clearFaults(): void {
  noteSeen();
  sandbox.clearFaults();
}

function fired(): number[] {
  return sandbox.faults().map((report) => report.fired);
}

describe("the connection", () => {
  test.each(["fin", "rst"] as const)("cut by %s after N bytes of the body", async (how) => {
    for (const afterBytes of [0, 1, 65_535, size - 1]) {
      clearFaults();
      sandbox.addFault({ host: "cdn", kind: "cut", afterBytes, how });
      const answer = await ask(link);
      expect(answer.failure).toBe("ECONNRESET");
      // After a reset the client may lose what had arrived; after an orderly end it has all of it.
      if (how === "fin") expect(answer.bytes.length).toBe(afterBytes);
      expect(archive.subarray(0, answer.bytes.length).equals(answer.bytes)).toBe(true);
      expect(lastEntry()).toMatchObject({ status: 200, bytesSent: afterBytes, completed: false, faults: ["cut"] });
      expect(fired()).toEqual([1]);
    }
  });

  test("a cut by fin ends the connection in order, one by rst does not", async () => {
    const endOf = (how: "fin" | "rst") => {
      clearFaults();
      sandbox.addFault({ host: "cdn", kind: "cut", afterBytes: 10, how });
      return new Promise<string>((resolve) => {
        const socket = createConnection(Number(new URL(link).port), "127.0.0.1", () => {
          socket.write(`GET ${link.slice(sandbox.origins.cdn.length)} HTTP/1.1\r\nHost: x\r\n\r\n`);
        });
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
        socket.on("end", () => resolve("in order")).resume();
      });
    };
    expect([await endOf("fin"), await endOf("rst")]).toEqual(["in order", "ECONNRESET"]);
  });

  test("cut counted on the wire hits the status line and the headers, and the body behind them", async () => {
    const receive = (afterBytes: number) => {
      clearFaults();
      sandbox.addFault({ host: "cdn", kind: "cut", afterBytes, from: "wire" });
      return new Promise<Buffer>((resolve, reject) => {
        const chunks: Buffer[] = [];
        const { port } = new URL(sandbox.origins.cdn);
        const socket = createConnection(Number(port), "127.0.0.1", () => {
          socket.write(`GET ${link.slice(sandbox.origins.cdn.length)} HTTP/1.1\r\nHost: x\r\n\r\n`);
        });
        socket
          .on("data", (chunk) => chunks.push(chunk))
          .on("error", reject)
          .on("close", () => resolve(Buffer.concat(chunks)));
      });
    };
    expect((await receive(5)).toString()).toBe("HTTP/");
    expect((await receive(30)).toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.{13}$/s);
    const whole = await receive(2000);
    expect(whole.length).toBe(2000);
    const head = whole.indexOf("\r\n\r\n") + 4;
    expect(whole.subarray(head).equals(archive.subarray(0, 2000 - head))).toBe(true);
  });

  test("cut-upload ends the connection while the request's body arrives; the row says how much came", async () => {
    for (const afterBytes of [0, 100_000]) {
      clearFaults();
      sandbox.addFault({ host: "shop", kind: "cut-upload", afterBytes });
      const url = `${sandbox.origins.shop}/wp-json/jwt-auth/v1/token`;
      const answer = await ask(url, { method: "POST", body: "x".repeat(300_000) });
      expect(answer).toMatchObject({ status: undefined, failure: expect.stringMatching(/ECONNRESET|EPIPE/) });
      await until(() => fired()[0] === 1);
      const { status, bytesReceived } = lastEntry() ?? { bytesReceived: -1 };
      expect([status, bytesReceived >= afterBytes, bytesReceived < 300_000]).toEqual([null, true, true]);
    }
  });

  test("stall sends N bytes and then nothing, until the client gives up", async () => {
    sandbox.addFault({ host: "cdn", kind: "stall", afterBytes: 5000 });
    const answer = await ask(link, { giveUpAfterMs: 100 });
    expect([answer.status, answer.bytes.length, answer.failure]).toEqual([200, 5000, "STALLED"]);
    clearFaults();
    sandbox.addFault({ host: "cdn", kind: "stall" });
    expect(await ask(link, { giveUpAfterMs: 100 })).toMatchObject({ status: 200, failure: "STALLED" });
    expect(fired()).toEqual([1]);
  });

  test("stall with a time goes on afterwards; closing the sandbox ends a stall", async () => {
    sandbox.addFault({ host: "cdn", kind: "stall", afterBytes: 10, ms: 20, times: 1 });
    expect((await ask(link)).bytes.equals(archive)).toBe(true);
    sandbox.addFault({ host: "cdn", kind: "stall", afterBytes: 10 });
    const stalled = ask(link);
    await until(() => (sandbox.faults()[1]?.fired ?? 0) === 1);
    await sandbox.close();
    expect((await stalled).failure).toBe("ECONNRESET");
  });

  test("refuse destroys the connection; with afterHandling the far side counts first", async () => {
    sandbox.addFault({ host: "shop", path: "*/download-link", kind: "refuse", times: 1 });
    expect(await askForLink(sandbox, token)).toMatchObject({ status: undefined, failure: "ECONNRESET" });
    expect(sandbox.counters()).toEqual({ [bowl.productId]: 1 });
    sandbox.addFault({ host: "shop", path: "*/download-link", kind: "refuse", afterHandling: true });
    expect(await askForLink(sandbox, token)).toMatchObject({ status: undefined, failure: "ECONNRESET" });
    expect(sandbox.counters()).toEqual({ [bowl.productId]: 2 });
    expect(lastEntry()).toMatchObject({ status: null, completed: false, spend: true });
  });

  test("slow first byte: not even the status line comes before its time", async () => {
    sandbox.addFault({ host: "cdn", kind: "slow-first-byte", ms: 60_000, times: 1 });
    expect(await ask(link, { giveUpAfterMs: 50 })).toMatchObject({ status: undefined, failure: "STALLED" });
    sandbox.addFault({ host: "cdn", kind: "slow-first-byte", ms: 1 });
    expect((await ask(link)).bytes.equals(archive)).toBe(true);
    expect(fired()).toEqual([1, 1]);
  });

  test("rate: the body comes in small pieces, and nothing is sent ahead of its time", async () => {
    sandbox.addFault({ host: "cdn", kind: "rate", bytesPerSecond: 20_000 });
    await ask(link, { leaveAtFirstByte: true });
    await until(() => lastEntry()?.finishedAt !== null);
    expect(lastEntry()?.bytesSent).toBeLessThan(size / 2);
    clearFaults();
    sandbox.addFault({ host: "cdn", kind: "rate", bytesPerSecond: 10_000_000 });
    expect((await ask(link)).bytes.equals(archive)).toBe(true);
  });
});

describe("length and framing", () => {
  test.each([1, -1, 5000])("wrong length by %i", async (by) => {
    sandbox.addFault({ host: "cdn", kind: "wrong-length", by });
    const answer = await ask(link);
    expect(answer.headers["content-length"]).toBe(String(size + by));
    expect(answer.bytes.length).toBe(Math.min(size, size + by));
    // Surplus bytes are for each client to notice or not.
    if (by > 0) expect(answer.failure).toBe("ECONNRESET");
  });

  test("no length: chunked, or ended by the connection, which a cut cannot be told from", async () => {
    sandbox.addFault({ host: "cdn", kind: "no-length", framing: "chunked", times: 1 });
    const chunked = await ask(link);
    expect([chunked.headers["content-length"], chunked.headers["transfer-encoding"]]).toEqual([undefined, "chunked"]);
    expect(chunked.bytes.equals(archive)).toBe(true);
    sandbox.addFault({ host: "cdn", kind: "no-length" });
    const closed = await ask(link);
    expect([closed.headers["content-length"], closed.headers["transfer-encoding"]]).toEqual([undefined, undefined]);
    expect(closed.bytes.equals(archive)).toBe(true);
    sandbox.addFault({ host: "cdn", kind: "cut", afterBytes: 777 });
    expect(await ask(link)).toMatchObject({ failure: undefined, bytes: archive.subarray(0, 777) });
  });

  test("corrupt byte: one byte differs, ranges included", async () => {
    sandbox.addFault({ host: "cdn", kind: "corrupt-byte", at: 70_000 });
    const { bytes } = await ask(link);
    expect(bytes.length).toBe(size);
    expect(bytes[70_000]).toBe((archive[70_000] ?? 0) ^ 0xff);
    bytes[70_000] = archive[70_000] ?? 0;
    expect(bytes.equals(archive)).toBe(true);
    const part = await ask(link, { headers: { range: "bytes=100000-" } });
    expect(part.bytes.equals(archive.subarray(100_000))).toBe(true);
    expect(fired()).toEqual([1]);
  });
});

describe("ranges and tags", () => {
  const rest = () => ask(link, { headers: { range: "bytes=1000-" } });

  test("ignore-range answers 200 with everything", async () => {
    sandbox.addFault({ host: "cdn", kind: "ignore-range" });
    const answer = await rest();
    expect([answer.status, answer.bytes.length]).toEqual([200, size]);
    await ask(link);
    expect(fired()).toEqual([1]);
  });

  test.each([7, -7])("shifted-range begins %i bytes off, and says so", async (by) => {
    sandbox.addFault({ host: "cdn", kind: "shifted-range", by });
    const answer = await rest();
    expect([answer.status, answer.headers["content-range"]]).toEqual([206, `bytes ${1000 + by}-${size - 1}/${size}`]);
    expect(answer.bytes.equals(archive.subarray(1000 + by))).toBe(true);
  });

  test("wrong-total names another size", async () => {
    sandbox.addFault({ host: "cdn", kind: "wrong-total", by: 10 });
    const answer = await rest();
    expect([answer.headers["content-range"], answer.bytes.length]).toEqual([
      `bytes 1000-${size - 1}/${size + 10}`,
      size - 1000,
    ]);
  });

  test("changed-etag: another tag, a given one, or none", async () => {
    const tag = (await ask(link)).headers.etag;
    const tags: (string | undefined)[] = [];
    for (const value of [undefined, 'W/"weak"', null]) {
      clearFaults();
      sandbox.addFault({ host: "cdn", kind: "changed-etag", ...(value === undefined ? {} : { value }) });
      tags.push((await rest()).headers.etag);
    }
    expect(tags).toEqual(['"changed-by-the-sandbox"', 'W/"weak"', undefined]);
    expect(tags).not.toContain(tag);
  });
});

describe("answers", () => {
  test("status: any, with Retry-After and a body; nothing is counted unless told so", async () => {
    const path = "/wp-json/imeshh/product-information/download-link";
    sandbox.addFault({ host: "shop", path, kind: "status", status: 429, retryAfter: 7, body: "slow down", times: 1 });
    const limited = await askForLink(sandbox, token);
    expect([limited.status, limited.headers["retry-after"], limited.bytes.toString()]).toEqual([429, "7", "slow down"]);
    expect(sandbox.counters()).toEqual({ [bowl.productId]: 1 });
    sandbox.addFault({
      host: "shop",
      path,
      kind: "status",
      status: 500,
      afterHandling: true,
      headers: { "X-Why": "test" },
    });
    const lost = await askForLink(sandbox, token);
    expect([lost.status, lost.headers["x-why"]]).toEqual([500, "test"]);
    expect(sandbox.counters()).toEqual({ [bowl.productId]: 2 });
  });

  test("html: a page with 200 instead of JSON", async () => {
    sandbox.addFault({ host: "blog", kind: "html" });
    const answer = await ask(`${sandbox.origins.blog}/wp-json/status-api/v1/latest`);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.bytes.toString()).toContain("<!DOCTYPE html>");
  });

  test("redirect to any URL", async () => {
    sandbox.addFault({ host: "cdn", kind: "redirect", to: "http://169.254.169.254/", status: 307 });
    expect(await ask(link)).toMatchObject({ status: 307, headers: { location: "http://169.254.169.254/" } });
  });

  test("expired-link: the CDN calls a good link expired, the shop hands out an expired one", async () => {
    sandbox.addFault({ host: "cdn", kind: "expired-link", times: 1 });
    expect((await ask(link)).status).toBe(403);
    expect((await ask(link)).status).toBe(200);
    sandbox.addFault({ host: "shop", kind: "expired-link" });
    const expired = await linkTo(sandbox, token);
    expect((await ask(expired)).bytes.toString()).toContain("Request has expired");
    expect(fired()).toEqual([1, 1]);
  });
});

describe("feeds", () => {
  test("not-gzip says gzip and is not, or is plain", async () => {
    sandbox.addFault({ host: "feeds", kind: "not-gzip", times: 1 });
    const lie = await products();
    expect([lie.headers["content-encoding"], lie.bytes.subarray(0, 6).toString()]).toEqual(["gzip", '[{"id"']);
    sandbox.addFault({ host: "feeds", kind: "not-gzip", header: "dropped" });
    const plain = await products();
    expect([plain.headers["content-encoding"], plain.bytes.subarray(0, 6).toString()]).toEqual([undefined, '[{"id"']);
  });

  test("unlabelled-gzip is gzip and does not say so", async () => {
    sandbox.addFault({ host: "feeds", kind: "unlabelled-gzip" });
    const answer = await products();
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(JSON.parse(gunzipSync(answer.bytes).toString())).toHaveLength(27);
  });

  test("truncated-gzip ends early under a length that fits", async () => {
    const whole = await products();
    sandbox.addFault({ host: "feeds", kind: "truncated-gzip" });
    const half = await products();
    expect([half.failure, half.bytes.length]).toEqual([undefined, Math.floor(whole.bytes.length / 2)]);
    expect(() => gunzipSync(half.bytes)).toThrow("unexpected end of file");
    clearFaults();
    sandbox.addFault({ host: "feeds", kind: "truncated-gzip", keepBytes: 10 });
    expect((await products()).bytes.length).toBe(10);
  });

  test("gzip-body packs what nobody asked to be packed", async () => {
    sandbox.addFault({ host: "cdn", kind: "gzip-body" });
    const answer = await ask(link, { headers: { range: "bytes=0-99", "accept-encoding": "identity" } });
    expect([answer.status, answer.headers["content-encoding"]]).toEqual([206, "gzip"]);
    expect(gunzipSync(answer.bytes).equals(archive.subarray(0, 100))).toBe(true);
  });

  test("stale: as before the last change, while last_updated is new; without a change it has no effect", async () => {
    const before = await products();
    sandbox.addFault({ host: "feeds", kind: "stale-feed" });
    expect((await products()).bytes.equals(before.bytes)).toBe(true);
    expect(fired()).toEqual([0]);
    sandbox.withdrawProduct(bowl.productId);
    expect((await products()).bytes.equals(before.bytes)).toBe(true);
    expect(fired()).toEqual([1]);
    clearFaults();
    expect((await products()).bytes.equals(before.bytes)).toBe(false);
  });

  test("shrunken and empty feeds parse and hold less or nothing", async () => {
    const entries = async () => JSON.parse(gunzipSync((await products()).bytes).toString()) as unknown[];
    sandbox.addFault({ host: "feeds", kind: "shrunken-feed", times: 1 });
    expect(await entries()).toHaveLength(2);
    sandbox.addFault({ host: "feeds", kind: "shrunken-feed", keep: 5, times: 1 });
    expect(await entries()).toHaveLength(5);
    sandbox.addFault({ host: "feeds", kind: "empty-feed" });
    expect(await entries()).toEqual([]);
    const categories = await ask(
      `${sandbox.origins.feeds}/imeshh-all-product-compress-meta-data/latest_categories.json`,
    );
    expect(gunzipSync(categories.bytes).toString()).toBe("{}");
    const catalogFile = await ask(`${sandbox.origins.feeds}/cats-files/fx/blender_assets.cats.txt`);
    expect(gunzipSync(catalogFile.bytes).length).toBe(0);
  });
});

test("every kind of fault was seen taking effect above", () => {
  expect([...seenKinds].sort()).toEqual([...faultKinds].sort());
});
