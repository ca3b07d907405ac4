import type { ProductSort } from "../domain/product-filter.ts";
import type { CatalogColumns } from "./catalog-columns.ts";
import { textTiers } from "./judge-products.ts";

/** Part of what matches, in its order. Places count from 0. */
export interface CutPage {
  /** Of all that match. */
  readonly total: number;
  readonly places: readonly number[];
}

/** Cuts one page out of all products that fail nothing. Pages of one order never overlap and leave nothing out. */
export function cutPage(
  columns: CatalogColumns,
  failed: Uint16Array,
  page: { sort: ProductSort; tiers: Uint8Array | undefined; limit: number; offset: number },
): CutPage {
  const { sort, tiers, limit, offset } = page;
  const places: number[] = [];
  let total = 0;
  const take = (place: number): void => {
    if (total >= offset && places.length < limit) places.push(place);
    total += 1;
  };
  if (sort === "relevance" && tiers !== undefined) {
    for (const tier of [textTiers.wholeTitle, textTiers.title, textTiers.elsewhere]) {
      for (const place of columns.byTitle) if (tiers[place] === tier && failed[place] === 0) take(place);
    }
  } else {
    for (const place of orderOf(columns, sort)) if (failed[place] === 0) take(place);
  }
  return { total, places };
}

function orderOf(columns: CatalogColumns, sort: ProductSort): Uint32Array {
  if (sort === "newest") return columns.newest;
  if (sort === "polygons") return columns.byPolygons;
  return columns.byTitle;
}
