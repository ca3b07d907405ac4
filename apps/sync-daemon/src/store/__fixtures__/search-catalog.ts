import type { ProductFilter, ProductMarks, ProductSort } from "../../domain/product-filter.ts";
import type { Catalogs } from "../catalogs.ts";
import type { ProductFacts } from "../product-facts.ts";

export const noFilter: ProductFilter = { text: "", assetType: [], category: [], subCategory: [], licence: [], blenderVersion: [] };

export const noMarks: ProductMarks = {
  onDisk: new Set(),
  updateWaiting: new Set(),
  favourites: new Set(),
  left: { byProduct: new Map(), otherwise: 4 },
};

/** One page, with the products' facts in place of where they lie. */
export function searchCatalog(
  catalogs: Catalogs,
  query: Partial<ProductFilter> & { sort?: ProductSort; limit?: number; offset?: number },
  marks: ProductMarks = noMarks,
): { total: number; products: ProductFacts[]; ids: number[] } {
  const { sort = "relevance", limit = 10, offset = 0, ...filter } = query;
  const found = catalogs.searchProducts({ filter: { ...noFilter, ...filter }, sort, limit, offset }, marks);
  const products = catalogs.listFacts(found.catalogRevision, found.places);
  if (products === undefined) throw new Error("The catalog was replaced.");
  return { total: found.total, products, ids: products.map(({ id }) => id) };
}
