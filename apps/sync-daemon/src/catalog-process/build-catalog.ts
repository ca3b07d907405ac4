import type { HttpLogger } from "@org/http-core";
import type { FetchedCatalog } from "../domain/source.ts";
import { createImeshhSource, readKeptFeeds } from "../sources/imeshh-source.ts";
import { type BuiltCatalog, buildCatalogDatabase } from "../store/build-catalog-database.ts";
import { openFeedStore } from "../store/feeds.ts";
import type { CatalogTask } from "./messages.ts";

/**
 * Fetches the source's offer (or reads the feeds that are kept), stages its feeds and builds its database. Undefined if
 * no feeds are kept. Needs no account and spends nothing. Throws `Failure`.
 */
export async function buildCatalog(
  task: CatalogTask,
  options: { signal: AbortSignal; logger: HttpLogger | undefined },
): Promise<BuiltCatalog | undefined> {
  const read = await (task.fetch === null ? readKept(task, options.signal) : fetchNew(task, task.fetch, options));
  if (read === undefined) return undefined;
  const { path, previous, nowMs } = task;
  return buildCatalogDatabase({ path, previous, catalog: read, nowMs });
}

type ReadCatalog = FetchedCatalog & { catalogRevision: string };

async function readKept(task: CatalogTask, signal: AbortSignal): Promise<ReadCatalog | undefined> {
  const kept = await openFeedStore({ folder: task.feedsFolder }).readFeeds();
  const catalog = kept === undefined ? undefined : await readKeptFeeds(kept.feeds, { signal });
  return kept === undefined || catalog === undefined
    ? undefined
    : { ...catalog, catalogRevision: kept.catalogRevision };
}

async function fetchNew(
  task: CatalogTask,
  { catalogRevision, origins, network }: NonNullable<CatalogTask["fetch"]>,
  { signal, logger }: { signal: AbortSignal; logger: HttpLogger | undefined },
): Promise<ReadCatalog> {
  const source = createImeshhSource({
    account: null,
    origins,
    archiveHosts: [],
    bandwidthBytesPerSecond: null,
    network,
    logger,
  });
  const catalog = await source.fetchCatalog({ signal });
  await openFeedStore({ folder: task.feedsFolder }).stageFeeds(task.stagingName, catalog.feeds);
  return { ...catalog, catalogRevision };
}
