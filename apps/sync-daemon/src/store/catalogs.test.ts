import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assetTypes, type Product } from "../domain/product.ts";
import { findRule } from "../domain/wanted.ts";
import { overwrite } from "./__fixtures__/damage.ts";
import { searchCatalog } from "./__fixtures__/search-catalog.ts";
import {
  createTemporaryHome,
  emptyCatalogFiles,
  makeProduct,
  planFor,
  replaceCatalog,
  type TemporaryHome,
} from "./__fixtures__/temporary-home.ts";
import { buildCatalogDatabase } from "./build-catalog-database.ts";
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
const found = (text: string): number[] => searchCatalog(catalogs, { text }).ids;

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
  expect(searchCatalog(catalogs, { text: "oak" })).toMatchObject({ total: 1, ids: [1] });
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
    ["", [1, 2, 3]],
    ["***", [1, 2, 3]],
    ['"chair" OR board', []],
    ["title:chair", []],
    ["cafe-chair", [1]],
  ])("%s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("in pages, with the number of all", () => {
    expect(searchCatalog(catalogs, { text: "chair", limit: 1, offset: 1 })).toMatchObject({ total: 2, ids: [2] });
    expect(searchCatalog(catalogs, { text: "", limit: 2, offset: 2 }).total).toBe(3);
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
    if (seen.length === 100) replaceBy("b", many.slice(0, 1_100));
  }
  expect(seen).toEqual(idsOf(many.slice(0, 1_100)));
});

describe("a catalog database that is not as it was left", () => {
  const fileOf = (): string => {
    const path = catalogs.currentPath();
    if (path === null) throw new Error("There is no catalog.");
    return path;
  };
  const change = (sql: string): void => {
    const database = new DatabaseSync(fileOf());
    database.exec(sql);
    database.close();
  };
  beforeEach(() => {
    replaceBy(
      "a",
      Array.from({ length: 600 }, (_, index) => makeProduct(index + 1)),
    );
    catalogs.markCatalogFileMerged("model", "merged");
  });

  test.each<[string, (path: string) => void]>([
    ["missing", (path) => rmSync(path)],
    ["empty", (path) => truncateSync(path, 0)],
    [
      "a folder",
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    ["no database", (path) => writeFileSync(path, "<!doctype html>")],
    ["of another version", () => change("PRAGMA user_version = 9999")],
    ["another program's", () => change("PRAGMA application_id = 1")],
    ["of another catalog", () => change("UPDATE catalog SET revision = 'b'")],
    ["without its tables", () => change("DROP TABLE facts")],
  ])("%s at the start: said, let go of, and nothing else is lost", (_, damage) => {
    const path = fileOf();
    home.close();
    catalogs = home.open().catalogs;
    damage(path);
    catalogs = home.open().catalogs;
    expect(home.store.opened.state).toBe("existing");
    expect(catalogs.notice).toContain("costs no download");
    expect([catalogs.currentRevision(), catalogs.countProducts(), catalogs.lastKnownSize()]).toEqual([null, 0, 600]);
    expect([catalogs.findProduct(1), catalogs.findSkipped(1), catalogs.servedCatalogFile("model")]).toEqual([
      undefined,
      undefined,
      null,
    ]);
    expect(catalogs.mergedCatalogFile("model")).toBe("merged");
    expect(readdirSync(catalogs.folder)).toEqual([]);
    replaceBy("a", [makeProduct(1)]);
    catalogs = home.open().catalogs;
    expect([catalogs.notice, catalogs.currentRevision()]).toEqual([null, "a"]);
  });

  test.each([
    // It would look like an update that a download may be spent on.
    ["a changed product", "UPDATE products SET product = replace(product, '2026-01-01', '2027-01-01') WHERE id = 400"],
    ["a product that an index names and that is not there", "DELETE FROM products WHERE id = 400"],
  ])("%s is never handed out", (_, sql) => {
    change(sql);
    const read = () => catalogs.findProduct("oak-table-400");
    expect(read).toThrow(expect.objectContaining({ code: "state-damaged" }));
    expect(catalogs.currentRevision()).toBe(null);
    expect(read()).toBe(undefined);
    expect(readdirSync(catalogs.folder)).toEqual([]);
    expect(home.open().catalogs.currentRevision()).toBe(null);
  });

  // It would be merged into a file of the person's.
  test("a changed catalog file is never handed out", () => {
    change("UPDATE catalog_files SET served = served || ' '");
    const read = () => catalogs.servedCatalogFile("fx");
    expect(read).toThrow(expect.objectContaining({ code: "state-damaged" }));
    expect([catalogs.currentRevision(), read()]).toEqual([null, null]);
  });

  test("a page of it that was zeroed while it was in use is never taken for its content", () => {
    const bytes = statSync(fileOf()).size;
    for (let page = 1; page < bytes / 4_096; page += 7) overwrite(fileOf(), page * 4_096, () => 0, 4_096);
    const readAll = () => [...catalogs.listPages()].flat();
    expect(readAll).toThrow(expect.objectContaining({ code: "state-damaged" }));
    expect(catalogs.currentRevision()).toBe(null);
  });

  test("an old one that is damaged does not stand in the way of a new one", () => {
    const path = fileOf();
    for (const at of [100, 5_000, 9_000, 40_000]) overwrite(path, at, () => 0xff, 400);
    const catalog = { catalogRevision: "b", products: [makeProduct(1)], skipped: [], catalogFiles: emptyCatalogFiles };
    const built = buildCatalogDatabase({
      path: join(catalogs.folder, "new.db"),
      previous: path,
      catalog,
      nowMs: 1,
    });
    catalogs.adoptCatalog(built);
    expect(catalogs.currentRevision()).toBe("b");
    expect(readdirSync(catalogs.folder)).toEqual(["new.db"]);
  });
});

test("one that is not whole is not put to use, and the one in use stays", () => {
  replaceBy("a", [makeProduct(1)]);
  writeFileSync(join(catalogs.folder, "half.db"), "SQLite format 3");
  const built = { file: "half.db", catalogRevision: "b", products: 1, skipped: 0, added: 1, changed: 0, removed: 0 };
  expect(() => catalogs.adoptCatalog(built)).toThrow("half.db");
  expect(catalogs.currentRevision()).toBe("a");
  expect(catalogs.findProduct(1)).toEqual(makeProduct(1));
});

test("nobody else may read it", () => {
  replaceBy("a", [makeProduct(1)]);
  if (process.platform === "win32") return;
  expect(statSync(catalogs.currentPath() ?? "").mode & 0o777).toBe(0o600);
  expect(statSync(catalogs.folder).mode & 0o777).toBe(0o700);
});

test("what the journal knows and the shop withdrew outlives the catalog's database", () => {
  replaceBy("a", [makeProduct(1), makeProduct(2), makeProduct(3)]);
  planFor(home.store, 2);
  replaceBy("b", [makeProduct(1)]);
  rmSync(catalogs.currentPath() ?? "");
  catalogs = home.open().catalogs;
  expect(catalogs.findWithdrawn(2)?.product).toEqual(makeProduct(2));
  expect(catalogs.findWithdrawn(3)).toBeUndefined();
  replaceBy("c", [makeProduct(2)]);
  expect(catalogs.findWithdrawn(2)).toBeUndefined();
});

test("a rule with an empty tag selects nothing of products without tags", () => {
  replaceBy("a", [makeProduct(1, { tags: [] }), makeProduct(2, { tags: [" "] })]);
  expect([...catalogs.listIdsForRules([{ tag: "\n" }])].flat()).toEqual([2]);
});

test("rules find in the database exactly what they select", () => {
  const words = ["Wood", "Café", "a  b", "&amp; x", "", "İstanbul", "Straße", "\n", "ﬁre", "wood chair"];
  const word = fc.constantFrom(...words);
  const category = fc.record({ name: word, title: word, slug: word });
  const product = fc.record({
    title: word,
    slug: word,
    tags: fc.array(word, { maxLength: 3 }),
    category,
    subCategory: category,
    isFreebie: fc.boolean(),
    assetType: fc.constantFrom(...assetTypes),
  });
  const rule = fc.record(
    {
      freebie: fc.boolean(),
      assetType: fc.constantFrom(...assetTypes),
      category: word,
      subCategory: word,
      tag: word,
      search: word,
      productId: fc.integer({ min: 1, max: 12 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(product, { maxLength: 10 }), fc.array(rule, { maxLength: 3 }), (changes, rules) => {
      const products = changes.map((change, index) => makeProduct(index + 1, change));
      replaceBy("a", products);
      const selected = products.filter((one) => findRule(rules, one) !== undefined);
      expect([...catalogs.listIdsForRules(rules)].flat()).toEqual(idsOf(selected));
    }),
    { numRuns: 60 },
  );
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
  expect(found("99999")).toEqual([99_999]);
  let listed = 0;
  for (const page of catalogs.listPages()) listed += page.length;
  expect(listed).toBe(100_000);
});
