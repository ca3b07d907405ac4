-- What a person marked to find it again. Of the person, not of the catalog: kept also while the shop does not offer it.
CREATE TABLE favourites (
  product_id INTEGER PRIMARY KEY,
  marked_at_ms INTEGER NOT NULL
) STRICT;
