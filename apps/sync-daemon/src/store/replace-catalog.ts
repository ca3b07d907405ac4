import { hash } from "node:crypto";
import { type AssetType, assetTypes, type Product, type SkippedRecord } from "../domain/product.ts";
import type { Database } from "./database.ts";
import { foldSearchText } from "./search-text.ts";

/** How many products a new catalog added, changed and no longer has. */
export interface CatalogChange {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/**
 * Replaces the catalog as a whole in one transaction, the watermark last: after a throw or a crash the old one is in
 * place. Only what differs is written. Of two products with one id the first counts. A product that is no longer offered
 * leaves its name behind.
 */
export type ReplaceCatalog = (catalog: {
  catalogRevision: string;
  products: Iterable<Product>;
  skipped: readonly SkippedRecord[];
  catalogFiles: Readonly<Record<AssetType, string>>;
}) => CatalogChange;

export function createCatalogReplacement(database: Database, now: () => number): ReplaceCatalog {
  const selectHashes = database.prepare("SELECT id, content_hash FROM products");
  const putProduct = database.prepare(`
    INSERT INTO products (id, slug, content_hash, product) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, content_hash = excluded.content_hash, product = excluded.product`);
  const putWords = database.prepare(
    "INSERT OR REPLACE INTO products_search (rowid, title, slug, tags, category) VALUES (?, ?, ?, ?, ?)",
  );
  const removeProduct = database.prepare("DELETE FROM products WHERE id = ?");
  const removeWords = database.prepare("DELETE FROM products_search WHERE rowid = ?");
  const putWithdrawn = database.prepare(
    `INSERT OR REPLACE INTO withdrawn_products (id, slug, product, withdrawn_at_ms)
    SELECT id, slug, product, ? FROM products WHERE id = ?`,
  );
  const removeWithdrawn = database.prepare("DELETE FROM withdrawn_products WHERE id = ?");
  const clearSkipped = database.prepare("DELETE FROM skipped_records");
  const addSkipped = database.prepare(
    "INSERT OR REPLACE INTO skipped_records (feed_index, product_id, name, reason) VALUES (?, ?, ?, ?)",
  );
  const putServed = database.prepare(`
    INSERT INTO catalog_files (asset_type, served) VALUES (?, ?)
    ON CONFLICT (asset_type) DO UPDATE SET served = excluded.served`);
  const putCatalog = database.prepare(
    "INSERT OR REPLACE INTO catalog (only, revision, products, replaced_at_ms) VALUES (1, ?, ?, ?)",
  );

  function put(product: Product, text: string, contentHash: string): void {
    const { id, slug, title, tags, category, subCategory } = product;
    putProduct.run(id, slug, contentHash, text);
    const words = [title, slug, tags.join(" "), `${category.title} ${subCategory.title}`].map(foldSearchText);
    putWords.run(id, ...words);
    removeWithdrawn.run(id);
  }

  function withdraw(id: number): void {
    putWithdrawn.run(now(), id);
    removeProduct.run(id);
    removeWords.run(id);
  }

  return ({ catalogRevision, products, skipped, catalogFiles }) =>
    database.transact(() => {
      const before = new Map(selectHashes.all().map((row) => [Number(row.id), row.content_hash]));
      const seen = new Set<number>();
      let added = 0;
      let changed = 0;
      for (const product of products) {
        if (seen.has(product.id)) continue;
        seen.add(product.id);
        const text = JSON.stringify(product);
        const contentHash = hash("sha256", text, "base64url");
        const known = before.get(product.id);
        if (known === contentHash) continue;
        put(product, text, contentHash);
        if (known === undefined) added += 1;
        else changed += 1;
      }
      const removed = [...before.keys()].filter((id) => !seen.has(id));
      for (const id of removed) withdraw(id);

      clearSkipped.run();
      for (const { index, productId, name, reason } of skipped) addSkipped.run(index, productId, name, reason);
      for (const assetType of assetTypes) putServed.run(assetType, catalogFiles[assetType]);
      putCatalog.run(catalogRevision, seen.size, now());
      return { added, changed, removed: removed.length };
    });
}
