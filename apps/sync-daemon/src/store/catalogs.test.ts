import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Product } from "../domain/product.ts";
import {
  createTemporaryHome,
  emptyCatalogFiles,
  makeProduct,
  replaceCatalog,
  type TemporaryHome,
} from "./__fixtures__/temporary-home.ts";
import type { Catalogs } from "./catalogs.ts";

let home: TemporaryHome;
let catalogs: Catalogs;

beforeEach(() => {
  home = createTemporaryHome();
  catalogs = home.open().catalogs;
});
afterEach(() => home.remove());

const replaceBy = (catalogRevision: string, products: Iterable<Product>) =>
  replaceCatalog(home.store, { catalogRevision, products, skipped: [], catalogFiles: emptyCatalogFiles });
const idsOf = (products: Iterable<Product>): number[] => [...products].map(({ id }) => id);
const found = (text: string): number[] => idsOf(catalogs.searchProducts({ text, limit: 10, offset: 0 }).products);

test("an empty store has no catalog", () => {
  expect(catalogs.currentRevision()).toBe(null);
  expect(catalogs.countProducts()).toBe(0);
  expect([...catalogs.listPages()].flat()).toEqual([]);
  expect(catalogs.servedCatalogFile("model")).toBe(null);
  expect(catalogs.mergedCatalogFile("model")).toBe(null);
});

test("replacing writes what differs and keeps the rest", () => {
  const [one, two, three] = [makeProduct(1), makeProduct(2), makeProduct(3)];
  expect(replaceBy("a", [one, two])).toEqual({ added: 2, changed: 0, removed: 0 });
  expect(replaceBy("b", [two, one])).toEqual({ added: 0, changed: 0, removed: 0 });
  const newer = { ...two, revision: "2026-06-01T00:00:00" };
  expect(replaceBy("c", [newer, three, makeProduct(3, { title: "A second one of that id" })])).toEqual({
    added: 1,
    changed: 1,
    removed: 1,
  });

  catalogs = home.open().catalogs;
  expect(catalogs.currentRevision()).toBe("c");
  expect(catalogs.countProducts()).toBe(2);
  expect([...catalogs.listPages()].flat()).toEqual([newer, three]);
});

test("a throw in the middle leaves the old catalog and its watermark", () => {
  replaceBy("a", [makeProduct(1), makeProduct(2)]);
  catalogs.markCatalogFileMerged("model", "VERSION 1\nmerged\n");
  function* cutShort() {
    yield makeProduct(3);
    yield makeProduct(1, { title: "Changed" });
    throw new Error("The power went.");
  }
  expect(() => replaceBy("b", cutShort())).toThrow("The power went.");

  catalogs = home.open().catalogs;
  expect(catalogs.currentRevision()).toBe("a");
  expect([...catalogs.listPages()].flat()).toEqual([makeProduct(1), makeProduct(2)]);
  expect(found("changed")).toEqual([]);
  expect(found("oak")).toEqual([1, 2]);
  expect(replaceBy("b", [makeProduct(1)])).toMatchObject({ removed: 1 });
});

test("a withdrawn product leaves its name until it is offered again", () => {
  replaceBy("a", [makeProduct(1), makeProduct(2)]);
  replaceBy("b", [makeProduct(1)]);
  expect(catalogs.findProduct(2)).toBeUndefined();
  expect(catalogs.findWithdrawn(2)).toMatchObject({ product: { id: 2, slug: "oak-table-2", title: "Oak Table 2" } });
  expect(catalogs.findWithdrawn("OAK-table-2")?.withdrawnAtMs).toBeGreaterThan(0);
  expect(catalogs.findWithdrawn(1)).toBeUndefined();
  expect(catalogs.searchProducts({ text: "oak", limit: 10, offset: 0 })).toEqual({
    total: 1,
    products: [makeProduct(1)],
  });
  replaceBy("c", [makeProduct(1), makeProduct(2)]);
  expect(catalogs.findWithdrawn(2)).toBeUndefined();
  expect(catalogs.findProduct("oak-table-2")).toEqual(makeProduct(2));
});

test("found by number, number as text, or slug", () => {
  replaceBy("a", [makeProduct(1), makeProduct(2, { slug: "1" }), makeProduct(3, { slug: "2024" })]);
  expect(catalogs.findProduct(1)?.id).toBe(1);
  expect(catalogs.findProduct("1")?.id).toBe(1);
  expect(catalogs.findProduct("2024")?.id).toBe(3);
  expect(catalogs.findProduct("Oak-Table-1")?.id).toBe(1);
  expect(catalogs.findProduct(2024)).toBeUndefined();
  expect(catalogs.findProduct("no-such-thing")).toBeUndefined();
});

describe("search", () => {
  beforeEach(() => {
    replaceBy("a", [
      makeProduct(1, { title: "Café Chair", slug: "cafe-chair", tags: ["wood &amp; steel"] }),
      makeProduct(2, { title: "Ébène Stool", slug: "ebene-stool", tags: ["chair"] }),
      makeProduct(3, {
        title: "Smörgås “Board”",
        slug: "board",
        tags: ["caf&#233;"],
        category: { name: "Food", title: "Food", slug: "food" },
      }),
    ]);
  });

  test.each([
    ["cafe", [1, 3]],
    ["CAFÉ cha", [1]],
    ["cafe&#769;", [1, 3]],
    ["ebene", [2]],
    ["chair", [1, 2]],
    ["steel", [1]],
    ["smorg", [3]],
    ["ﬁre", []],
    ["food", [3]],
    ["tables desks board", [3]],
    ["chair nothing", []],
    ["", [3, 1, 2]],
    ["***", [3, 1, 2]],
    ['"chair" OR board', []],
    ["title:chair", []],
    ["cafe-chair", [1]],
  ])("%s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("in pages, with the number of all", () => {
    expect(catalogs.searchProducts({ text: "chair", limit: 1, offset: 1 })).toEqual({
      total: 2,
      products: [catalogs.findProduct(2)],
    });
    expect(catalogs.searchProducts({ text: "", limit: 2, offset: 2 }).total).toBe(3);
  });
});

test("skipped records are those of the last catalog", () => {
  const skipped = [
    { index: 0, productId: 7, name: "Broken", reason: "It offers no zip." },
    { index: 9, productId: null, name: null, reason: "It is no object." },
  ];
  replaceCatalog(home.store, { catalogRevision: "a", products: [], skipped, catalogFiles: emptyCatalogFiles });
  expect(catalogs.listSkipped()).toEqual(skipped);
  replaceBy("b", []);
  expect(catalogs.listSkipped()).toEqual([]);
});

test("the base of a merge is what was merged, whatever is served since", () => {
  replaceCatalog(home.store, {
    catalogRevision: "a",
    products: [],
    skipped: [],
    catalogFiles: { ...emptyCatalogFiles, fx: "first" },
  });
  expect(catalogs.mergedCatalogFile("fx")).toBe(null);
  catalogs.markCatalogFileMerged("fx", "first");
  replaceCatalog(home.store, {
    catalogRevision: "b",
    products: [],
    skipped: [],
    catalogFiles: { ...emptyCatalogFiles, fx: "second" },
  });
  catalogs = home.open().catalogs;
  expect(catalogs.servedCatalogFile("fx")).toBe("second");
  expect(catalogs.mergedCatalogFile("fx")).toBe("first");
});

test("products may be replaced while they are being listed", () => {
  const many = Array.from({ length: 1_200 }, (_, index) => makeProduct(index + 1));
  replaceBy("a", many);
  const seen: number[] = [];
  for (const page of catalogs.listPages()) {
    seen.push(...idsOf(page));
    if (seen.length < 300) replaceBy("b", many.slice(0, 1_100));
  }
  expect(seen).toEqual(idsOf(many.slice(0, 1_100)));
});

test("a hundred thousand products", () => {
  function* generate(revision: string) {
    for (let id = 1; id <= 100_000; id += 1) yield makeProduct(id, id % 1_000 === 0 ? { revision } : {});
  }
  expect(replaceBy("a", generate("a"))).toEqual({ added: 100_000, changed: 0, removed: 0 });
  expect(replaceBy("b", generate("b"))).toEqual({ added: 0, changed: 100, removed: 0 });
  expect(home.open().opened.state).toBe("existing");
  catalogs = home.store.catalogs;
  expect(catalogs.countProducts()).toBe(100_000);
  expect(catalogs.searchProducts({ text: "99999", limit: 5, offset: 0 }).products).toEqual([makeProduct(99_999)]);
  let listed = 0;
  for (const page of catalogs.listPages()) listed += page.length;
  expect(listed).toBe(100_000);
});
