import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, askForLink, bowl, linkTo, signInTo } from "../../test/ask.ts";
import { bundledSampleShop, type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let token: string;
let archive: Buffer;
beforeEach(async () => {
  sandbox = await startSandbox();
  token = await signInTo(sandbox);
  archive = await readFile(join(bundledSampleShop, "archives", bowl.file));
});
afterEach(() => sandbox.close());

describe("links", () => {
  test("a signed link gives the archive; a missing, wrong or foreign signature is 403 in XML", async () => {
    const link = await linkTo(sandbox, token);
    expect(new URL(link).origin).toBe(sandbox.origins.cdn);
    const good = await ask(link);
    expect([good.status, good.headers["content-type"]]).toEqual([200, "application/zip"]);
    expect(good.bytes.equals(archive)).toBe(true);
    const bare = link.split("?")[0] ?? "";
    const other = link.replace("Bowl_Glazed_02", "Vase_Clay_01");
    for (const url of [bare, `${link}0`, link.replace("expires=1", "expires=9"), other]) {
      const answer = await ask(url);
      expect([answer.status, answer.headers["content-type"]]).toEqual([403, "application/xml"]);
    }
    expect((await ask(`${sandbox.origins.cdn}/2025/06/28170130/Nothing.zip`)).status).toBe(404);
  });

  test("a link expires by the sandbox's clock, and its life can be set", async () => {
    const link = await linkTo(sandbox, token);
    sandbox.advanceClock(24 * 60 * 60 * 1000 - 60_000);
    expect((await ask(link)).status).toBe(200);
    sandbox.advanceClock(60_000);
    const expired = await ask(link);
    expect([expired.status, expired.bytes.toString()]).toEqual([403, expect.stringContaining("Request has expired")]);
    sandbox.patchState({ linkLifeMs: 1000 });
    const short = await linkTo(sandbox, token);
    sandbox.advanceClock(1001);
    expect((await ask(short)).status).toBe(403);
  });

  test("plain links are the bare URL of the document, and only once the shop handed one out", async () => {
    sandbox.patchState({ linkStyle: "plain", charging: "first-byte" });
    const bare = `${sandbox.origins.cdn}/2025/06/28170130/${bowl.file}`;
    expect((await ask(bare)).status).toBe(403);
    expect(await linkTo(sandbox, token)).toBe(bare);
    expect((await ask(bare)).status).toBe(200);
    expect(sandbox.counters()).toEqual({ [bowl.productId]: 1 });
  });

  test("names with a plus keep it", async () => {
    const tiles = { productId: 132743, downloadId: "" };
    const archives = JSON.parse(await readFile(join(bundledSampleShop, "archives.json"), "utf8")) as Record<
      string,
      { file: string }
    >;
    tiles.downloadId =
      Object.entries(archives).find(([, { file }]) => file.endsWith("Planks_01_1+2+4k.zip"))?.[0] ?? "";
    const link = await linkTo(sandbox, token, tiles);
    expect(new URL(link).pathname).toBe("/2025/06/28170130/Wood_Oak_Planks_01_1+2+4k.zip");
    expect((await ask(link)).status).toBe(200);
  });
});

test("pictures are public, in every size of the name", async () => {
  const picture = await readFile(join(bundledSampleShop, "images/Decor_Bowl_Glazed_02.png"));
  for (const size of ["", "-300x300", "-1024x1024"]) {
    const answer = await ask(`${sandbox.origins.cdn}/2025/06/28170130/Decor_Bowl_Glazed_02${size}.png`);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "image/png"]);
    expect(answer.bytes.equals(picture)).toBe(true);
  }
  expect((await ask(`${sandbox.origins.cdn}/2025/06/28170130/Nothing.png`)).status).toBe(404);
});

describe("ranges", () => {
  const size = 150795;
  const ranges: [string, number, string | undefined, [number, number]][] = [
    ["bytes=0-0", 206, `bytes 0-0/${size}`, [0, 1]],
    ["bytes=100-199", 206, `bytes 100-199/${size}`, [100, 200]],
    [`bytes=${size - 1}-`, 206, `bytes ${size - 1}-${size - 1}/${size}`, [size - 1, size]],
    ["bytes=150000-999999", 206, `bytes 150000-${size - 1}/${size}`, [150000, size]],
    ["bytes=-10", 206, `bytes ${size - 10}-${size - 1}/${size}`, [size - 10, size]],
    [`bytes=-${size + 5}`, 206, `bytes 0-${size - 1}/${size}`, [0, size]],
    [`bytes=${size}-`, 416, `bytes */${size}`, [0, 0]],
    ["bytes=-0", 416, `bytes */${size}`, [0, 0]],
    ["bytes=5-2", 200, undefined, [0, size]],
    ["bytes=0-1,5-6", 200, undefined, [0, size]],
    ["lines=1-2", 200, undefined, [0, size]],
  ];

  test.each(ranges)("%s is %i %s", async (range, status, contentRange, [start, end]) => {
    const answer = await ask(await linkTo(sandbox, token), { headers: { range } });
    expect([answer.status, answer.headers["content-range"]]).toEqual([status, contentRange]);
    expect(answer.headers["content-length"]).toBe(String(end - start));
    expect(answer.bytes.equals(archive.subarray(start, end))).toBe(true);
  });

  test("If-Range holds for the same strong tag or date, and makes the range void otherwise", async () => {
    const link = await linkTo(sandbox, token);
    const { headers } = await ask(link, { method: "HEAD" });
    const { etag = "", "last-modified": lastModified = "" } = headers;
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    const statusWith = async (ifRange: string) =>
      (await ask(link, { headers: { range: "bytes=9-", "if-range": ifRange } })).status;
    expect(await statusWith(etag)).toBe(206);
    expect(await statusWith(lastModified)).toBe(206);
    expect(await statusWith('"other"')).toBe(200);
    expect(await statusWith(`W/${etag}`)).toBe(200);
    expect(await statusWith("Sat, 01 Jan 2000 00:00:00 GMT")).toBe(200);
  });

  test("conditional requests: 304 for the same tag or date, 412 for another", async () => {
    const link = await linkTo(sandbox, token);
    const { headers } = await ask(link, { method: "HEAD" });
    const { etag = "", "last-modified": lastModified = "" } = headers;
    expect((await ask(link, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await ask(link, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
    expect((await ask(link, { headers: { "if-modified-since": lastModified } })).status).toBe(304);
    expect((await ask(link, { headers: { "if-match": '"other"' } })).status).toBe(412);
  });

  test("HEAD tells length and tag, sends nothing and counts nothing", async () => {
    sandbox.patchState({ charging: "every-request" });
    const answer = await ask(await linkTo(sandbox, token), { method: "HEAD" });
    expect([answer.status, answer.headers["content-length"], answer.bytes.length]).toEqual([200, String(size), 0]);
    expect((await ask(await linkTo(sandbox, token), { method: "HEAD", headers: { range: "bytes=0-9" } })).status).toBe(
      200,
    );
    expect(sandbox.counters()).toEqual({});
  });
});

describe("charging", () => {
  const counter = () => sandbox.counters()[bowl.productId] ?? 0;

  test("link: counts when the link is made, and the file is free then", async () => {
    const link = await linkTo(sandbox, token);
    expect(counter()).toBe(1);
    await ask(link);
    await ask(link, { headers: { range: "bytes=10-" } });
    expect(counter()).toBe(1);
  });

  test("first-byte: the first GET of a link counts, once; the fifth link's file is refused, then the next link", async () => {
    sandbox.patchState({ charging: "first-byte" });
    const links = await Promise.all(Array.from({ length: 5 }, () => linkTo(sandbox, token)));
    expect(counter()).toBe(0);
    for (const link of links.slice(0, 4)) {
      expect((await ask(link, { headers: { range: "bytes=0-9" } })).status).toBe(206);
      expect((await ask(link)).status).toBe(200);
    }
    expect(counter()).toBe(4);
    expect((await ask(links[4] ?? "")).status).toBe(403);
    expect((await ask(links[0] ?? "")).status).toBe(200);
    expect((await askForLink(sandbox, token)).status).toBe(403);
    expect(sandbox.requests({ host: "cdn" }).filter((entry) => entry.spend)).toHaveLength(4);
  });

  test("completion: only the transfer that sends the last byte counts, once per link", async () => {
    sandbox.patchState({ charging: "completion" });
    sandbox.addFault({ host: "cdn", kind: "cut", afterBytes: 1000, times: 1 });
    const link = await linkTo(sandbox, token);
    expect((await ask(link)).failure).toBeDefined();
    await ask(link, { headers: { range: "bytes=0-999" } });
    expect(counter()).toBe(0);
    await ask(link, { headers: { range: "bytes=1000-" } });
    expect(counter()).toBe(1);
    await ask(link);
    expect(counter()).toBe(1);
    sandbox.addFault({ host: "cdn", kind: "stall", afterBytes: 10, ms: 50, times: 2 });
    const twice = await linkTo(sandbox, token);
    await Promise.all([ask(twice), ask(twice)]);
    expect(counter()).toBe(2);
    for (let count = 2; count < 4; count++) await ask(await linkTo(sandbox, token));
    expect(counter()).toBe(4);
    expect((await askForLink(sandbox, token)).status).toBe(403);
  });

  test("every-request: each GET counts, ranges too, and the fifth is refused", async () => {
    sandbox.patchState({ charging: "every-request" });
    const link = await linkTo(sandbox, token);
    expect(counter()).toBe(0);
    for (const range of ["bytes=0-9", "bytes=10-19", "bytes=20-29", "bytes=30-"]) {
      expect((await ask(link, { headers: { range } })).status).toBe(206);
    }
    expect(counter()).toBe(4);
    expect((await ask(link)).status).toBe(403);
    expect((await askForLink(sandbox, token)).status).toBe(403);
    expect(counter()).toBe(4);
  });

  test("the limit can be set, and counters too", async () => {
    sandbox.patchState({ downloadLimit: 1 });
    await linkTo(sandbox, token);
    expect((await askForLink(sandbox, token)).status).toBe(403);
    sandbox.setCounter(bowl.productId, 0);
    expect((await askForLink(sandbox, token)).status).toBe(200);
  });
});
