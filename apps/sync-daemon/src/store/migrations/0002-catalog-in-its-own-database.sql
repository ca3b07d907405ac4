-- The catalog is derived from the feeds and moves into a database of its own (docs/decisions/0028). What stays here is
-- what cannot be had again, so that this database is small and checked in a moment.

DROP TABLE products;
DROP TABLE products_search;
DROP TABLE skipped_records;

-- At most one row: the catalog in use. `file` is its database in the folder `catalogs`; NULL: there is none now, and it
-- is built again from the feeds. `products` is then what the last good one had.
CREATE TABLE catalog_in_use (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  revision TEXT NOT NULL,
  file TEXT,
  products INTEGER NOT NULL,
  adopted_at_ms INTEGER NOT NULL
) STRICT;

INSERT INTO catalog_in_use SELECT only, revision, NULL, products, replaced_at_ms FROM catalog;
DROP TABLE catalog;
ALTER TABLE catalog_in_use RENAME TO catalog;

-- The text last merged into each library. What was served last stands in the catalog's database.
DELETE FROM catalog_files WHERE merged IS NULL;
ALTER TABLE catalog_files DROP COLUMN served;

-- From now on only what `downloads` knows of is added here; the catalog's database has the others.
