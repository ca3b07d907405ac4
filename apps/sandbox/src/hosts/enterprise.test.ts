import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, bowl, jsonOf } from "../../test/ask.ts";
import { bundledSampleShop, type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const withKey = {
  headers: { authorization: "Bearer enterprise-sandbox-key", "user-agent": null, "accept-encoding": null },
};

test("lists the products that can be fetched, in the document's form", async () => {
  const answer = await ask(`${sandbox.origins.enterprise}/products/product-list.json`, withKey);
  const list = jsonOf(answer) as { product_id: string }[];
  expect(list.find((product) => product.product_id === String(bowl.productId))).toEqual({
    name: "Glazed Bowl 02",
    product_id: "132622",
    polygon_count: "1317",
    dimensions: "42 x 18 x 66 cm",
    thumbnail: `${sandbox.origins.cdn}/2025/06/28170130/Decor_Bowl_Glazed_02-300x300.png`,
    download_url: `${sandbox.origins.enterprise}/2025/06/28/170130/${bowl.file}`,
  });
});

test("serves a file under both spellings, first from the original bucket and then from the cache", async () => {
  const first = await ask(`${sandbox.origins.enterprise}/2025/06/28/170130/${bowl.file}`, withKey);
  const second = await ask(`${sandbox.origins.enterprise}/2025/06/28170130/${bowl.file}`, withKey);
  expect([first.status, first.headers["x-served-from"]]).toEqual([200, "original-bucket-copied"]);
  expect([second.status, second.headers["x-served-from"]]).toEqual([200, "testb2b-cache"]);
  const archive = await readFile(join(bundledSampleShop, "archives", bowl.file));
  expect([first.bytes.equals(archive), second.bytes.equals(archive)]).toEqual([true, true]);
  expect(sandbox.counters()).toEqual({});
});

test("401 as plain text without the key or with another, 404 for an unknown file", async () => {
  for (const authorization of [null, "Bearer other", "enterprise-sandbox-key"]) {
    const answer = await ask(`${sandbox.origins.enterprise}/products/product-list.json`, {
      headers: { authorization },
    });
    expect([answer.status, answer.headers["content-type"]]).toEqual([401, "text/plain; charset=utf-8"]);
  }
  expect((await ask(`${sandbox.origins.enterprise}/2025/01/01/000000/None.zip`, withKey)).status).toBe(404);
});
