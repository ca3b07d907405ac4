-- A person lets one download wait, or gives it up. Both are beside the state: how far a row has come stays a fact.
-- `held_at_ms`: only on open rows; nothing begins it until it is resumed. `cancelled_at_ms`: the row is `abandoned`, and
-- no rule starts this version again. A cancelled row keeps its link and archive: what was paid for can still be had. The
-- link goes when a later row of the same product and archive is committed, or a month later.
ALTER TABLE downloads ADD COLUMN held_at_ms INTEGER;
ALTER TABLE downloads ADD COLUMN cancelled_at_ms INTEGER;

CREATE INDEX downloads_cancelled ON downloads (product_id, download_id, revision) WHERE cancelled_at_ms IS NOT NULL;
-- The list of downloads shows what ended last.
CREATE INDEX downloads_ended ON downloads (updated_at_ms, id) WHERE state IN ('committed', 'abandoned');
-- Of many open rows it shows the first ones, those without a failure before the others.
CREATE INDEX downloads_open_in_order ON downloads (failure_code IS NOT NULL, id)
  WHERE state IN ('planned', 'linked', 'fetched');
