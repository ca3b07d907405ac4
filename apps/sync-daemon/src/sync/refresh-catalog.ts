import { explainShrunkenCatalog } from "../domain/catalog-guard.ts";
import type { SyncParts } from "./parts.ts";

/** What a refresh found. `news` is false when the shop's catalog is the one we have. */
export interface Refreshed {
  readonly news: boolean;
  readonly catalogRevision: string;
}

/**
 * Asks for news and, if there is any, replaces the catalog as a whole: products, skipped records, catalog files and the
 * watermark in one transaction, so a failure anywhere leaves the last good catalog and the same news is tried again.
 * A feed that lost most of itself is kept aside and never applied, unless `acceptFeed` says so. Spends nothing. Asked for
 * twice at once it is done once.
 */
export function refreshCatalog(
  parts: SyncParts,
  options: { acceptFeed: boolean; signal: AbortSignal },
): Promise<Refreshed> {
  const key = options.acceptFeed ? "catalog, accepted" : "catalog";
  return parts.queue.once(key, () => refresh(parts, options));
}

async function refresh(parts: SyncParts, options: { acceptFeed: boolean; signal: AbortSignal }): Promise<Refreshed> {
  const { source, store, feeds, publish } = parts;
  const { signal } = options;
  const { catalogRevision } = await source.getStatus({ signal });
  store.sourceState.setLastPoll(parts.now());
  if (catalogRevision === store.catalogs.currentRevision() && !options.acceptFeed)
    return { news: false, catalogRevision };

  const fetched = await source.fetchCatalog({ signal });
  const refusal = explainShrunkenCatalog({ before: store.catalogs.countProducts(), after: fetched.products.length });
  if (refusal !== null && !(options.acceptFeed && fetched.products.length > 0)) {
    await feeds.quarantine(catalogRevision, fetched.feeds, refusal.message);
    publish({ type: "catalog-refused", code: refusal.code, message: refusal.message });
    throw refusal;
  }
  await feeds.saveFeeds(catalogRevision, fetched.feeds);
  store.catalogs.replaceCatalog({
    catalogRevision,
    products: fetched.products,
    skipped: fetched.skipped,
    catalogFiles: fetched.catalogFiles,
  });
  publish({
    type: "catalog-replaced",
    catalogRevision,
    products: fetched.products.length,
    skipped: fetched.skipped.length,
  });
  return { news: true, catalogRevision };
}
