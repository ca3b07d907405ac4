import { statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { AssetType, Product, SkippedRecord } from "../domain/product.ts";
import type { ProductFacets, ProductFilter, ProductMarks, ProductSort } from "../domain/product-filter.ts";
import { hashOf } from "./build-catalog-database.ts";
import { type CatalogColumns, readColumns } from "./catalog-columns.ts";
import { catalogApplicationId, catalogSchemaVersion } from "./catalog-schema.ts";
import { countFacets } from "./count-facets.ts";
import { type CutPage, cutPage } from "./cut-page.ts";
import { type Row, readPragma } from "./database.ts";
import { judgeProducts } from "./judge-products.ts";
import { createMarkLocator, type MarkedPlaces } from "./marked-places.ts";
import { createWordMatcher, type MatchWords } from "./match-words.ts";
import { factColumns, type ProductFacts, parseFacts } from "./product-facts.ts";
import { parseStoredProduct } from "./product-schema.ts";
import { saysDamaged, saysNonsense, toSqliteFailure } from "./sqlite-failure.ts";

/** A product that the shop no longer offers, as it was last. */
export interface WithdrawnProduct {
  readonly product: Product;
  readonly withdrawnAtMs: number;
}

/** What a search is asked: `limit` products from place `offset` of all that match. */
export interface ProductQuery {
  readonly filter: ProductFilter;
  readonly sort: ProductSort;
  readonly limit: number;
  readonly offset: number;
}

/** The database cannot be read, or a product in it is not what was written. All of it is derived and built again. */
export class CatalogDamagedError extends Error {
  override readonly name = "CatalogDamagedError";
}

/** One catalog database, open for reading only. Every method throws `CatalogDamagedError` where the file is damaged. */
export interface CatalogDatabase {
  readonly path: string;
  readonly catalogRevision: string;
  readonly products: number;
  readonly skipped: number;
  findById(id: number): Product | undefined;
  findBySlug(slug: string): Product | undefined;
  hasProduct(id: number): boolean;
  findWithdrawnById(id: number): WithdrawnProduct | undefined;
  findWithdrawnBySlug(slug: string): WithdrawnProduct | undefined;
  listWithdrawnIds(): number[];
  /** The products after `afterId` by id, at most `limit`. */
  listPage(afterId: number, limit: number): Product[];
  /** Ids of the products in so many places from `fromPlace` (counted from 1) for which the SQL condition over `facts` holds. */
  listIdsWhere(
    condition: { sql: string; parameters: readonly SQLInputValue[] },
    fromPlace: number,
    places: number,
  ): number[];
  /** One page of what matches, as places from 0; `listFacts` says what is there. */
  search(query: ProductQuery, marks: ProductMarks): CutPage;
  /** In the order of the places given. */
  listFacts(places: ArrayLike<number>): ProductFacts[];
  /** Of those of the products that are in the catalog. */
  listRevisions(ids: readonly number[]): Map<number, string>;
  countFacets(filter: ProductFilter, given: { marks: ProductMarks; limit: number }): ProductFacets;
  listSkipped(limit: number): SkippedRecord[];
  findSkipped(productId: number): SkippedRecord | undefined;
  servedCatalogFile(assetType: AssetType): string | null;
  close(): void;
}

/**
 * Opens a catalog database. Looks at its head only, so that a start is quick at any size; a product is compared with its
 * hash whenever it is read, because a flipped bit in it could look like an update that a download may be spent on; so is
 * a catalog file, because it is merged into a file of the person's.
 */
export function openCatalogDatabase(path: string): CatalogDatabase {
  let connection: DatabaseSync | undefined;
  const failing = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (saysDamaged(error) || saysNonsense(error)) {
        throw new CatalogDamagedError(`${path} is damaged (${error instanceof Error ? error.message : error}).`);
      }
      throw toSqliteFailure(error, path);
    }
  };
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      throw new CatalogDamagedError(`${path} is missing.`);
    const open = failing(() => new DatabaseSync(path, { readOnly: true, timeout: 5_000 }));
    connection = open;
    const identity = failing(() => [readPragma(open, "application_id"), readPragma(open, "user_version")]);
    if (identity[0] !== catalogApplicationId || identity[1] !== catalogSchemaVersion) {
      throw new CatalogDamagedError(`${path} was built by another version of asset-sync.`);
    }
    return createReader(path, open, failing);
  } catch (error) {
    connection?.close();
    throw error;
  }
}

function createReader(path: string, connection: DatabaseSync, failing: <T>(work: () => T) => T): CatalogDatabase {
  const prepare = (sql: string) => {
    const statement = failing(() => connection.prepare(sql));
    return {
      get: (...parameters: SQLInputValue[]): Row | undefined => failing(() => statement.get(...parameters)),
      all: (...parameters: SQLInputValue[]): Row[] => failing(() => statement.all(...parameters)),
    };
  };
  const head = prepare("SELECT revision, products, skipped FROM catalog").get();
  if (head === undefined) throw new CatalogDamagedError(`${path} is not whole.`);
  const selectById = prepare("SELECT content_hash, product FROM products WHERE id = ?");
  const selectIdBySlug = prepare("SELECT id FROM facts WHERE slug = ? ORDER BY id LIMIT 1");
  const selectId = prepare("SELECT 1 FROM facts WHERE id = ?");
  const selectPage = prepare("SELECT content_hash, product FROM products WHERE id > ? ORDER BY id LIMIT ?");
  const selectWithdrawnById = prepare("SELECT * FROM withdrawn_products WHERE id = ?");
  const selectWithdrawnBySlug = prepare(
    "SELECT * FROM withdrawn_products WHERE slug = ? ORDER BY withdrawn_at_ms DESC LIMIT 1",
  );
  const selectWithdrawnIds = prepare("SELECT id FROM withdrawn_products");
  const selectSkipped = prepare("SELECT * FROM skipped_records ORDER BY feed_index LIMIT ?");
  const selectSkippedById = prepare("SELECT * FROM skipped_records WHERE product_id = ? ORDER BY feed_index LIMIT 1");
  const selectFile = prepare("SELECT content_hash, served FROM catalog_files WHERE asset_type = ?");
  const selectFacts = prepare(
    `SELECT ${factColumns.map((column) => `facts.${column}`).join(", ")}
    FROM json_each(?) AS wanted CROSS JOIN facts ON facts.place = wanted.value ORDER BY wanted.key`,
  );
  const selectRevisions = prepare(
    "SELECT facts.id, revision FROM json_each(?) AS wanted JOIN facts ON facts.id = wanted.value",
  );
  const selectMatches = prepare("SELECT CAST(group_concat(rowid) AS BLOB) AS places FROM words WHERE words MATCH ?");
  const size = Number(head.products);
  const openIndex = (): SearchIndex => {
    const columns = failing(() => readColumns(connection, size));
    if (columns === undefined) throw new CatalogDamagedError(`${path} lacks part of its index.`);
    const matchPlaces = (query: SQLInputValue): Uint8Array => {
      const places = selectMatches.get(query)?.places;
      return places instanceof Uint8Array ? places : new Uint8Array();
    };
    return {
      columns,
      locateMarks: createMarkLocator(columns),
      matchWords: createWordMatcher({ byTitle: columns.byTitle, matchPlaces }),
      failed: new Uint16Array(size),
    };
  };
  let index: SearchIndex | undefined;
  const demandIndex = (): SearchIndex => {
    index ??= openIndex();
    return index;
  };

  const parse = (row: Row): Product => {
    const text = String(row.product);
    if (hashOf(text) !== row.content_hash) throw new CatalogDamagedError(`${path} holds a product that was changed.`);
    return parseStoredProduct(text);
  };
  const findById = (id: number): Product | undefined => {
    const row = selectById.get(id);
    return row === undefined ? undefined : parse(row);
  };
  const withdrawn = (row: Row | undefined): WithdrawnProduct | undefined =>
    row === undefined ? undefined : { product: parse(row), withdrawnAtMs: Number(row.withdrawn_at_ms) };
  const demand = (row: Row): Product => {
    const product = findById(Number(row.id));
    if (product === undefined) throw new CatalogDamagedError(`${path} lacks a product that its index names.`);
    return product;
  };

  return {
    path,
    catalogRevision: String(head.revision),
    products: Number(head.products),
    skipped: Number(head.skipped),
    findById,
    findBySlug(slug) {
      const row = selectIdBySlug.get(slug);
      return row === undefined ? undefined : demand(row);
    },
    hasProduct: (id) => selectId.get(id) !== undefined,
    findWithdrawnById: (id) => withdrawn(selectWithdrawnById.get(id)),
    findWithdrawnBySlug: (slug) => withdrawn(selectWithdrawnBySlug.get(slug)),
    listWithdrawnIds: () => selectWithdrawnIds.all().map(({ id }) => Number(id)),
    listPage: (afterId, limit) => selectPage.all(afterId, limit).map(parse),
    listIdsWhere: ({ sql, parameters }, fromPlace, places) =>
      prepare(`SELECT id FROM facts WHERE place >= ? AND place < ? AND (${sql})`)
        .all(fromPlace, fromPlace + places, ...parameters)
        .map(({ id }) => Number(id)),
    search({ filter, sort, limit, offset }, marks) {
      const { columns, locateMarks, matchWords, failed } = demandIndex();
      const matches = matchWords(filter.text);
      judgeProducts(columns, filter, { marked: locateMarks(marks), tiers: matches?.tiers, failed });
      const order = sort === "relevance" && matches !== undefined ? matches.byRelevance : orderOf(columns, sort);
      return cutPage(order, failed, { limit, offset });
    },
    listFacts(places) {
      const rows = selectFacts.all(`[${Array.from(places, (place) => place + 1).join()}]`);
      const facts = rows.flatMap((row) => parseFacts(row) ?? []);
      if (facts.length !== places.length)
        throw new CatalogDamagedError(`${path} lacks a product that its index names.`);
      return facts;
    },
    listRevisions: (ids) =>
      new Map(
        selectRevisions.all(JSON.stringify(ids)).map(({ id, revision }) => [Number(id), String(revision)] as const),
      ),
    countFacets(filter, { marks, limit }) {
      const { columns, locateMarks, matchWords, failed } = demandIndex();
      const marked = locateMarks(marks);
      judgeProducts(columns, filter, { marked, tiers: matchWords(filter.text)?.tiers, failed });
      return countFacets(columns, failed, { filter, marked, limit });
    },
    listSkipped: (limit) => selectSkipped.all(limit).map(parseSkipped),
    findSkipped(productId) {
      const row = selectSkippedById.get(productId);
      return row === undefined ? undefined : parseSkipped(row);
    },
    servedCatalogFile(assetType) {
      const row = selectFile.get(assetType);
      if (row === undefined) return null;
      const served = String(row.served);
      if (hashOf(served) !== row.content_hash)
        throw new CatalogDamagedError(`${path} holds a catalog file that was changed.`);
      return served;
    },
    close: () => connection.close(),
  };
}

/** What a search needs in memory, loaded at the first one. */
interface SearchIndex {
  readonly columns: CatalogColumns;
  readonly locateMarks: (marks: ProductMarks) => MarkedPlaces;
  readonly matchWords: MatchWords;
  /** Judged anew by each search: a new one for each would be 200 kB of garbage per keystroke. */
  readonly failed: Uint16Array;
}

function orderOf(columns: CatalogColumns, sort: ProductSort): Uint32Array {
  if (sort === "newest") return columns.newest;
  if (sort === "polygons") return columns.byPolygons;
  return columns.byTitle;
}

function parseSkipped(row: Row): SkippedRecord {
  return {
    index: Number(row.feed_index),
    productId: row.product_id === null ? null : Number(row.product_id),
    name: typeof row.name === "string" ? row.name : null,
    reason: String(row.reason),
  };
}
