import { rm } from "node:fs/promises";
import { join } from "node:path";
import { explainShrunkenCatalog } from "../domain/catalog-guard.ts";
import { toFailure } from "../domain/failure.ts";
import type { CatalogBuild, SyncParts } from "./parts.ts";

/** What a refresh found. `news` is false when the shop's catalog is the one we have. */
export interface Refreshed {
  readonly news: boolean;
  readonly catalogRevision: string;
}

/**
 * Asks for news and, if there is any, replaces the catalog as a whole: its database is built beside the one in use, and
 * one row, written last, says which of the two counts. So a failure anywhere leaves the last good catalog and the same
 * news is tried again. A feed that lost most of itself is kept aside and never applied, unless `acceptFeed` says so. A
 * catalog whose database was lost comes back from the feeds that are kept. Spends nothing. Asked for twice at once it is
 * done once.
 */
export function refreshCatalog(
  parts: SyncParts,
  options: { acceptFeed: boolean; signal: AbortSignal },
): Promise<Refreshed> {
  const key = options.acceptFeed ? "catalog, accepted" : "catalog";
  return parts.queue.once(key, () => refresh(parts, options));
}

async function refresh(parts: SyncParts, options: { acceptFeed: boolean; signal: AbortSignal }): Promise<Refreshed> {
  const { source, store, catalogBuilds } = parts;
  const { catalogs } = store;
  const { signal } = options;
  const isRestored = catalogs.currentRevision() === null && (await restoreCatalog(parts, signal));
  const { catalogRevision } = await source.getStatus({ signal });
  store.sourceState.setLastPoll(parts.now());
  if (catalogRevision === catalogs.currentRevision() && !options.acceptFeed)
    return { news: isRestored, catalogRevision };

  const build = await catalogBuilds.fetch({ catalogRevision, previous: catalogs.currentPath(), signal });
  await judge(parts, build, options.acceptFeed);
  return { news: true, catalogRevision };
}

/** Applies what was built, or keeps its feeds aside and throws why. */
async function judge(parts: SyncParts, build: CatalogBuild, acceptFeed: boolean): Promise<void> {
  const { store, feeds, publish } = parts;
  const { built, stagingName } = build;
  const { catalogRevision, products, skipped } = built;
  const refusal = explainShrunkenCatalog({ before: store.catalogs.lastKnownSize(), after: products });
  try {
    if (refusal !== null && !(acceptFeed && products > 0)) {
      await feeds.quarantine(catalogRevision, stagingName, refusal.message);
      publish({ type: "catalog-refused", code: refusal.code, message: refusal.message });
      throw refusal;
    }
    await feeds.saveFeeds(catalogRevision, stagingName);
    store.catalogs.adoptCatalog(built);
  } catch (error) {
    await rm(join(store.catalogs.folder, built.file), { force: true });
    await feeds.discard(stagingName);
    throw error;
  }
  publish({ type: "catalog-replaced", catalogRevision, products, skipped });
}

/**
 * Builds the catalog again from the feeds that are kept: after an update of the program, or when its database was lost.
 * True if it is there now. What goes wrong is told and is no failure: the shop has all of it.
 */
export async function restoreCatalog(parts: SyncParts, signal: AbortSignal): Promise<boolean> {
  const { store, publish, catalogBuilds } = parts;
  try {
    const build = await catalogBuilds.restore({ signal });
    if (build === undefined) return false;
    store.catalogs.adoptCatalog(build.built);
    const { catalogRevision, products, skipped } = build.built;
    publish({ type: "catalog-replaced", catalogRevision, products, skipped });
    return true;
  } catch (error) {
    const failure = toFailure(error);
    if (signal.aborted) throw failure;
    publish({ type: "sync-failed", code: failure.code, message: failure.message });
    return false;
  }
}
