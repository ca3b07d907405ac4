import type { Product } from "../domain/product.ts";
import type { Database } from "./database.ts";
import { parseStoredProduct } from "./product-schema.ts";
import { formatSearchQuery } from "./search-text.ts";

/**
 * Products in which every word of `text` begins a word of title, slug, tags or categories, best first; all of them by
 * slug if there is no word in it. `total` counts all that match.
 */
export type SearchProducts = (query: { text: string; limit: number; offset: number }) => {
  total: number;
  products: Product[];
};

export function createProductSearch(database: Database): SearchProducts {
  // A word in the title weighs more than one in the slug, a tag or a category.
  const selectFound = database.prepare(`
    SELECT product FROM products JOIN (
      SELECT rowid AS found, bm25(products_search, 8, 4, 2, 1) AS score FROM products_search WHERE products_search MATCH ?
      ORDER BY score, found LIMIT ? OFFSET ?
    ) ON products.id = found ORDER BY score, found`);
  const countFound = database.prepare("SELECT count(*) AS total FROM products_search WHERE products_search MATCH ?");
  const selectAll = database.prepare("SELECT product FROM products ORDER BY slug, id LIMIT ? OFFSET ?");
  const countAll = database.prepare("SELECT count(*) AS total FROM products");

  return ({ text, limit, offset }) => {
    const query = formatSearchQuery(text);
    const rows = query === undefined ? selectAll.all(limit, offset) : selectFound.all(query, limit, offset);
    const total = Number((query === undefined ? countAll.get() : countFound.get(query))?.total ?? 0);
    return { total, products: rows.map((row) => parseStoredProduct(row.product)) };
  };
}
