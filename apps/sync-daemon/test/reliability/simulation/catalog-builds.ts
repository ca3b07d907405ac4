import { join } from "node:path";
import type { AssetSource, FetchedCatalog } from "../../../src/domain/source.ts";
import { buildCatalogDatabase } from "../../../src/store/build-catalog-database.ts";
import type { FeedStore } from "../../../src/store/feeds.ts";
import type { CatalogBuild, CatalogBuilds } from "../../../src/sync/parts.ts";
import type { World } from "./current-world.ts";

/** What `catalog-process/` does in a process of its own, here with the shop of the simulation and through the gate. */
export function createCatalogBuilds(settings: {
  world: World;
  source: AssetSource;
  feeds: FeedStore;
  catalogsFolder: string;
}): CatalogBuilds {
  const { world, source, feeds, catalogsFolder } = settings;
  const build = (
    stagingName: string,
    previous: string | null,
    catalog: Omit<FetchedCatalog, "feeds"> & { catalogRevision: string },
  ): CatalogBuild => ({
    built: buildCatalogDatabase({
      path: join(catalogsFolder, `${stagingName}.db`),
      previous,
      catalog,
      nowMs: world.clock.now(),
    }),
    stagingName,
  });
  const newName = () => `imeshh-${world.names.bytes(4).toString("hex")}`;
  return {
    async fetch({ catalogRevision, previous, signal }) {
      const stagingName = newName();
      const catalog = await source.fetchCatalog({ signal });
      await feeds.stageFeeds(stagingName, catalog.feeds);
      return build(stagingName, previous, { ...catalog, catalogRevision });
    },
    async restore() {
      const kept = await feeds.readFeeds();
      const [feed] = kept?.feeds ?? [];
      if (kept === undefined || feed === undefined) return undefined;
      return build(newName(), null, { ...JSON.parse(feed.text), catalogRevision: kept.catalogRevision });
    },
  };
}
