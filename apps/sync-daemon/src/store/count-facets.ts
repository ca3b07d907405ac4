import type { ChoiceKey, FacetChoice, ProductFacets, ProductFilter } from "../domain/product-filter.ts";
import type { CatalogColumns } from "./catalog-columns.ts";
import { chooseNames, failedBits } from "./judge-products.ts";
import type { MarkedPlaces } from "./marked-places.ts";

/**
 * Counts what each further choice would leave. A product counts for a facet when it fails no key but that facet's own.
 * `failed` says which keys each fails; `limit`: the most downloads a product can have left.
 */
export function countFacets(
  columns: CatalogColumns,
  failed: Uint16Array,
  asked: { filter: ProductFilter; marked: MarkedPlaces; limit: number },
): ProductFacets {
  const { filter, marked, limit } = asked;
  const choose = (key: ChoiceKey): FacetChoice[] => {
    const names = columns.names[key];
    const counts = countNumbers(columns.choices[key], failed, { bit: failedBits[key], numbers: names.length });
    const chosen = chooseNames(names, filter[key]);
    return names
      .map((name, number) => ({ value: name, label: name, count: counts[number] ?? 0 }))
      .filter(({ value, count }) => count > 0 || chosen.has(value))
      .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
  };
  return {
    total: countPassing(failed, 0),
    assetType: choose("assetType"),
    category: choose("category"),
    subCategory: choose("subCategory"),
    licence: choose("licence"),
    blenderVersion: choose("blenderVersion"),
    freebie: countFlags(columns.freebies, failed, failedBits.freebie),
    onDisk: countPlaces(marked.onDisk, failed, failedBits.onDisk),
    updateWaiting: countPlaces(marked.updateWaiting, failed, failedBits.updateWaiting),
    favourite: countPlaces(marked.favourites, failed, failedBits.favourite),
    left: countLeft(marked.left, failed, limit),
    polygons: rangeOf(columns.polygons, failed),
  };
}

/** Fails nothing, or nothing but this. */
const failsOnly = (keys: number | undefined, bit: number): boolean => keys === 0 || keys === bit;

/** How many fail nothing, or nothing but this. */
function countPassing(failed: Uint16Array, bit: number): number {
  let count = 0;
  for (let place = 0; place < failed.length; place += 1) if (failsOnly(failed[place], bit)) count += 1;
  return count;
}

function countFlags(flags: Uint8Array, failed: Uint16Array, bit: number): number {
  let count = 0;
  for (let place = 0; place < flags.length; place += 1) {
    if (flags[place] === 1 && failsOnly(failed[place], bit)) count += 1;
  }
  return count;
}

function countPlaces(places: Uint32Array, failed: Uint16Array, bit: number): number {
  let count = 0;
  for (const place of places) if (failsOnly(failed[place], bit)) count += 1;
  return count;
}

function countNumbers(
  column: Uint32Array,
  failed: Uint16Array,
  { bit, numbers }: { bit: number; numbers: number },
): Uint32Array {
  const counts = new Uint32Array(numbers);
  for (let place = 0; place < column.length; place += 1) {
    if (!failsOnly(failed[place], bit)) continue;
    const number = column[place] ?? 0;
    counts[number] = (counts[number] ?? 0) + 1;
  }
  return counts;
}

/** All have what products never asked for have left; then those that were asked for are moved to where they belong. */
function countLeft(left: MarkedPlaces["left"], failed: Uint16Array, limit: number): number[] {
  const counts = new Map([[left.otherwise, countPassing(failed, failedBits.left)]]);
  const add = (number: number, count: number) => counts.set(number, (counts.get(number) ?? 0) + count);
  for (const [index, place] of left.places.entries()) {
    if (!failsOnly(failed[place], failedBits.left)) continue;
    add(left.otherwise, -1);
    add(left.numbers[index] ?? 0, 1);
  }
  return Array.from({ length: limit + 1 }, (_, number) => counts.get(number) ?? 0);
}

function rangeOf(polygons: Float64Array, failed: Uint16Array): ProductFacets["polygons"] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let place = 0; place < polygons.length; place += 1) {
    const count = polygons[place] ?? Number.NaN;
    if (!failsOnly(failed[place], failedBits.polygons) || Number.isNaN(count)) continue;
    if (count < min) min = count;
    if (count > max) max = count;
  }
  return min > max ? null : { min, max };
}
