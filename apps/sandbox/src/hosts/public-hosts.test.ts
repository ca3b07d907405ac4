import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { bundledSampleShop, type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const metaData = "/imeshh-all-product-compress-meta-data";
const statusPath = "/wp-json/status-api/v1/latest";

test("the blog tells last_updated, which moves when something changes and not when told not to", async () => {
  const lastUpdated = async () =>
    (jsonOf(await ask(`${sandbox.origins.blog}${statusPath}`)) as { last_updated: string }).last_updated;
  expect(await lastUpdated()).toBe("2025-07-21T21:38:11Z");
  sandbox.updateProduct(132622);
  const moved = await lastUpdated();
  expect(moved > "2025-07-21T21:38:11Z").toBe(true);
  sandbox.updateProduct(132622);
  expect((await lastUpdated()) > moved).toBe(true);
  sandbox.setLastUpdated("2031-01-01T00:00:00Z");
  sandbox.withdrawProduct(132622, { touch: false });
  expect(await lastUpdated()).toBe("2031-01-01T00:00:00Z");
  expect((await ask(`${sandbox.origins.blog}/wp-json/nothing`)).status).toBe(404);
});

test("the feeds are the sample's, gzipped, with the CDN's loopback origin in them", async () => {
  const answer = await ask(`${sandbox.origins.feeds}${metaData}/latest_products.json`);
  expect([answer.status, answer.headers["content-encoding"], answer.headers["content-type"]]).toEqual([
    200,
    "gzip",
    "application/json",
  ]);
  expect(answer.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(Date.parse(answer.headers["last-modified"] ?? "")).not.toBeNaN();
  const text = gunzipSync(answer.bytes).toString();
  const sample = await readFile(join(bundledSampleShop, "latest_products.json"), "utf8");
  expect(JSON.parse(text)).toEqual(JSON.parse(sample.replaceAll("https://r2.imeshh.com", sandbox.origins.cdn)));
  expect(text).not.toContain("r2.imeshh.com");
  const thumbnail = (JSON.parse(text) as { thumbnail_src: string }[])[0]?.thumbnail_src ?? "";
  expect((await ask(thumbnail)).status).toBe(200);
});

test("categories and the four catalog files are the sample's", async () => {
  const categories = await ask(`${sandbox.origins.feeds}${metaData}/latest_categories.json`);
  expect(JSON.parse(gunzipSync(categories.bytes).toString())).toEqual(
    JSON.parse(await readFile(join(bundledSampleShop, "latest_categories.json"), "utf8")),
  );
  for (const folder of ["models", "materials", "geonodes", "fx"]) {
    const path = `cats-files/${folder}/blender_assets.cats.txt`;
    const answer = await ask(`${sandbox.origins.feeds}/${path}`);
    expect(gunzipSync(answer.bytes).equals(await readFile(join(bundledSampleShop, path)))).toBe(true);
  }
});

test("the feeds' objects can lie there gzipped without saying so, or plain", async () => {
  const url = `${sandbox.origins.feeds}${metaData}/latest_categories.json`;
  sandbox.patchState({ feedEncoding: "unlabelled-gzip" });
  const unlabelled = await ask(url);
  expect([unlabelled.headers["content-encoding"], unlabelled.bytes[0], unlabelled.bytes[1]]).toEqual([
    undefined,
    0x1f,
    0x8b,
  ]);
  sandbox.patchState({ feedEncoding: "plain" });
  const plain = await ask(url);
  expect([plain.headers["content-encoding"], plain.bytes.toString().slice(0, 9)]).toEqual([undefined, '{"model":']);
});

test("S3's errors are HTML: 404 for an unknown key, 405 for another method; HEAD and 304 work", async () => {
  const missing = await ask(`${sandbox.origins.feeds}${metaData}/latest_models_catalog.txt`);
  expect([missing.status, missing.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
  expect(missing.bytes.toString()).toContain("<li>Code: NoSuchKey</li>");
  const url = `${sandbox.origins.feeds}${metaData}/latest_products.json`;
  const posted = await ask(url, { method: "POST" });
  expect([posted.status, posted.bytes.toString()]).toEqual([
    405,
    expect.stringContaining("<li>Code: MethodNotAllowed</li>"),
  ]);
  const head = await ask(url, { method: "HEAD" });
  expect([head.status, head.bytes.length]).toEqual([200, 0]);
  expect((await ask(url, { headers: { "if-none-match": head.headers.etag ?? "" } })).status).toBe(304);
  sandbox.updateProduct(132622);
  expect((await ask(url, { headers: { "if-none-match": head.headers.etag ?? "" } })).status).toBe(200);
});

test("extensions: no notice until one is set, and an index whose archive has the hash it names", async () => {
  const message = () => ask(`${sandbox.origins.extensions}/wp-json/imeshh-api/v1/message`).then(jsonOf);
  expect(await message()).toMatchObject({ schema_version: "1.0.0", status: "none", links: [] });
  sandbox.patchState({ message: { status: "everyone", message: "Sale", cool_down: { weeks: 2 } } });
  expect(await message()).toMatchObject({ status: "everyone", message: "Sale", cool_down: { weeks: 2, days: 1 } });
  const index = jsonOf(await ask(`${sandbox.origins.extensions}/wp-json/imeshh-api/v1/extension`)) as {
    version: string;
    blocklist: string[];
    data: { version: string; archive_url: string; archive_size: number; archive_hash: string }[];
  };
  expect([index.version, index.blocklist, index.data[0]?.version]).toEqual(["v1", [], "1.2.4"]);
  const archive = await ask(index.data[0]?.archive_url ?? "");
  expect(archive.bytes.length).toBe(index.data[0]?.archive_size);
  expect(`sha256:${createHash("sha256").update(archive.bytes).digest("hex")}`).toBe(index.data[0]?.archive_hash);
});
