import type { AssetType, Product, SkippedRecord } from "../domain/product.ts";
import type { Database, Row } from "./database.ts";
import { parseStoredProduct } from "./product-schema.ts";
import { createCatalogReplacement, type ReplaceCatalog } from "./replace-catalog.ts";
import { createProductSearch, type SearchProducts } from "./search-products.ts";

/** A product that the shop no longer offers, as it was last. */
export interface WithdrawnProduct {
  readonly product: Product;
  readonly withdrawnAtMs: number;
}

/** The last good catalog of the source, and what was done with its catalog files. */
export interface Catalogs {
  replaceCatalog: ReplaceCatalog;
  /** The watermark; null before the first catalog. */
  currentRevision(): string | null;
  countProducts(): number;
  /** By number or by slug (in any case). A slug of digits only is found if no product has that number. */
  findProduct(idOrSlug: number | string): Product | undefined;
  findWithdrawn(idOrSlug: number | string): WithdrawnProduct | undefined;
  /** By id, a few hundred at a time, so that the whole catalog is never in memory at once. */
  listProducts(): Iterable<Product>;
  searchProducts: SearchProducts;
  listSkipped(): SkippedRecord[];
  /** Blender's catalog file as last served; null before the first catalog. */
  servedCatalogFile(assetType: AssetType): string | null;
  /** The text last merged into the library: the base of the next three-way merge. Null if none ever was. */
  mergedCatalogFile(assetType: AssetType): string | null;
  markCatalogFileMerged(assetType: AssetType, text: string): void;
}

/** Rows read at a time by `listProducts`: about a megabyte. */
const pageSize = 500;

export function createCatalogs(database: Database, now: () => number): Catalogs {
  const selectCatalog = database.prepare("SELECT revision, products FROM catalog");
  const selectById = database.prepare("SELECT product FROM products WHERE id = ?");
  const selectBySlug = database.prepare("SELECT product FROM products WHERE slug = ? ORDER BY id LIMIT 1");
  const selectPage = database.prepare("SELECT id, product FROM products WHERE id > ? ORDER BY id LIMIT ?");
  const selectWithdrawnById = database.prepare("SELECT * FROM withdrawn_products WHERE id = ?");
  const selectWithdrawnBySlug = database.prepare(
    "SELECT * FROM withdrawn_products WHERE slug = ? ORDER BY withdrawn_at_ms DESC LIMIT 1",
  );
  const selectSkipped = database.prepare("SELECT * FROM skipped_records ORDER BY feed_index");
  const selectFile = database.prepare("SELECT served, merged FROM catalog_files WHERE asset_type = ?");
  const putMerged = database.prepare(`
    INSERT INTO catalog_files (asset_type, merged) VALUES (?, ?)
    ON CONFLICT (asset_type) DO UPDATE SET merged = excluded.merged`);

  const find = <T>(
    idOrSlug: number | string,
    by: { id: (id: number) => T | undefined; slug: (slug: string) => T | undefined },
  ) => {
    if (typeof idOrSlug === "number") return by.id(idOrSlug);
    const byId = /^[0-9]{1,15}$/.test(idOrSlug) ? by.id(Number(idOrSlug)) : undefined;
    return byId ?? by.slug(idOrSlug);
  };
  const product = (row: Row | undefined): Product | undefined =>
    row === undefined ? undefined : parseStoredProduct(row.product);
  const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

  return {
    replaceCatalog: createCatalogReplacement(database, now),
    currentRevision: () => textOrNull(selectCatalog.get()?.revision),
    countProducts: () => Number(selectCatalog.get()?.products ?? 0),
    findProduct: (idOrSlug) =>
      find(idOrSlug, { id: (id) => product(selectById.get(id)), slug: (slug) => product(selectBySlug.get(slug)) }),
    findWithdrawn: (idOrSlug) =>
      find(idOrSlug, {
        id: (id) => parseWithdrawn(selectWithdrawnById.get(id)),
        slug: (slug) => parseWithdrawn(selectWithdrawnBySlug.get(slug)),
      }),
    *listProducts() {
      let afterId = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const rows = selectPage.all(afterId, pageSize);
        for (const row of rows) yield parseStoredProduct(row.product);
        if (rows.length < pageSize) return;
        afterId = Number(rows.at(-1)?.id);
      }
    },
    searchProducts: createProductSearch(database),
    listSkipped: () =>
      selectSkipped.all().map((row) => ({
        index: Number(row.feed_index),
        productId: row.product_id === null ? null : Number(row.product_id),
        name: textOrNull(row.name),
        reason: String(row.reason),
      })),
    servedCatalogFile: (assetType) => textOrNull(selectFile.get(assetType)?.served),
    mergedCatalogFile: (assetType) => textOrNull(selectFile.get(assetType)?.merged),
    markCatalogFileMerged: (assetType, text) => {
      putMerged.run(assetType, text);
    },
  };
}

function parseWithdrawn(row: Row | undefined): WithdrawnProduct | undefined {
  if (row === undefined) return undefined;
  return { product: parseStoredProduct(row.product), withdrawnAtMs: Number(row.withdrawn_at_ms) };
}
