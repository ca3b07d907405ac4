import { hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type AssetType, assetTypes, type Product, type SkippedRecord } from "../domain/product.ts";
import { wordsOf } from "../domain/wanted.ts";
import { startColumns } from "./catalog-columns.ts";
import { catalogApplicationId, catalogIndexes, catalogSchemaVersion, catalogTables } from "./catalog-schema.ts";
import { syncFile, syncFolder, toDiskFailure } from "./durable-file.ts";
import { foldSearchText } from "./search-text.ts";
import { toSqliteFailure } from "./sqlite-failure.ts";

/** A catalog database that is whole and on the disk, but not in use yet. */
export interface BuiltCatalog {
  /** Its name in the folder of catalogs. */
  readonly file: string;
  readonly catalogRevision: string;
  readonly products: number;
  readonly skipped: number;
  /** Compared with the database before it. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/**
 * Builds the database of one catalog at `path`: complete and flushed, or not there. Of two products with one id the first
 * counts. A product that `previous` had and this one has not leaves its name behind. Blocks while it works (some seconds
 * for 100,000 products): for a process of its own.
 */
export function buildCatalogDatabase(task: {
  path: string;
  /** The database in use; null if there is none. One that cannot be read counts as none. */
  previous: string | null;
  catalog: {
    catalogRevision: string;
    products: Iterable<Product>;
    skipped: readonly SkippedRecord[];
    catalogFiles: Readonly<Record<AssetType, string>>;
  };
  nowMs: number;
}): BuiltCatalog {
  const { path, previous, catalog, nowMs } = task;
  const incoming = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(incoming, { force: true });
    closeSync(openSync(incoming, "wx", 0o600));
    const connection = new DatabaseSync(incoming);
    try {
      const products = fill(connection, catalog, nowMs);
      const change = compare(connection, previous, nowMs);
      connection.exec("COMMIT");
      const { catalogRevision, skipped } = catalog;
      const built = { file: basename(path), catalogRevision, products, skipped: skipped.length, ...change };
      connection.close();
      syncFile(incoming);
      renameSync(incoming, path);
      syncFolder(dirname(path));
      return built;
    } finally {
      if (connection.isOpen) connection.close();
    }
  } catch (error) {
    rmSync(incoming, { force: true });
    throw toDiskFailure(toSqliteFailure(error, path), path);
  }
}

type Catalog = Parameters<typeof buildCatalogDatabase>[0]["catalog"];

function fill(connection: DatabaseSync, catalog: Catalog, nowMs: number): number {
  // No care is needed until it is whole: a crash leaves a file under another name that the next start removes.
  connection.exec(`
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32000;
    PRAGMA application_id = ${catalogApplicationId}; PRAGMA user_version = ${catalogSchemaVersion};
    BEGIN;
    ${catalogTables}`);
  const addProduct = connection.prepare("INSERT INTO products (id, content_hash, product) VALUES (?, ?, ?)");
  const addFacts = connection.prepare(`INSERT INTO facts VALUES (${Array(18).fill("?").join(", ")})`);
  const addWords = connection.prepare("INSERT INTO words (rowid, title, slug, tags, category) VALUES (?, ?, ?, ?, ?)");
  const columns = startColumns();
  const seen = new Set<number>();
  for (const product of catalog.products) {
    if (seen.has(product.id)) continue;
    seen.add(product.id);
    const text = JSON.stringify(product);
    const contentHash = hashOf(text);
    const { id, slug, title, tags, category, subCategory } = product;
    const words = wordsOf(product);
    // No line at all is something else than an empty one, which a rule may ask for.
    const lines = (folded: readonly string[]): string => `\n${folded.map((line) => `${line}\n`).join("")}`;
    addProduct.run(id, contentHash, text);
    addFacts.run(
      seen.size,
      id,
      contentHash,
      slug,
      title,
      product.revision,
      product.assetType,
      category.title,
      subCategory.title,
      product.licence.label,
      product.blenderVersion.label,
      product.polygonCount,
      product.isFreebie ? 1 : 0,
      product.pictures.length,
      lines(words.category),
      lines(words.subCategory),
      lines(words.tags),
      words.search,
    );
    columns.add(product);
    addWords.run(
      seen.size,
      foldSearchText(title),
      foldSearchText(slug),
      foldSearchText(tags.join(" ")),
      foldSearchText(`${category.title} ${subCategory.title}`),
    );
  }
  columns.write(connection);
  const addSkipped = connection.prepare("INSERT OR REPLACE INTO skipped_records VALUES (?, ?, ?, ?)");
  for (const { index, productId, name, reason } of catalog.skipped) addSkipped.run(index, productId, name, reason);
  const addFile = connection.prepare("INSERT INTO catalog_files VALUES (?, ?, ?)");
  for (const assetType of assetTypes) {
    const served = catalog.catalogFiles[assetType];
    addFile.run(assetType, hashOf(served), served);
  }
  connection
    .prepare("INSERT INTO catalog VALUES (1, ?, ?, ?, ?)")
    .run(catalog.catalogRevision, seen.size, catalog.skipped.length, nowMs);
  connection.exec(catalogIndexes);
  return seen.size;
}

/** Counts what is new, and takes over the names of what is gone. Of a database that cannot be read nothing is known. */
function compare(
  connection: DatabaseSync,
  previous: string | null,
  nowMs: number,
): Pick<BuiltCatalog, "added" | "changed" | "removed"> {
  const countOf = (sql: string): number => Number(connection.prepare(sql).get()?.count ?? 0);
  const all = countOf("SELECT count(*) AS count FROM facts");
  if (previous === null) return { added: all, changed: 0, removed: 0 };
  const before = openPrevious(previous);
  if (before === undefined) return { added: all, changed: 0, removed: 0 };
  try {
    const hashes = connection.prepare("SELECT content_hash FROM facts WHERE id = ?");
    const addWithdrawn = connection.prepare(
      "INSERT OR IGNORE INTO withdrawn_products (id, slug, content_hash, product, withdrawn_at_ms) VALUES (?, ?, ?, ?, ?)",
    );
    const findOld = before.prepare(
      "SELECT slug, facts.content_hash, product FROM facts JOIN products USING (id) WHERE id = ?",
    );
    let kept = 0;
    let changed = 0;
    let removed = 0;
    for (const { id, content_hash: contentHash } of before.prepare("SELECT id, content_hash FROM facts").iterate()) {
      const now = hashes.get(id ?? null);
      if (now !== undefined) {
        kept += 1;
        if (now.content_hash !== contentHash) changed += 1;
        continue;
      }
      removed += 1;
      const old = findOld.get(id ?? null);
      if (old !== undefined)
        addWithdrawn.run(id ?? null, old.slug ?? "", old.content_hash ?? "", old.product ?? "", nowMs);
    }
    for (const row of before.prepare("SELECT * FROM withdrawn_products").iterate()) {
      if (hashes.get(row.id ?? null) !== undefined) continue;
      addWithdrawn.run(
        row.id ?? null,
        row.slug ?? "",
        row.content_hash ?? "",
        row.product ?? "",
        row.withdrawn_at_ms ?? 0,
      );
    }
    return { added: all - kept, changed, removed };
  } catch {
    // Damage in the old one: it is about to be replaced, and what it could tell is only for people.
    return { added: all, changed: 0, removed: 0 };
  } finally {
    before.close();
  }
}

function openPrevious(path: string): DatabaseSync | undefined {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch {
    return undefined;
  }
}

/** What tells one state of a product or catalog file from another, and a sound row from a damaged one. */
export function hashOf(text: string): string {
  return hash("sha256", text, "base64url");
}
