import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SQLInputValue } from "node:sqlite";
import { Failure } from "../domain/failure.ts";
import type { AssetType, Product, SkippedRecord } from "../domain/product.ts";
import type { ProductFacets, ProductFilter, ProductMarks } from "../domain/product-filter.ts";
import type { WantedRule } from "../domain/wanted.ts";
import type { BuiltCatalog } from "./build-catalog-database.ts";
import {
  CatalogDamagedError,
  type CatalogDatabase,
  openCatalogDatabase,
  type ProductQuery,
  type WithdrawnProduct,
} from "./catalog-database.ts";
import type { CutPage } from "./cut-page.ts";
import type { Database, Row } from "./database.ts";
import { toDiskFailure } from "./durable-file.ts";
import type { ProductFacts } from "./product-facts.ts";
import { parseStoredProduct } from "./product-schema.ts";
import { selectionOf } from "./select-wanted.ts";

/**
 * The last good catalog of the source, in a database of its own, and what was done with its catalog files. All of the
 * database is derived: one that turns out to be damaged is let go of, the call fails with `state-damaged`, and from then
 * on there is no catalog until it is built again.
 */
export interface Catalogs {
  /** Where catalog databases are built. */
  readonly folder: string;
  /** What was wrong with the database that should have been here, as a sentence; null if it was as left. */
  readonly notice: string | null;
  /** The database in use, for comparing a new one with it. */
  currentPath(): string | null;
  /** Puts a database that was built in `folder` to use, and removes the one before it. Throws if it is not sound. */
  adoptCatalog(built: BuiltCatalog): void;
  /** The watermark; null before the first catalog, and while its database is lost. */
  currentRevision(): string | null;
  countProducts(): number;
  /** How many products the last good catalog had, also while its database is lost. */
  lastKnownSize(): number;
  countSkipped(): number;
  /** By number or by slug (in any case). A slug of digits only is found if no product has that number. */
  findProduct(idOrSlug: number | string): Product | undefined;
  findWithdrawn(idOrSlug: number | string): WithdrawnProduct | undefined;
  /** By id, a few hundred at a time, so that the whole catalog is never in memory at once. */
  listPages(): Iterable<readonly Product[]>;
  /**
   * Ids of all products that one of the rules may select, and of no others that are easily told apart, step by step:
   * each step is a few milliseconds of work.
   */
  listIdsForRules(rules: readonly WantedRule[]): Iterable<readonly number[]>;
  /**
   * One page of the products that a filter leaves, as places in the catalog of that revision, which `listFacts` reads.
   * `total` counts all of them. Some milliseconds of work at 100,000 products.
   */
  searchProducts(query: ProductQuery, marks: ProductMarks): { catalogRevision: string | null } & CutPage;
  /** What lies at these places of this catalog; undefined where another one has taken its place. */
  listFacts(catalogRevision: string | null, places: ArrayLike<number>): ProductFacts[] | undefined;
  /** The revisions that the catalog has of these products; of those it does not have, none. */
  listRevisions(ids: readonly number[]): Map<number, string>;
  /** Undefined where there is no catalog. `limit`: the most downloads a product can have left. */
  countFacets(filter: ProductFilter, given: { marks: ProductMarks; limit: number }): ProductFacets | undefined;
  listSkipped(limit?: number): SkippedRecord[];
  findSkipped(productId: number): SkippedRecord | undefined;
  /** Blender's catalog file as last served; null before the first catalog. */
  servedCatalogFile(assetType: AssetType): string | null;
  /** The text last merged into the library: the base of the next three-way merge. Null if none ever was. */
  mergedCatalogFile(assetType: AssetType): string | null;
  markCatalogFileMerged(assetType: AssetType, text: string): void;
  close(): void;
}

/** Rows read at a time: some milliseconds of work. */
const pageSize = 100;
/** Rows of `facts` looked at in one step. */
const placesPerStep = 2_000;

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

export function createCatalogs(settings: { database: Database; folder: string; now: () => number }): Catalogs {
  const { database, folder, now } = settings;
  const selectCatalog = database.prepare("SELECT revision, file, products FROM catalog");
  const putCatalog = database.prepare(
    "INSERT OR REPLACE INTO catalog (only, revision, file, products, adopted_at_ms) VALUES (1, ?, ?, ?, ?)",
  );
  const forgetFile = database.prepare("UPDATE catalog SET file = NULL");
  const selectMerged = database.prepare("SELECT merged FROM catalog_files WHERE asset_type = ?");
  const putMerged = database.prepare("INSERT OR REPLACE INTO catalog_files (asset_type, merged) VALUES (?, ?)");
  const selectWithdrawnById = database.prepare("SELECT * FROM withdrawn_products WHERE id = ?");
  const selectWithdrawnBySlug = database.prepare(
    "SELECT * FROM withdrawn_products WHERE slug = ? ORDER BY withdrawn_at_ms DESC LIMIT 1",
  );
  const selectWithdrawnIds = database.prepare("SELECT id FROM withdrawn_products");
  const selectOwnIds = database.prepare("SELECT DISTINCT product_id AS id FROM downloads");
  const putWithdrawn = database.prepare("INSERT OR REPLACE INTO withdrawn_products VALUES (?, ?, ?, ?)");
  const removeWithdrawn = database.prepare("DELETE FROM withdrawn_products WHERE id = ?");

  let current: CatalogDatabase | null = null;
  let notice: string | null = null;

  const letGo = (): void => {
    const path = current?.path;
    current?.close();
    current = null;
    forgetFile.run();
    if (path !== undefined) rmSync(path, { recursive: true, force: true });
  };
  /** Asks the database in use; `otherwise` where there is none. */
  const ask = <T>(question: (catalog: CatalogDatabase) => T, otherwise: T): T => {
    if (current === null) return otherwise;
    try {
      return question(current);
    } catch (error) {
      if (!(error instanceof CatalogDamagedError)) throw error;
      const { path } = current;
      letGo();
      const message = `${error.message} It holds nothing that cannot be had again: the next sync builds a new one.`;
      throw new Failure("state-damaged", message, { path, cause: error });
    }
  };

  /** What the journal knows and the shop withdrew is kept here as well: it may be paid for and is still finished then. */
  const keepOwnWithdrawn = (next: CatalogDatabase): void => {
    for (const { id } of selectWithdrawnIds.all()) if (next.hasProduct(Number(id))) removeWithdrawn.run(id ?? null);
    const own = new Set(selectOwnIds.all().map(({ id }) => Number(id)));
    for (const id of next.listWithdrawnIds()) {
      const withdrawn = own.has(id) ? next.findWithdrawnById(id) : undefined;
      if (withdrawn === undefined) continue;
      putWithdrawn.run(id, withdrawn.product.slug, JSON.stringify(withdrawn.product), withdrawn.withdrawnAtMs);
    }
  };

  function adoptCatalog(built: BuiltCatalog): void {
    const next = openCatalogDatabase(join(folder, built.file));
    try {
      database.transact(() => {
        keepOwnWithdrawn(next);
        putCatalog.run(next.catalogRevision, built.file, next.products, now());
      });
    } catch (error) {
      next.close();
      throw error;
    }
    const before = current;
    current = next;
    before?.close();
    if (before !== null) rmSync(before.path, { force: true });
  }

  function openCurrent(): void {
    const row = selectCatalog.get();
    const file = textOrNull(row?.file);
    if (file !== null) {
      try {
        current = openCatalogDatabase(join(folder, file));
        if (current.catalogRevision !== row?.revision) throw new CatalogDamagedError(`${file} is of another catalog.`);
      } catch (error) {
        if (!(error instanceof CatalogDamagedError)) throw error;
        letGo();
        notice = `${error.message} The catalog is built again from the feeds that are kept, which costs no download.`;
      }
    }
    removeLeftovers(folder, textOrNull(selectCatalog.get()?.file));
  }
  openCurrent();

  const find = <T>(
    idOrSlug: number | string,
    by: { id: (id: number) => T | undefined; slug: (slug: string) => T | undefined },
  ): T | undefined => {
    if (typeof idOrSlug === "number") return by.id(idOrSlug);
    const byId = /^[0-9]{1,15}$/.test(idOrSlug) ? by.id(Number(idOrSlug)) : undefined;
    return byId ?? by.slug(idOrSlug);
  };

  return {
    folder,
    get notice() {
      return notice;
    },
    currentPath: () => current?.path ?? null,
    adoptCatalog,
    currentRevision: () => current?.catalogRevision ?? null,
    countProducts: () => current?.products ?? 0,
    lastKnownSize: () => Number(selectCatalog.get()?.products ?? 0),
    countSkipped: () => current?.skipped ?? 0,
    findProduct: (idOrSlug) =>
      find(idOrSlug, {
        id: (id) => ask((catalog) => catalog.findById(id), undefined),
        slug: (slug) => ask((catalog) => catalog.findBySlug(slug), undefined),
      }),
    findWithdrawn: (idOrSlug) =>
      find(idOrSlug, {
        id: (id) =>
          parseWithdrawn(selectWithdrawnById.get(id)) ?? ask((catalog) => catalog.findWithdrawnById(id), undefined),
        slug: (slug) =>
          parseWithdrawn(selectWithdrawnBySlug.get(slug)) ??
          ask((catalog) => catalog.findWithdrawnBySlug(slug), undefined),
      }),
    *listPages() {
      let afterId = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const page = ask((catalog) => catalog.listPage(afterId, pageSize), []);
        if (page.length > 0) yield page;
        if (page.length < pageSize) return;
        afterId = page.at(-1)?.id ?? afterId;
      }
    },
    *listIdsForRules(rules) {
      const selection: { sql: string; parameters: readonly SQLInputValue[] } = selectionOf(rules);
      // Read anew at each step: a catalog that is replaced meanwhile may be longer.
      for (let place = 1; place <= (current?.products ?? 0); place += placesPerStep) {
        const ids = ask((catalog) => catalog.listIdsWhere(selection, place, placesPerStep), []);
        for (let from = 0; from < ids.length; from += pageSize) yield ids.slice(from, from + pageSize);
        if (ids.length === 0) yield [];
      }
    },
    searchProducts: (query, marks) =>
      ask<ReturnType<Catalogs["searchProducts"]>>(
        (catalog) => ({ catalogRevision: catalog.catalogRevision, ...catalog.search(query, marks) }),
        { catalogRevision: null, total: 0, places: new Uint32Array() },
      ),
    listFacts: (catalogRevision, places) =>
      ask(
        (catalog) => (catalog.catalogRevision === catalogRevision ? catalog.listFacts(places) : undefined),
        catalogRevision === null ? [] : undefined,
      ),
    listRevisions: (ids) => ask((catalog) => catalog.listRevisions(ids), new Map()),
    countFacets: (filter, given) => ask((catalog) => catalog.countFacets(filter, given), undefined),
    listSkipped: (limit = 10_000) => ask((catalog) => catalog.listSkipped(limit), []),
    findSkipped: (productId) => ask((catalog) => catalog.findSkipped(productId), undefined),
    servedCatalogFile: (assetType) => ask((catalog) => catalog.servedCatalogFile(assetType), null),
    mergedCatalogFile: (assetType) => textOrNull(selectMerged.get(assetType)?.merged),
    markCatalogFileMerged: (assetType, text) => {
      putMerged.run(assetType, text);
    },
    close() {
      current?.close();
      current = null;
    },
  };
}

function parseWithdrawn(row: Row | undefined): WithdrawnProduct | undefined {
  if (row === undefined) return undefined;
  return { product: parseStoredProduct(row.product), withdrawnAtMs: Number(row.withdrawn_at_ms) };
}

/** What builds that ended early left, and databases that nobody names any more. */
function removeLeftovers(folder: string, file: string | null): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      if (/\.db(\.new)?(-journal)?$/.test(name) && name !== file)
        rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw toDiskFailure(error, folder);
  }
}
