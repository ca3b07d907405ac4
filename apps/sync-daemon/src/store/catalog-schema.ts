/** "ascg": tells a catalog database from every other SQLite file, `state.db` included. */
export const catalogApplicationId = 0x61736367;

/** Another number means: built by another version. It is not migrated but built again, since all of it is derived. */
export const catalogSchemaVersion = 3;

/**
 * The tables of a catalog database. `facts` is narrow, so that it is compared, counted and filtered without reading the
 * products' text; its `place` counts from 1 without gaps, so that it can be walked in steps of a known size. Words are
 * folded as `domain/wanted.ts` folds them; `category_words`, `sub_category_words` and `tag_words` stand between line ends.
 * `words` are by place, and so are `columns`, which a search compares in memory: see `catalog-columns.ts`.
 */
export const catalogTables = `
  CREATE TABLE catalog (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision TEXT NOT NULL,
    products INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    built_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE products (id INTEGER PRIMARY KEY, content_hash TEXT NOT NULL, product TEXT NOT NULL) STRICT;
  CREATE TABLE facts (
    place INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    slug TEXT NOT NULL COLLATE NOCASE,
    title TEXT NOT NULL,
    revision TEXT NOT NULL,
    asset_type TEXT NOT NULL,
    category TEXT NOT NULL,
    sub_category TEXT NOT NULL,
    licence TEXT NOT NULL,
    blender_version TEXT NOT NULL,
    polygon_count REAL,
    is_freebie INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    category_words TEXT NOT NULL,
    sub_category_words TEXT NOT NULL,
    tag_words TEXT NOT NULL,
    search_words TEXT NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE words USING fts5 (
    title, slug, tags, category,
    content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
  );
  CREATE TABLE columns (name TEXT PRIMARY KEY, numbers BLOB NOT NULL) STRICT;
  CREATE TABLE choices (facet TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (facet, number)) STRICT;
  CREATE TABLE withdrawn_products (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL COLLATE NOCASE,
    content_hash TEXT NOT NULL,
    product TEXT NOT NULL,
    withdrawn_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE skipped_records (
    feed_index INTEGER PRIMARY KEY,
    product_id INTEGER,
    name TEXT,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE catalog_files (asset_type TEXT PRIMARY KEY, content_hash TEXT NOT NULL, served TEXT NOT NULL) STRICT;
`;

/** Made when the rows are in: building an index at once is several times faster than keeping it up to date. */
export const catalogIndexes = `
  CREATE UNIQUE INDEX facts_by_id ON facts (id, content_hash);
  CREATE INDEX facts_by_slug ON facts (slug, id);
  CREATE INDEX withdrawn_products_by_slug ON withdrawn_products (slug);
  CREATE INDEX skipped_records_by_product ON skipped_records (product_id);
`;
