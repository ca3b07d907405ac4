-- The whole state of one home. Times are milliseconds since the epoch (`…_at_ms`), as our own clock had it.
-- All tables are STRICT: a column holds what its type says or the write fails.

-- "asyn": tells our database from every other SQLite file that may come to lie at its place.
PRAGMA application_id = 0x6173796e;

-- ── The journal: one row per product revision on its way into the library ──────────────────────────────────────────
-- Only dear facts are states. `planned`: decided. `linked`: a download was spent and this link came for it. `fetched`:
-- the whole archive is kept under `archive_sha256`. `committed`: the asset was renamed into the library at `folder`.
-- `abandoned`: given up. The link is a secret that pays for bytes: it goes when the row is committed or abandoned.
-- Ids are never used again (AUTOINCREMENT): files in `partial/` and spends are named after them.
CREATE TABLE downloads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  product_id INTEGER NOT NULL,
  download_id TEXT NOT NULL,
  revision TEXT NOT NULL,
  asset_type TEXT NOT NULL CHECK (asset_type IN ('model', 'material', 'geonode', 'fx')),
  archive_name TEXT NOT NULL,
  -- Who asked: a rule of the configuration, or a person by name.
  requester TEXT NOT NULL CHECK (requester IN ('rule', 'person')),
  state TEXT NOT NULL CHECK (state IN ('planned', 'linked', 'fetched', 'committed', 'abandoned')),
  link_url TEXT,
  link_expires_at_ms INTEGER,
  archive_sha256 TEXT,
  archive_bytes INTEGER,
  -- Relative to the library's root, with `/`.
  folder TEXT,
  -- The last failure, all five or none: how often in a row, and when it is tried again by itself (NULL: a person).
  failure_code TEXT,
  failure_message TEXT,
  failure_attempt INTEGER,
  failed_at_ms INTEGER,
  retry_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  CHECK (state <> 'linked' OR link_url IS NOT NULL),
  CHECK (state NOT IN ('fetched', 'committed') OR (archive_sha256 IS NOT NULL AND archive_bytes IS NOT NULL)),
  CHECK (state <> 'committed' OR folder IS NOT NULL),
  CHECK ((failure_code IS NULL) = (failure_message IS NULL) AND (failure_code IS NULL) = (failure_attempt IS NULL)
    AND (failure_code IS NULL) = (failed_at_ms IS NULL))
) STRICT;

-- One way to the library per revision: two open rows for the same content could be paid twice.
CREATE UNIQUE INDEX downloads_open ON downloads (product_id, download_id, revision)
  WHERE state IN ('planned', 'linked', 'fetched');
CREATE INDEX downloads_by_product ON downloads (product_id, download_id, state);

-- ── The ledger: one row per use of quota ───────────────────────────────────────────────────────────────────────────
-- A row is here before the call that may spend leaves the machine. Everything but `released` counts as spent.
-- `ledger.jsonl` beside the database holds the same rows; the two are brought to agreement at every start.
CREATE TABLE spends (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The row's name outside this database: the same spend in `ledger.jsonl`, in a backup and here has the same key.
  key TEXT NOT NULL UNIQUE,
  product_id INTEGER NOT NULL,
  download_id TEXT NOT NULL,
  revision TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'confirmed', 'released', 'in-doubt')),
  requester TEXT NOT NULL CHECK (requester IN ('rule', 'person')),
  -- No foreign key: a ledger that was restored is older than the journal beside it.
  download_row_id INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  reserved_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER,
  -- Counts the states the row went through, from 1. Of two copies of a spend the one that went further is right.
  change INTEGER NOT NULL CHECK (change >= 1)
) STRICT;

CREATE INDEX spends_by_product ON spends (product_id, download_id, revision, state);
CREATE INDEX spends_unsettled ON spends (id) WHERE state = 'reserved';

-- Products of which the shop itself said that nothing is left. A cleared refusal stays as a row, `refused` 0, so that
-- `change` can say which copy of it is newer.
CREATE TABLE quota_refusals (
  product_id INTEGER PRIMARY KEY,
  refused INTEGER NOT NULL CHECK (refused IN (0, 1)),
  evidence TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  change INTEGER NOT NULL CHECK (change >= 1)
) STRICT;

-- ── The catalog: what the source offers, replaced as a whole or not at all ─────────────────────────────────────────
-- At most one row: the watermark of the catalog below, written last in the same transaction.
CREATE TABLE catalog (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  revision TEXT NOT NULL,
  products INTEGER NOT NULL,
  replaced_at_ms INTEGER NOT NULL
) STRICT;

-- `product` is the product as JSON (domain/product.ts); `content_hash` is SHA-256 of that text, so that a new catalog
-- writes only what changed.
CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL COLLATE NOCASE,
  content_hash TEXT NOT NULL,
  product TEXT NOT NULL
) STRICT;

CREATE INDEX products_by_slug ON products (slug);
-- Covers the comparison with a new catalog, which so never reads the products' text.
CREATE INDEX products_by_content ON products (id, content_hash);

-- Products that the shop no longer offers, as they were last: for `why`, and to finish what was paid for.
CREATE TABLE withdrawn_products (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL COLLATE NOCASE,
  product TEXT NOT NULL,
  withdrawn_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX withdrawn_products_by_slug ON withdrawn_products (slug);

-- Words of the products by product id. Holds no text of its own: what is found is read from `products`.
CREATE VIRTUAL TABLE products_search USING fts5 (
  title, slug, tags, category,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

-- Records of the feed that are not offered as products, and why.
CREATE TABLE skipped_records (
  feed_index INTEGER PRIMARY KEY,
  product_id INTEGER,
  name TEXT,
  reason TEXT NOT NULL
) STRICT;

-- Blender's catalog file of each library: the text last served, and the text last merged into the library (NULL until
-- then), which is the base of the next three-way merge.
CREATE TABLE catalog_files (
  asset_type TEXT PRIMARY KEY CHECK (asset_type IN ('model', 'material', 'geonode', 'fx')),
  served TEXT,
  merged TEXT
) STRICT;

-- ── Facts of the source that outlive a restart, each a JSON text; store/source-state.ts names them ─────────────────
CREATE TABLE source_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
