// How long does a refresh of a large catalog take, from the request to the last row, compared with reading its JSON?
// Run: node --conditions=@org/source apps/sync-daemon/bench/refresh.ts
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startSandbox } from "@org/sandbox";
import { createImeshhSource } from "../src/sources/imeshh-source.ts";
import { openStore } from "../src/store/open-store.ts";

export interface RefreshFigures {
  readonly products: number;
  readonly feedMegabytes: number;
  /** `JSON.parse` of the products feed and nothing else: what nobody can do without. */
  readonly jsonParseMs: number;
  /** Over loopback, unpacked, parsed, every record read. */
  readonly fetchMs: number;
  /** The first catalog into an empty database, search index included. */
  readonly firstReplaceMs: number;
  /** The same catalog with one product changed. */
  readonly laterReplaceMs: number;
  /** The longest the event loop was held up by a whole later refresh. */
  readonly longestPauseMs: number;
}

export async function measureRefresh(products = 100_000): Promise<RefreshFigures> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-bench-"));
  const sandbox = await startSandbox({ generatedProducts: products });
  const { shop, blog, feeds, extensions } = sandbox.origins;
  const source = createImeshhSource({
    account: null,
    origins: { shop, blog, feeds, extensions },
    archiveHosts: ["127.0.0.1"],
    bandwidthBytesPerSecond: null,
    network: { proxy: null, noProxy: null, extraCertificateFiles: [], silenceMs: 30_000 },
    logger: undefined,
  });
  await mkdir(join(folder, "state"));
  const store = openStore({ folder: join(folder, "state"), now: Date.now });
  try {
    const { signal } = new AbortController();
    const timed = async <T>(work: () => T | Promise<T>): Promise<[T, number]> => {
      const startedMs = performance.now();
      const result = await work();
      return [result, performance.now() - startedMs];
    };
    // The sandbox makes and packs its feed on the first request; that is not what is measured.
    await source.fetchCatalog({ signal });
    const [catalog, fetchMs] = await timed(() => source.fetchCatalog({ signal }));
    const text = catalog.feeds.find(({ name }) => name === "latest_products.json")?.text ?? "";
    const [, jsonParseMs] = await timed(() => JSON.parse(text));
    const [, firstReplaceMs] = await timed(() => store.catalogs.replaceCatalog({ ...catalog, catalogRevision: "1" }));
    const changed = catalog.products.map((product, index) =>
      index === 7 ? { ...product, revision: "changed" } : product,
    );

    let longestPauseMs = 0;
    let lastMs = performance.now();
    const watch = setInterval(() => {
      longestPauseMs = Math.max(longestPauseMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 1);
    const [, laterReplaceMs] = await timed(() =>
      store.catalogs.replaceCatalog({ ...catalog, products: changed, catalogRevision: "2" }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(watch);
    return {
      products: catalog.products.length,
      feedMegabytes: Buffer.byteLength(text) / 1e6,
      jsonParseMs,
      fetchMs,
      firstReplaceMs,
      laterReplaceMs,
      longestPauseMs,
    };
  } finally {
    store.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export function formatRefresh(figures: RefreshFigures): string {
  const { jsonParseMs } = figures;
  const line = (what: string, ms: number) => `| ${what} | ${ms.toFixed(0)} | ${(ms / jsonParseMs).toFixed(2)} |`;
  return [
    `Refresh of ${figures.products} products, a feed of ${figures.feedMegabytes.toFixed(0)} MB:`,
    "",
    "| step | ms | of bare JSON.parse |",
    "|---|---|---|",
    line("JSON.parse of the feed, nothing else", jsonParseMs),
    line("fetch, unpack, parse and read every record", figures.fetchMs),
    line("into an empty database, with search index", figures.firstReplaceMs),
    line("into the database, one product changed", figures.laterReplaceMs),
    "",
    `Longest the event loop was held up by a later replace: ${figures.longestPauseMs.toFixed(0)} ms.`,
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${formatRefresh(await measureRefresh())}\n`);
}
