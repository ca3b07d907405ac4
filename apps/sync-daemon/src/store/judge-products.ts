import { choiceKeys, type ProductFilter, type ProductMarks } from "../domain/product-filter.ts";
import { foldText } from "../domain/wanted.ts";
import type { CatalogColumns } from "./catalog-columns.ts";

/** How a product matches a text: not at all, or the better the lower. */
export const textTiers = { none: 0, wholeTitle: 1, title: 2, elsewhere: 3 } as const;

/** One bit for each key of a filter, set where a product fails it. */
export const failedBits = {
  text: 1,
  assetType: 2,
  category: 4,
  subCategory: 8,
  licence: 16,
  blenderVersion: 32,
  polygons: 64,
  freebie: 128,
  onDisk: 256,
  updateWaiting: 512,
  favourite: 1024,
  left: 2048,
} as const satisfies Record<string, number>;

/** Every product judged by a filter: which keys it fails, by place. */
export interface Judgement {
  readonly failed: Uint16Array;
  /** 1 where the product is marked so. */
  readonly onDisk: Uint8Array;
  readonly updateWaiting: Uint8Array;
  readonly favourites: Uint8Array;
  /** Downloads left. */
  readonly left: Uint32Array;
}

/**
 * Judges all products at once, one key after the other: short loops over columns, about a tenth of a millisecond per key
 * for 100,000 products. `tiers` says how each place matches the filter's text; undefined where there is no text.
 */
export function judgeProducts(
  columns: CatalogColumns,
  filter: ProductFilter,
  given: { marks: ProductMarks; tiers: Uint8Array | undefined },
): Judgement {
  const { size } = columns;
  const { marks, tiers } = given;
  const failed = new Uint16Array(size);
  const fail = (bit: number, column: ArrayLike<number>, passes: (value: number) => boolean): void => {
    for (let place = 0; place < size; place += 1) {
      if (!passes(column[place] ?? 0)) failed[place] = (failed[place] ?? 0) | bit;
    }
  };
  const markPlaces = (ids: Iterable<number>): Uint8Array => {
    const marked = new Uint8Array(size);
    for (const id of ids) {
      const place = findPlace(columns, id);
      if (place !== undefined) marked[place] = 1;
    }
    return marked;
  };
  const judgement: Judgement = {
    failed,
    onDisk: markPlaces(marks.onDisk),
    updateWaiting: markPlaces(marks.updateWaiting),
    favourites: markPlaces(marks.favourites),
    left: leftByPlace(columns, marks.left),
  };

  if (tiers !== undefined) fail(failedBits.text, tiers, (tier) => tier !== textTiers.none);
  for (const key of choiceKeys) {
    if (filter[key].length === 0) continue;
    const chosen = chooseNames(columns.names[key], filter[key]);
    const allowed = Uint8Array.from(columns.names[key], (name) => (chosen.has(name) ? 1 : 0));
    fail(failedBits[key], columns.choices[key], (number) => allowed[number] === 1);
  }
  const { minPolygons, maxPolygons, minLeft } = filter;
  // A product without a count is in no range.
  if (minPolygons !== undefined) fail(failedBits.polygons, columns.polygons, (count) => count >= minPolygons);
  if (maxPolygons !== undefined) fail(failedBits.polygons, columns.polygons, (count) => count <= maxPolygons);
  if (minLeft !== undefined) fail(failedBits.left, judgement.left, (left) => left >= minLeft);
  const failFlag = (bit: number, flags: Uint8Array, wanted: boolean | undefined): void => {
    if (wanted !== undefined) fail(bit, flags, (flag) => (flag === 1) === wanted);
  };
  failFlag(failedBits.freebie, columns.freebies, filter.freebie);
  failFlag(failedBits.onDisk, judgement.onDisk, filter.onDisk);
  failFlag(failedBits.updateWaiting, judgement.updateWaiting, filter.updateWaiting);
  failFlag(failedBits.favourite, judgement.favourites, filter.favourite);
  return judgement;
}

/** Which of the names are meant: those to the letter, and where there is none, those in another case or without accents. */
export function chooseNames(names: readonly string[], wanted: readonly string[]): ReadonlySet<string> {
  return new Set(
    wanted.flatMap((one) => {
      if (names.includes(one)) return [one];
      const folded = foldText(one);
      return names.filter((name) => foldText(name) === folded);
    }),
  );
}

function leftByPlace(columns: CatalogColumns, left: ProductMarks["left"]): Uint32Array {
  const byPlace = new Uint32Array(columns.size).fill(left.otherwise);
  for (const [id, ofProduct] of left.byProduct) {
    const place = findPlace(columns, id);
    if (place !== undefined) byPlace[place] = ofProduct;
  }
  return byPlace;
}

/** Where a product stands in the columns; undefined where the catalog does not have it. */
function findPlace({ byId, ids }: CatalogColumns, id: number): number | undefined {
  let [low, high] = [0, byId.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const place = byId[middle] ?? 0;
    const found = ids[place] ?? Number.NaN;
    if (found === id) return place;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
