import { once } from "node:events";
import { createGzip, gunzipSync, gzipSync } from "node:zlib";
import type { Clock } from "../clock.ts";
import { vendorOrigins } from "../host-name.ts";
import { bufferContent, type Content } from "../http/content.ts";
import type { Catalog } from "./catalog.ts";
import { type AssetType, catalogFileFolders } from "./sample-shop.ts";

/** How the feeds' objects are stored: gzipped and saying so, gzipped without saying so, or plain. */
export const feedEncodings = ["gzip", "unlabelled-gzip", "plain"] as const;
export type FeedEncoding = (typeof feedEncodings)[number];

export type FeedPart = "products" | "categories" | AssetType;

/** The parts by their path on the feeds host. */
export const feedPaths: Record<string, FeedPart> = {
  "/imeshh-all-product-compress-meta-data/latest_products.json": "products",
  "/imeshh-all-product-compress-meta-data/latest_categories.json": "categories",
  [`/cats-files/${catalogFileFolders.model}/blender_assets.cats.txt`]: "model",
  [`/cats-files/${catalogFileFolders.material}/blender_assets.cats.txt`]: "material",
  [`/cats-files/${catalogFileFolders.geonode}/blender_assets.cats.txt`]: "geonode",
  [`/cats-files/${catalogFileFolders.fx}/blender_assets.cats.txt`]: "fx",
};

/** What a fault makes of a feed. */
export type FeedVariant = { kind: "stale" } | { kind: "shrunken"; keep: number | undefined } | { kind: "empty" };

/** The objects in the bucket: built once from the catalog, kept gzipped, built again when something changed. */
export interface FeedStore {
  /** The object as stored (always gzipped here; the host decides what it says about that). */
  object(part: FeedPart, variant?: FeedVariant): Promise<Content>;
  /** Builds everything now, so that the first request need not wait. */
  build(): Promise<void>;
}

interface Built {
  version: number;
  content: Content;
}

/** Above this many bytes of text the fastest compression is used: a 100,000-product feed shall not delay the start. */
const quickCompressionFrom = 4 * 1024 * 1024;
const recordsPerWrite = 500;

export function createFeedStore(settings: { catalog: Catalog; clock: Clock; cdnOrigin: () => string }): FeedStore {
  const { catalog, clock, cdnOrigin } = settings;
  const current = new Map<FeedPart, Promise<Built>>();
  const currentVersion = new Map<FeedPart, number>();
  const previous = new Map<FeedPart, Promise<Built>>();
  const firstBuiltMs = Date.UTC(2025, 6, 21, 21, 38, 11);

  const build = async (part: FeedPart, version: number): Promise<Built> => {
    const gzipped = part === "products" ? await gzipProducts(catalog.entries(), cdnOrigin()) : gzipSync(textOf(part));
    return { version, content: bufferContent(gzipped, version === 1 ? firstBuiltMs : clock.now()) };
  };
  const textOf = (part: Exclude<FeedPart, "products">) =>
    part === "categories" ? JSON.stringify(catalog.categories()) : catalog.catalogFile(part);
  const latest = (part: FeedPart): Promise<Built> => {
    const version = catalog.version(part);
    const built = current.get(part);
    if (built !== undefined && currentVersion.get(part) === version) return built;
    if (built !== undefined) previous.set(part, built);
    const building = build(part, version);
    current.set(part, building);
    currentVersion.set(part, version);
    return building;
  };
  return {
    async object(part, variant) {
      const now = await latest(part);
      if (variant === undefined) return now.content;
      if (variant.kind === "stale") return (await (previous.get(part) ?? now)).content;
      const text = gunzipSync(await now.content.bytes()).toString("utf8");
      return bufferContent(gzipSync(shrink(part, text, variant)), clock.now());
    },
    async build() {
      for (const part of new Set(Object.values(feedPaths))) await latest(part);
    },
  };
}

async function gzipProducts(entries: Iterable<unknown>, cdnOrigin: string): Promise<Buffer> {
  const texts: string[] = [];
  let gatheredBytes = 0;
  let gzip: ReturnType<typeof createGzip> | undefined;
  const chunks: Buffer[] = [];
  const write = async (text: string) => {
    if (gzip === undefined) {
      gzip = createGzip({ level: 1 });
      gzip.on("data", (chunk: Buffer) => chunks.push(chunk));
    }
    if (!gzip.write(text)) await once(gzip, "drain");
  };
  let separator = "[";
  let pending = "";
  let records = 0;
  for (const entry of entries) {
    pending += separator + JSON.stringify(entry).replaceAll(vendorOrigins.cdn, cdnOrigin);
    separator = ",";
    records += 1;
    if (records % recordsPerWrite !== 0) continue;
    texts.push(pending);
    gatheredBytes += pending.length;
    pending = "";
    if (gatheredBytes < quickCompressionFrom) continue;
    for (const text of texts.splice(0)) await write(text);
  }
  texts.push(pending + (records === 0 ? "[]" : "]"));
  if (gzip === undefined) return gzipSync(texts.join(""));
  for (const text of texts) await write(text);
  gzip.end();
  await once(gzip, "end");
  return Buffer.concat(chunks);
}

/** The part with fewer records (a tenth, unless told how many), or with none. */
function shrink(part: FeedPart, text: string, variant: Exclude<FeedVariant, { kind: "stale" }>): string {
  const keepOf = (count: number) => (variant.kind === "empty" ? 0 : (variant.keep ?? Math.floor(count / 10)));
  if (part === "products") {
    const entries = JSON.parse(text) as unknown[];
    return JSON.stringify(entries.slice(0, keepOf(entries.length)));
  }
  if (part === "categories") {
    const types = Object.entries(JSON.parse(text) as Record<string, unknown[]>);
    if (variant.kind === "empty") return "{}";
    return JSON.stringify(
      Object.fromEntries(types.map(([type, categories]) => [type, categories.slice(0, keepOf(categories.length))])),
    );
  }
  const lines = text.split("\n");
  return variant.kind === "empty" ? "" : lines.slice(0, keepOf(lines.length)).join("\n");
}
