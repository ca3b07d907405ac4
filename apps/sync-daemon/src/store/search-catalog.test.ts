import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assetTypes, type Product } from "../domain/product.ts";
import {
  type ChoiceKey,
  choiceKeys,
  type ProductFilter,
  type ProductMarks,
  type ProductSort,
} from "../domain/product-filter.ts";
import { noFilter, noMarks, searchCatalog } from "./__fixtures__/search-catalog.ts";
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

const word = fc.constantFrom(
  "Oak",
  "oakwood",
  "Café",
  "Ébène",
  "Smörgås",
  "chair",
  "CHAIR",
  "4k",
  "O&amp;K",
  "wide–angle",
);
const typed = fc.constantFrom(
  "o",
  "oak",
  "OAK",
  "cafe",
  "Cafés",
  "ebe",
  "smor",
  "ch",
  "chair",
  "4",
  "k",
  "wide",
  "ngle",
  "&",
  "o k",
);
const nameOf = (...names: string[]) =>
  fc
    .constantFrom(...names)
    .map((title) => ({ name: title.replaceAll("&", "&amp;"), title, slug: title.toLowerCase() }));
const labelled = (...labels: string[]) => fc.constantFrom(...labels).map((label) => ({ value: label, label }));
const someProduct = fc.record({
  id: fc.integer({ min: 1, max: 60 }),
  title: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" ")),
  slug: word.map((one) => one.toLowerCase()),
  tags: fc.array(word, { maxLength: 2 }),
  revision: fc.constantFrom("2026-01-01T00:00:00", "2026-01-02T00:00:00", "2025-12-31T23:59:59", ""),
  assetType: fc.constantFrom(...assetTypes),
  category: nameOf("Furniture", "Décor", "Tables & Desks"),
  subCategory: nameOf("Chairs", "chairs", "Vases"),
  licence: labelled("Royalty free", "Editorial"),
  blenderVersion: labelled("4.2", "3.6", "unknown"),
  polygonCount: fc.constantFrom(null, 0, 10, 10, 99, 1_000),
  isFreebie: fc.boolean(),
});
const someCatalog = fc
  .uniqueArray(someProduct, { selector: ({ id }) => id, minLength: 1, maxLength: 60 })
  .map((list) => list.map(({ id, ...changes }) => makeProduct(id, changes)));

const flag = fc.option(fc.boolean(), { nil: undefined });
const few = (...names: string[]) => fc.array(fc.constantFrom(...names), { maxLength: 2 });
const someFilter: fc.Arbitrary<ProductFilter> = fc.record({
  text: fc.oneof(
    fc.constant(""),
    typed,
    fc.tuple(typed, typed).map((two) => two.join(" ")),
  ),
  assetType: few(...assetTypes),
  category: few("Furniture", "decor", "Tables & Desks", "no such"),
  subCategory: few("Chairs", "CHAIRS", "Vases"),
  licence: few("Royalty free", "Editorial"),
  blenderVersion: few("4.2", "3.6"),
  minPolygons: fc.constantFrom(undefined, undefined, 0, 10, 11),
  maxPolygons: fc.constantFrom(undefined, undefined, 10, 99),
  freebie: flag,
  onDisk: flag,
  updateWaiting: flag,
  favourite: flag,
  minLeft: fc.constantFrom(undefined, undefined, 1, 2, 4),
});
/** One key at a time, so that each is looked at alone as well as with the others. */
const someFilterOrPart = fc.oneof(
  someFilter,
  fc
    .tuple(
      someFilter,
      fc.constantFrom(
        ...(Object.keys(noFilter) as (keyof ProductFilter)[]),
        "freebie",
        "onDisk",
        "favourite",
        "updateWaiting",
        "minLeft",
        "minPolygons",
        "maxPolygons",
      ),
    )
    .map(([filter, key]) => ({ ...noFilter, [key]: filter[key as keyof ProductFilter] })),
);
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 70 }), { maxLength: 20 }).map((list) => new Set(list));
const someMarks: fc.Arbitrary<ProductMarks> = fc.record({
  onDisk: ids,
  updateWaiting: ids,
  favourites: ids,
  left: fc.record({
    byProduct: fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 4 })), {
        selector: ([id]) => id,
      })
      .map((pairs) => new Map(pairs)),
    otherwise: fc.constant(4),
  }),
});

/** Asked with again and again and in turn, since places of marks are remembered. */
const threeMarks = fc.tuple(someMarks, someMarks, someMarks);

// What the contract says, once more and as simply as it can be written.
const plain = (text: string): string =>
  text.replaceAll("&amp;", "&").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsIn = (text: string): string[] => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const chosenNameOf = (product: Product, key: ChoiceKey): string =>
  ({
    assetType: product.assetType,
    category: product.category.title,
    subCategory: product.subCategory.title,
    licence: product.licence.label,
    blenderVersion: product.blenderVersion.label,
  })[key];

/** The keys of the filter that the product fails. */
function failedKeys(
  product: Product,
  filter: ProductFilter,
  marks: ProductMarks,
  all: readonly Product[],
): Set<string> {
  const failed = new Set<string>();
  const demand = (key: string, holds: boolean) => void (holds || failed.add(key));
  const { title, slug, tags, category, subCategory, polygonCount, id } = product;
  const words = wordsIn([title, slug, ...tags, category.title, subCategory.title].join(" "));
  demand(
    "text",
    wordsIn(filter.text).every((wanted) => words.some((one) => one.startsWith(wanted))),
  );
  for (const key of choiceKeys) {
    const name = chosenNameOf(product, key);
    const isMeant = (wanted: string) =>
      all.some((other) => chosenNameOf(other, key) === wanted) ? name === wanted : plain(name) === plain(wanted);
    demand(key, filter[key].length === 0 || filter[key].some(isMeant));
  }
  const { minPolygons, maxPolygons, minLeft } = filter;
  demand("polygons", minPolygons === undefined || (polygonCount !== null && polygonCount >= minPolygons));
  demand("polygons", maxPolygons === undefined || (polygonCount !== null && polygonCount <= maxPolygons));
  const isAs = (wanted: boolean | undefined, is: boolean) => wanted === undefined || wanted === is;
  demand("freebie", isAs(filter.freebie, product.isFreebie));
  demand("onDisk", isAs(filter.onDisk, marks.onDisk.has(id)));
  demand("updateWaiting", isAs(filter.updateWaiting, marks.updateWaiting.has(id)));
  demand("favourite", isAs(filter.favourite, marks.favourites.has(id)));
  demand("left", (marks.left.byProduct.get(id) ?? marks.left.otherwise) >= (minLeft ?? 0));
  return failed;
}

function inOrder(products: readonly Product[], sort: ProductSort, text: string): number[] {
  const wanted = wordsIn(text);
  const tier = ({ title }: Product): number => {
    if (wanted.every((one) => wordsIn(title).includes(one))) return 1;
    return wanted.every((one) => wordsIn(title).some((other) => other.startsWith(one))) ? 2 : 3;
  };
  const titleOf = ({ title }: Product) => title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const compare = (one: string | number, other: string | number) => (one === other ? 0 : one < other ? -1 : 1);
  const rules: Record<ProductSort, (one: Product, other: Product) => number> = {
    relevance: (one, other) => (wanted.length === 0 ? 0 : tier(one) - tier(other)) || rules.title(one, other),
    title: (one, other) => compare(titleOf(one), titleOf(other)),
    newest: (one, other) => -compare(one.revision, other.revision),
    polygons: (one, other) => compare(one.polygonCount ?? 1e9, other.polygonCount ?? 1e9),
  };
  return products.toSorted((one, other) => rules[sort](one, other) || one.id - other.id).map(({ id }) => id);
}

test("every filter, alone and with others, finds what a plain look at each product finds, in the same order", () => {
  let builds = 0;
  let matches = 0;
  const question = fc.tuple(
    someFilterOrPart,
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom<ProductSort>("relevance", "title", "newest", "polygons"),
    fc.integer({ min: 1, max: 25 }),
  );
  fc.assert(
    fc.property(
      someCatalog,
      threeMarks,
      fc.array(question, { minLength: 30, maxLength: 30 }),
      (products, given, questions) => {
        builds += 1;
        replaceCatalog(home.store, {
          catalogRevision: `r${builds}`,
          products,
          skipped: [],
          catalogFiles: emptyCatalogFiles,
        });
        for (const [filter, which, sort, limit] of questions) {
          const marks = given[which] ?? noMarks;
          const matching = products.filter((product) => failedKeys(product, filter, marks, products).size === 0);
          const found: number[] = [];
          // Page after page, so that one that overlaps or misses something shows as well.
          for (let offset = 0; ; offset += limit) {
            const page = searchCatalog(catalogs, { ...filter, sort, limit, offset }, marks);
            expect(page.total, JSON.stringify(filter)).toBe(matching.length);
            found.push(...page.ids);
            if (page.ids.length === 0) break;
          }
          expect(found, JSON.stringify({ filter, sort })).toEqual(inOrder(matching, sort, filter.text));
          matches += matching.length;
        }
      },
    ),
    { numRuns: 25 },
  );
  // A filter that never leaves anything would prove nothing.
  expect(matches).toBeGreaterThan(500);
});

test("facets count what a further choice would leave, whatever is chosen in the facet itself", () => {
  let builds = 0;
  fc.assert(
    fc.property(
      someCatalog,
      threeMarks,
      fc.array(fc.tuple(someFilterOrPart, fc.integer({ min: 0, max: 2 })), { minLength: 30, maxLength: 30 }),
      (products, given, questions) => {
        builds += 1;
        replaceCatalog(home.store, {
          catalogRevision: `r${builds}`,
          products,
          skipped: [],
          catalogFiles: emptyCatalogFiles,
        });
        for (const [filter, which] of questions) {
          const marks = given[which] ?? noMarks;
          const facets = catalogs.countFacets(filter, { marks, limit: 4 });
          if (facets === undefined) throw new Error("There is a catalog.");
          /** Products that fail nothing but what belongs to this facet. */
          const open = (key: string) =>
            products.filter((product) =>
              [...failedKeys(product, filter, marks, products)].every((failed) => failed === key),
            );
          expect(facets.total).toBe(open("").length);
          for (const key of choiceKeys) {
            const counts = Object.fromEntries(
              facets[key].map(({ value, count }) => [value, count]).filter(([, count]) => count !== 0),
            );
            const expected = Map.groupBy(open(key), (product) => chosenNameOf(product, key));
            expect(counts, key).toEqual(Object.fromEntries([...expected].map(([name, list]) => [name, list.length])));
          }
          expect(facets.freebie).toBe(open("freebie").filter(({ isFreebie }) => isFreebie).length);
          expect(facets.onDisk).toBe(open("onDisk").filter(({ id }) => marks.onDisk.has(id)).length);
          expect(facets.updateWaiting).toBe(
            open("updateWaiting").filter(({ id }) => marks.updateWaiting.has(id)).length,
          );
          expect(facets.favourite).toBe(open("favourite").filter(({ id }) => marks.favourites.has(id)).length);
          const lefts = open("left").map(({ id }) => marks.left.byProduct.get(id) ?? 4);
          expect(facets.left).toEqual([0, 1, 2, 3, 4].map((left) => lefts.filter((one) => one === left).length));
          const polygons = open("polygons").flatMap(({ polygonCount }) =>
            polygonCount === null ? [] : [polygonCount],
          );
          expect(facets.polygons).toEqual(
            polygons.length === 0 ? null : { min: Math.min(...polygons), max: Math.max(...polygons) },
          );
        }
      },
    ),
    { numRuns: 15 },
  );
});

test("a choice that would leave nothing stays in its facet, so that it can be taken back", () => {
  replaceCatalog(home.store, {
    catalogRevision: "r",
    products: [makeProduct(1)],
    skipped: [],
    catalogFiles: emptyCatalogFiles,
  });
  const facets = catalogs.countFacets(
    { ...noFilter, category: ["furniture"], assetType: ["fx", "model"], freebie: true },
    {
      marks: {
        onDisk: new Set(),
        updateWaiting: new Set(),
        favourites: new Set(),
        left: { byProduct: new Map(), otherwise: 4 },
      },
      limit: 4,
    },
  );
  expect(facets).toMatchObject({
    total: 0,
    category: [{ value: "Furniture", label: "Furniture", count: 0 }],
    assetType: [{ value: "model", count: 0 }],
  });
});

test("hundreds of words are each looked for", () => {
  const titles = Array.from({ length: 300 }, (_, index) => `w${index}x`).join(" ");
  replaceCatalog(home.store, {
    catalogRevision: "r",
    products: [makeProduct(1, { title: titles }), makeProduct(2)],
    skipped: [],
    catalogFiles: emptyCatalogFiles,
  });
  expect(searchCatalog(catalogs, { text: titles }).ids).toEqual([1]);
  expect(searchCatalog(catalogs, { text: `${titles} zebra` }).ids).toEqual([]);
});
