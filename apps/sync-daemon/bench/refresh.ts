// How long does a refresh of a large catalog take, from the request to the catalog in use, compared with reading its JSON,
// and what of it does the daemon's own event loop feel?
// Run: node --conditions=@org/source apps/sync-daemon/bench/refresh.ts
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { startSandbox } from "@org/sandbox";
import { createCatalogProcess } from "../src/catalog-process/start-catalog-process.ts";
import { openFeedStore } from "../src/store/feeds.ts";
import { openStore } from "../src/store/open-store.ts";

export interface RefreshFigures {
  readonly products: number;
  readonly feedMegabytes: number;
  readonly databaseMegabytes: number;
  /** `JSON.parse` of the products feed and nothing else: what nobody can do without. */
  readonly jsonParseMs: number;
  /** In a process of its own: fetched over loopback, unpacked, read, built, flushed. The first catalog. */
  readonly firstBuildMs: number;
  /** The same, compared with the catalog before it. */
  readonly laterBuildMs: number;
  /** From the feeds that are kept. */
  readonly restoreMs: number;
  /** Putting a built catalog to use, in the daemon. */
  readonly adoptMs: number;
  /** The longest the daemon's event loop was held up by a later refresh. */
  readonly longestPauseMs: number;
}

export async function measureRefresh(products = 100_000): Promise<RefreshFigures> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-bench-"));
  const sandbox = await startSandbox({ generatedProducts: products });
  const { shop, blog, feeds: feedsOrigin, extensions } = sandbox.origins;
  const feedsFolder = join(folder, "feeds");
  const feeds = openFeedStore({ folder: feedsFolder });
  const { catalogs, close } = openStore({ folder: join(folder, "state"), now: Date.now });
  const builds = createCatalogProcess({
    source: "imeshh",
    origins: { shop, blog, feeds: feedsOrigin, extensions },
    network: { proxy: null, noProxy: null, extraCertificateFiles: [], silenceMs: 30_000 },
    feedsFolder,
    catalogsFolder: catalogs.folder,
    logger: undefined,
    now: Date.now,
  });
  try {
    const { signal } = new AbortController();
    const timed = async <T>(work: () => T | Promise<T>): Promise<[T, number]> => {
      const startedMs = performance.now();
      const result = await work();
      return [result, performance.now() - startedMs];
    };
    // The sandbox makes and packs its feed on the first request; that is not what is measured.
    await feeds.discard((await builds.fetch({ catalogRevision: "0", previous: null, signal })).stagingName);
    const [first, firstBuildMs] = await timed(() => builds.fetch({ catalogRevision: "1", previous: null, signal }));
    await feeds.saveFeeds("1", first.stagingName);
    const [, adoptMs] = await timed(() => catalogs.adoptCatalog(first.built));
    const text = await readFile(join(feedsFolder, "latest_products.json"), "utf8");
    const [, jsonParseMs] = await timed(() => JSON.parse(text));

    const delay = monitorEventLoopDelay({ resolution: 1 });
    await sleep(50);
    delay.enable();
    const [, laterBuildMs] = await timed(async () => {
      const previous = catalogs.currentPath();
      const later = await builds.fetch({ catalogRevision: "2", previous, signal });
      await feeds.saveFeeds("2", later.stagingName);
      catalogs.adoptCatalog(later.built);
    });
    await sleep(50);
    delay.disable();
    const [, restoreMs] = await timed(() => builds.restore({ signal }));

    return {
      products: catalogs.countProducts(),
      feedMegabytes: Buffer.byteLength(text) / 1e6,
      databaseMegabytes: (await stat(catalogs.currentPath() ?? "")).size / 1e6,
      jsonParseMs,
      firstBuildMs,
      laterBuildMs,
      restoreMs,
      adoptMs,
      longestPauseMs: delay.max / 1e6,
    };
  } finally {
    close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export function formatRefresh(figures: RefreshFigures): string {
  const { jsonParseMs, feedMegabytes, databaseMegabytes } = figures;
  const line = (what: string, ms: number) => `| ${what} | ${ms.toFixed(0)} | ${(ms / jsonParseMs).toFixed(2)} |`;
  return [
    `Refresh of ${figures.products} products, a feed of ${feedMegabytes.toFixed(0)} MB, a database of ${databaseMegabytes.toFixed(0)} MB:`,
    "",
    "| step | ms | of bare JSON.parse |",
    "|---|---|---|",
    line("JSON.parse of the feed, nothing else", jsonParseMs),
    line("process of its own: fetch, unpack, read, build, flush", figures.firstBuildMs),
    line("the same with a catalog before it, until it is in use", figures.laterBuildMs),
    line("again from the feeds that are kept", figures.restoreMs),
    line("putting a built one to use, in the daemon", figures.adoptMs),
    "",
    `Longest the daemon's event loop was held up by a later refresh: ${figures.longestPauseMs.toFixed(0)} ms.`,
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${formatRefresh(await measureRefresh())}\n`);
}
