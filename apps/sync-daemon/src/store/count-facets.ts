import type { ChoiceKey, FacetChoice, ProductFacets, ProductFilter } from "../domain/product-filter.ts";
import type { CatalogColumns } from "./catalog-columns.ts";
import { chooseNames, failedBits, type Judgement } from "./judge-products.ts";

/**
 * Counts what each further choice would leave. A product counts for a facet when it fails no key but that facet's own.
 * `limit`: the most downloads a product can have left.
 */
export function countFacets(
  columns: CatalogColumns,
  judgement: Judgement,
  asked: { filter: ProductFilter; limit: number },
): ProductFacets {
  const { failed } = judgement;
  const { filter, limit } = asked;
  const countIf = (bit: number, flags: Uint8Array): number => {
    let count = 0;
    for (let place = 0; place < columns.size; place += 1) {
      if (flags[place] === 1 && failsOnly(failed[place], bit)) count += 1;
    }
    return count;
  };
  const choose = (key: ChoiceKey): FacetChoice[] => {
    const counts = countNumbers(columns.choices[key], failed, {
      bit: failedBits[key],
      numbers: columns.names[key].length,
    });
    const chosen = chooseNames(columns.names[key], filter[key]);
    return columns.names[key]
      .map((name, number) => ({ value: name, label: name, count: counts[number] ?? 0 }))
      .filter(({ value, count }) => count > 0 || chosen.has(value))
      .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
  };
  let total = 0;
  for (const keys of failed) if (keys === 0) total += 1;
  return {
    total,
    assetType: choose("assetType"),
    category: choose("category"),
    subCategory: choose("subCategory"),
    licence: choose("licence"),
    blenderVersion: choose("blenderVersion"),
    freebie: countIf(failedBits.freebie, columns.freebies),
    onDisk: countIf(failedBits.onDisk, judgement.onDisk()),
    updateWaiting: countIf(failedBits.updateWaiting, judgement.updateWaiting()),
    favourite: countIf(failedBits.favourite, judgement.favourites()),
    left: [...countNumbers(judgement.left(), failed, { bit: failedBits.left, numbers: limit + 1 })],
    polygons: rangeOf(columns.polygons, failed),
  };
}

/** Fails nothing, or nothing but this. */
const failsOnly = (keys: number | undefined, bit: number): boolean => keys === 0 || keys === bit;

function countNumbers(
  column: Uint32Array,
  failed: Uint16Array,
  { bit, numbers }: { bit: number; numbers: number },
): Uint32Array {
  const counts = new Uint32Array(numbers);
  for (let place = 0; place < column.length; place += 1) {
    if (!failsOnly(failed[place], bit)) continue;
    const number = column[place] ?? 0;
    if (number < numbers) counts[number] = (counts[number] ?? 0) + 1;
  }
  return counts;
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
