import { fixtureJson } from "@org/http-core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createProductReader, type Product } from "./products.schema.ts";
import { parseProducts } from "./products.ts";

const [documented] = fixtureJson(import.meta.url, "products.json") as [Record<string, unknown>];
const oddRecords = fixtureJson(import.meta.url, "sample-shop-odd-products.json") as unknown[];

function productOf(record: unknown): Product {
  const reading = createProductReader()(record);
  if ("skipped" in reading) throw new Error(`skipped: ${reading.skipped.reason}`);
  return reading.product;
}
const skippedOf = (record: unknown) => {
  const reading = createProductReader()(record);
  return "skipped" in reading ? reading.skipped : undefined;
};

describe("the sample shop's odd records", () => {
  it("are products, or skipped with kind and reason", async () => {
    const { products, skipped } = await parseProducts({ records: oddRecords });
    expect(products.map(({ id, title }) => [id, title])).toEqual([
      [132633, "Desk Lamp 01"],
      [132677, "Étagère Øst 01"],
      [132710, "Suzanne Bust"],
      [132754, "Walnut Veneer 02"],
      [132798, "Scatter On Surface"],
      [132831, "Steam Plume 02"],
      [139902, "Sky Dome 01"],
    ]);
    expect(skipped).toEqual([
      { index: 6, kind: "unlisted", reason: "status is draft", productId: 132842, name: "Draft Sofa 09" },
      { index: 7, kind: "unlisted", reason: "no downloads", productId: 139901, name: "Record Without Downloads" },
      { index: 9, kind: "unreadable", reason: "not an object", productId: null, name: null },
      { index: 10, kind: "unreadable", reason: "not an object", productId: null, name: null },
      { index: 11, kind: "unreadable", reason: "no status", productId: 139903, name: null },
    ]);
  });

  it("keep values that no table knows, and guess none", () => {
    const dome = productOf(oddRecords[8]);
    expect(dome).toMatchObject({
      id: 139902,
      assetType: "hdri",
      licence: { value: "3", label: "3", isDocumented: false },
      blenderVersion: { value: "9", label: "9", isDocumented: false },
      polygonCount: 0,
      dimensions: null,
    });
  });

  it("keep names of categories as served beside those for people", () => {
    expect(productOf(oddRecords[0]).category).toMatchObject({
      name: "Lamps &amp; Lighting",
      title: "Lamps & Lighting",
    });
  });
});

describe("a record", () => {
  const nothings: { nothing: unknown }[] = [[], "", null, false, undefined].map((nothing) => ({ nothing }));

  it.each(nothings)("with $nothing in every optional field is a product", ({ nothing }) => {
    const bare = Object.fromEntries(Object.keys(documented).map((field) => [field, nothing]));
    const { id, status, asset_type, categories, downloads } = documented;
    const product = productOf({
      ...bare,
      id,
      status,
      asset_type,
      categories,
      downloads,
      "sub-categories": documented["sub-categories"],
    });
    expect(product).toMatchObject({
      name: "",
      title: "Product 132602",
      dateModified: "",
      licence: { value: "", label: "", isDocumented: false },
      polygonCount: null,
      dimensions: null,
      isFreebie: false,
      images: [],
      tags: [],
      thumbnailUrl: null,
      permalink: null,
    });
  });

  it.each(nothings)("with $nothing where something is needed is unlisted", ({ nothing }) => {
    for (const [field, reason] of [
      ["downloads", "no downloads"],
      ["asset_type", "no asset type"],
      ["categories", "no category"],
      ["sub-categories", "no sub-category"],
    ] as const) {
      expect(skippedOf({ ...documented, [field]: nothing })).toEqual({
        kind: "unlisted",
        reason,
        productId: 132602,
        name: "Hanging Women Top 02",
      });
    }
  });

  it.each([
    ["id", undefined, "no id"],
    ["id", "12a", "id is not a positive whole number"],
    ["id", -1, "id is not a positive whole number"],
    ["id", 2 ** 60, "id is not a positive whole number"],
    ["status", 7.5, "status is 7.5"],
    ["status", {}, "no status"],
    ["downloads", "x", "downloads is not a list"],
    ["downloads", [{ id: "a" }, null, 7], "no download has an id and a name"],
    ["categories", { id: 1 }, "categories has no name"],
    ["categories", "Wood", "categories has no name"],
    ["sub-categories", [{ id: 1 }], "no sub-category has a name"],
  ])("with %s = %j is skipped: %s", (field, value, reason) => {
    expect(skippedOf({ ...documented, [field]: value })?.reason).toBe(reason);
  });

  it("reads every spelling that was seen or may be feared", () => {
    const product = productOf({
      ...documented,
      id: " 132602 ",
      name: "Chairs &amp; Tables\u001b[2J &#8211; 1&#215;2",
      is_freebie: "1",
      polygon_count: "1,055,017",
      "license-type": 2,
      blender_version: 7,
      categories: [documented.categories],
      "sub-categories": { "2": { id: "5", name: "A&amp;B", slug: "a-b" } },
      downloads: { "1": { id: 77, name: "x.zip" }, "3": "broken" },
      tags: [{ name: "red" }, "blue", null, ""],
      images: [null, { id: "4", src: "javascript:x", date_modified: false }],
      thumbnail_src: "ftp://x",
      made_up: { a: 1 },
      "another-new-field": [],
    });
    expect(product).toMatchObject({
      id: 132602,
      name: "Chairs &amp; Tables\u001b[2J &#8211; 1&#215;2",
      title: "Chairs & Tables [2J – 1×2",
      isFreebie: true,
      polygonCount: 1_055_017,
      licence: { value: "2", label: "Editorial" },
      blenderVersion: { value: "7", label: "v4.3+" },
      category: { name: "Clothing" },
      subCategories: [{ id: 5, name: "A&amp;B", title: "A&B", slug: "a-b" }],
      downloads: [{ id: "77", name: "x.zip" }],
      tags: ["red", "blue"],
      images: [{ id: 4, name: "", url: null, thumbnailUrl: null, dateModified: null }],
      thumbnailUrl: null,
      other: { made_up: { a: 1 }, "another-new-field": [] },
    });
  });

  it("that repeats an id is reported, and the first one stays", async () => {
    const { products, skipped } = await parseProducts({ records: [documented, { ...documented, name: "Again" }] });
    expect(products.map(({ name }) => name)).toEqual(["Hanging Women Top 02"]);
    expect(skipped).toEqual([
      { index: 1, kind: "unreadable", reason: "its id was used by record 0 already", productId: 132602, name: "Again" },
    ]);
  });

  it("with a field called __proto__ changes no prototype", () => {
    const record = JSON.parse(`{"__proto__":{"polluted":1},${JSON.stringify(documented).slice(1)}`);
    const product = productOf(record);
    expect((product.other as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("any record whatsoever", () => {
  it("is read without throwing", () => {
    const read = createProductReader();
    const fields = Object.keys(documented);
    const value = fc.jsonValue({ maxDepth: 3 });
    const mutated = fc
      .dictionary(fc.constantFrom(...fields, "tags", "new"), value)
      .map((changes) => ({ ...documented, ...changes }));
    fc.assert(
      fc.property(fc.oneof(value, mutated, fc.anything()), (record) => {
        const reading = read(record);
        if ("skipped" in reading) {
          expect(reading.skipped.reason).not.toBe("");
          return;
        }
        const { product } = reading;
        expect(Number.isSafeInteger(product.id) && product.id > 0).toBe(true);
        expect(product.title).not.toBe("");
        expect(product.downloads.length).toBeGreaterThan(0);
        expect(product.subCategories.length).toBeGreaterThan(0);
        for (const url of [product.thumbnailUrl, product.permalink]) expect(url ?? "http://").toMatch(/^https?:\/\//i);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is counted: a product or a skipped one, in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom(...oddRecords))), async (records) => {
        const { products, skipped } = await parseProducts({ records });
        expect(products.length + skipped.length).toBe(records.length);
        expect(skipped.map(({ index }) => index)).toEqual(skipped.map(({ index }) => index).sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});

describe("a long feed", () => {
  it("lets others run in between, and ends when it is aborted", async () => {
    const records = Array.from({ length: 10_000 }, (_, index) => ({ ...documented, id: index + 1 }));
    let turns = 0;
    const count = () => {
      turns += 1;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    await parseProducts({ records });
    clearImmediate(immediate);
    expect(turns).toBeGreaterThanOrEqual(4);
    await expect(parseProducts({ records, signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: "aborted" });
  });
});
