import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, linkTo, signInTo } from "../../test/ask.ts";
import { type Sandbox, startSandbox } from "../index.ts";
import { readZipEntries } from "../zip/zip-entries.ts";

interface FeedProduct {
  id: number;
  name: string;
  slug: string;
  date_modified: string;
  thumbnail_src: string;
  categories: { name: string };
  downloads: { id: string; name: string }[];
}

const count = 3000;
const sampleEntries = 27;
let sandbox: Sandbox;
let products: FeedProduct[];
beforeAll(async () => {
  sandbox = await startSandbox({ generatedProducts: count });
  products = await generatedIn(sandbox);
});
afterAll(() => sandbox.close());

async function generatedIn(of: Sandbox): Promise<FeedProduct[]> {
  const answer = await ask(`${of.origins.feeds}/imeshh-all-product-compress-meta-data/latest_products.json`);
  const text = gunzipSync(answer.bytes).toString().replaceAll(of.origins.cdn, "CDN");
  return (JSON.parse(text) as FeedProduct[]).slice(sampleEntries);
}

test("as many as asked for, each with number, name, slug, downloads and picture of its own", () => {
  expect(products).toHaveLength(count);
  const distinct = (values: string[]) => new Set(values).size;
  expect(distinct(products.map((product) => String(product.id)))).toBe(count);
  expect(distinct(products.map((product) => product.name))).toBe(count);
  expect(distinct(products.map((product) => product.slug))).toBe(count);
  expect(distinct(products.map((product) => product.thumbnail_src))).toBe(count);
  const downloadIds = products.flatMap((product) => product.downloads.map((download) => download.id));
  expect(distinct(downloadIds)).toBe(downloadIds.length);
  for (const id of downloadIds) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("the same seed gives the same products, another seed others", async () => {
  const start = async (seed: number) => {
    const other = await startSandbox({ generatedProducts: 50, seed });
    return generatedIn(other).finally(() => other.close());
  };
  expect(await start(1)).toEqual(products.slice(0, 50));
  expect(await start(2)).not.toEqual(products.slice(0, 50));
});

test("archives are real zips that carry the product's name, pictures are there, and counters count", async () => {
  const token = await signInTo(sandbox);
  for (const product of [products[0], products[17], products[count - 1]]) {
    const [download] = product?.downloads ?? [];
    if (product === undefined || download === undefined) throw new Error("A generated product has no download.");
    const link = await linkTo(sandbox, token, { productId: product.id, downloadId: download.id });
    expect(new URL(link).pathname.endsWith(`/${download.name}`)).toBe(true);
    const mark = /_G\d{6}/.exec(download.name)?.[0];
    const names = readZipEntries((await ask(link)).bytes).map((entry) => entry.name);
    expect(names.some((name) => name.endsWith(`${mark}.blend`))).toBe(true);
    expect((await ask(product.thumbnail_src.replace("CDN", sandbox.origins.cdn))).status).toBe(200);
    expect(sandbox.counters()[product.id]).toBe(1);
  }
});

test("there is nothing behind the last one", async () => {
  const isVase = (product: FeedProduct) => product.name.startsWith("Clay Vase 01 ");
  const vases = products.filter(isVase).map((product) => product.id);
  const [first = 0, second = 0] = vases;
  const behindLast = (vases.at(-1) ?? 0) + (second - first) - first;
  const path = (index: number) => `/2025/06/28170130/Decor_Vase_Clay_01_G${String(index).padStart(6, "0")}_Blender.zip`;
  expect(behindLast).toBeGreaterThanOrEqual(count);
  expect((await ask(sandbox.origins.cdn + path(0))).status).toBe(403);
  expect((await ask(sandbox.origins.cdn + path(behindLast))).status).toBe(404);
});

test("one of them can be updated and withdrawn like any other", async () => {
  const [first, second] = products;
  if (first === undefined || second === undefined) throw new Error("There are no generated products.");
  sandbox.updateProduct(first.id);
  sandbox.withdrawProduct(second.id);
  const changed = await generatedIn(sandbox);
  expect(changed).toHaveLength(count - 1);
  expect((changed[0]?.date_modified ?? "") > first.date_modified).toBe(true);
  const link = await linkTo(sandbox, await signInTo(sandbox), {
    productId: first.id,
    downloadId: first.downloads[0]?.id ?? "",
  });
  expect(readZipEntries((await ask(link)).bytes).at(-1)?.name).toMatch(/revision-1\.txt$/);
});
