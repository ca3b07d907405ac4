import type { ProductMarks } from "../domain/product-filter.ts";
import type { CatalogColumns } from "./catalog-columns.ts";

/** What is known of products outside of the catalog, by place in it. Products that it does not have are left out. */
export interface MarkedPlaces {
  readonly onDisk: Uint32Array;
  readonly updateWaiting: Uint32Array;
  readonly favourites: Uint32Array;
  readonly left: {
    /** Products that were ever asked for, and how many downloads each of them has left, in the same order. */
    readonly places: Uint32Array;
    readonly numbers: Uint32Array;
    /** Of all others. */
    readonly otherwise: number;
  };
}

/**
 * Finds the places of marks. What it found is remembered as long as the set itself is, so a set must never be changed:
 * with 20,000 assets on disk, looking again at each keystroke would take longer than the search.
 */
export function createMarkLocator(columns: CatalogColumns): (marks: ProductMarks) => MarkedPlaces {
  const bySet = new WeakMap<ReadonlySet<number>, Uint32Array>();
  const byNumbers = new WeakMap<ReadonlyMap<number, number>, Pick<MarkedPlaces["left"], "places" | "numbers">>();

  const locate = (ids: ReadonlySet<number>): Uint32Array => {
    const known = bySet.get(ids) ?? Uint32Array.from(findPlaces(columns, ids));
    bySet.set(ids, known);
    return known;
  };
  const locateNumbers = (numbers: ReadonlyMap<number, number>) => {
    const known = byNumbers.get(numbers);
    if (known !== undefined) return known;
    const found = [...numbers].flatMap(([id, number]) => {
      const place = findPlace(columns, id);
      return place === undefined ? [] : [{ place, number }];
    });
    const located = {
      places: Uint32Array.from(found, ({ place }) => place),
      numbers: Uint32Array.from(found, ({ number }) => number),
    };
    byNumbers.set(numbers, located);
    return located;
  };
  return ({ onDisk, updateWaiting, favourites, left }) => ({
    onDisk: locate(onDisk),
    updateWaiting: locate(updateWaiting),
    favourites: locate(favourites),
    left: { ...locateNumbers(left.byProduct), otherwise: left.otherwise },
  });
}

function* findPlaces(columns: CatalogColumns, ids: Iterable<number>): Generator<number> {
  for (const id of ids) {
    const place = findPlace(columns, id);
    if (place !== undefined) yield place;
  }
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
