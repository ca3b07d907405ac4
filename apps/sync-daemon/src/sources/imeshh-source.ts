import { createBandwidth, type HttpLogger, type HttpSettings } from "@org/http-core";
import {
  createImeshh,
  type ImeshhOrigins,
  parseProducts,
  type Product as ShopProduct,
  spendOutcome,
} from "@org/imeshh";
import {
  type AssetType,
  assetTypes,
  type Category,
  isAssetType,
  type Picture,
  type Product,
  type SkippedRecord,
} from "../domain/product.ts";
import type { AssetSource, Feed, FetchedCatalog } from "../domain/source.ts";
import { type NetworkSettings, toHttpSettings } from "./http-settings.ts";
import { translateError } from "./translate-error.ts";

export interface ImeshhSourceSettings {
  /** Null: what needs no account still works. */
  readonly account: { readonly username: string; readonly password: string } | null;
  readonly origins: ImeshhOrigins;
  readonly archiveHosts: readonly string[];
  readonly bandwidthBytesPerSecond: number | null;
  readonly network: NetworkSettings;
  readonly logger: HttpLogger | undefined;
  /** Hears of every token and link, so that no log shows them. */
  readonly secretSink?: { addSecret(value: string): void; addLink(url: string): void };
}

export interface ImeshhSource extends AssetSource {
  /** Takes effect on transfers under way too. Null: as fast as it goes. */
  setBandwidth(bytesPerSecond: number | null): void;
}

/** The iMeshh shop as a source. Nothing is sent before a method is called. */
export function createImeshhSource(settings: ImeshhSourceSettings): ImeshhSource {
  const { account, network, secretSink } = settings;
  const bandwidth = createBandwidth(settings.bandwidthBytesPerSecond);
  const http: HttpSettings = {
    bandwidth,
    logger: settings.logger,
    ...toHttpSettings(network),
  };
  const shop = createImeshh({
    ...(account === null ? {} : { credentials: { ...account } }),
    // Keeps nothing: a sign-in costs little, and a token on disk would be one more secret there.
    tokenStore: { read: async () => null, write: async (token) => void (token && secretSink?.addSecret(token)) },
    origins: settings.origins,
    archiveHosts: settings.archiveHosts,
    http,
  });

  return {
    id: "imeshh",
    setBandwidth: (bytesPerSecond) => bandwidth.setLimit(bytesPerSecond),

    async getStatus({ signal }) {
      try {
        return { catalogRevision: (await shop.getStatus({ signal })).lastUpdated };
      } catch (error) {
        throw translateError(error, { step: "status" });
      }
    },

    async fetchCatalog({ signal }) {
      try {
        return await fetchCatalog();
      } catch (error) {
        throw translateError(error, { step: "catalog" });
      }

      async function fetchCatalog(): Promise<FetchedCatalog> {
        const [products, categories, catalogFiles] = await Promise.all([
          shop.listProducts({ signal }),
          shop.listCategories({ signal }),
          Promise.all(assetTypes.map((assetType) => shop.getCatalogFile({ assetType, signal }))),
        ]);
        const [model, material, geonode, fx] = catalogFiles.map(({ text }) => text) as [string, string, string, string];
        const served: Record<AssetType, string> = { model, material, geonode, fx };
        const feeds: Feed[] = [
          { name: productsFeed, text: products.text },
          { name: "latest_categories.json", text: categories.text },
          ...assetTypes.map((assetType) => ({ name: catalogFileFeed(assetType), text: served[assetType] })),
        ];
        return {
          products: products.products.map(toProduct),
          skipped: products.skipped.map(toSkipped),
          catalogFiles: served,
          feeds,
        };
      }
    },

    async getEntitlement({ signal }) {
      try {
        const { isActive, subscriptions } = await shop.getSubscription({ signal });
        const described = subscriptions.map(({ productName, status }) => `${productName} is ${status}`).join(", ");
        return {
          active: isActive,
          description: described === "" ? "The account has no subscription." : `${described}.`,
        };
      } catch (error) {
        throw translateError(error, { step: "account" });
      }
    },

    async checkAccount({ signal }) {
      try {
        await shop.login({ signal });
      } catch (error) {
        throw translateError(error, { step: "account" });
      }
    },

    async requestLink({ productId, downloadId, signal }) {
      try {
        const { url, expiresAtMs } = await shop.requestLink({ productId, downloadId, signal });
        secretSink?.addLink(url);
        return { url, expiresAtMs };
      } catch (error) {
        throw translateError(error, { step: "link", productId, spendOutcome: spendOutcome(error) });
      }
    },

    async fetchPicture({ url, path, maxPictureBytes, signal }) {
      try {
        await shop.fetchPicture({ url, path, maxBytes: maxPictureBytes, signal });
      } catch (error) {
        throw translateError(error, { step: "picture" });
      }
    },

    async fetchArchive({ link, path, maxArchiveBytes, signal, onStart, onProgress }) {
      // It may come from the state of an earlier run.
      secretSink?.addLink(link.url);
      try {
        const { bytes, sha256, resumedFromBytes } = await shop.fetchArchive({
          link,
          path,
          maxBytes: maxArchiveBytes,
          signal,
          onStart: ({ totalBytes }) => onStart?.({ totalBytes: totalBytes ?? 0 }),
          onProgress: (progress) => onProgress?.({ ...progress, totalBytes: progress.totalBytes ?? null }),
        });
        return { path, bytes, sha256, resumedFromBytes };
      } catch (error) {
        throw translateError(error, { step: "archive" });
      }
    },
  };
}

const productsFeed = "latest_products.json";
const catalogFileFeed = (assetType: AssetType): string => `${assetType}.blender_assets.cats.txt`;

/**
 * Reads feeds that were kept, as `fetchCatalog` handed them out: the same catalog without a network. Undefined if one is
 * missing or cannot be read; that is no failure, since the shop has them all.
 */
export async function readKeptFeeds(
  feeds: readonly Feed[],
  options: { signal: AbortSignal },
): Promise<FetchedCatalog | undefined> {
  const textOf = (name: string): string | undefined => feeds.find((feed) => feed.name === name)?.text;
  const texts = assetTypes.map((assetType) => textOf(catalogFileFeed(assetType)));
  const records = readRecords(textOf(productsFeed));
  if (records === undefined || texts.includes(undefined)) return undefined;
  const [model, material, geonode, fx] = texts as [string, string, string, string];
  const { products, skipped } = await parseProducts({ records, signal: options.signal });
  return {
    products: products.map(toProduct),
    skipped: skipped.map(toSkipped),
    catalogFiles: { model, material, geonode, fx },
    feeds,
  };
}

/** The shop writes a list with gaps as an object with number keys. */
function readRecords(text: string | undefined): unknown[] | undefined {
  try {
    const data: unknown = text === undefined ? undefined : JSON.parse(text);
    if (Array.isArray(data)) return data;
    return typeof data === "object" && data !== null ? Object.values(data) : undefined;
  } catch {
    return undefined;
  }
}

function toSkipped({ index, productId, name, reason }: SkippedRecord): SkippedRecord {
  return { index, productId, name, reason };
}

/** The shop's words into ours. A type that is not known goes to the models, as the shop's own add-on does. */
function toProduct(served: ShopProduct): Product {
  const subCategory = served.subCategories[0] ?? served.category;
  return {
    id: served.id,
    slug: served.slug,
    name: served.name,
    title: served.title,
    revision: served.dateModified,
    assetType: isAssetType(served.assetType) ? served.assetType : "model",
    servedAssetType: served.assetType,
    category: toCategory(served.category),
    subCategory: toCategory(subCategory),
    isFreebie: served.isFreebie,
    licence: served.licence,
    blenderVersion: served.blenderVersion,
    polygonCount: served.polygonCount,
    dimensions: served.dimensions,
    tags: served.tags,
    archives: served.downloads.map(({ id, name }) => ({ downloadId: id, name })),
    pictures: picturesOf(served),
    pageUrl: served.permalink,
  };
}

/** The thumbnail of lists first; it is one of the images, or one of its own where the feed names none. */
function picturesOf({ thumbnailUrl, thumbnailId, images }: ShopProduct): Picture[] {
  const pictures = images.flatMap(({ id, url, thumbnailUrl: small }) => {
    const [one, other] = [small ?? url, url ?? small];
    return one === null || other === null ? [] : [{ id, small: one, large: other }];
  });
  const first = pictures.findIndex(({ id, small }) => small === thumbnailUrl || (id !== null && id === thumbnailId));
  const shown = first === -1 && thumbnailUrl !== null ? { small: thumbnailUrl, large: thumbnailUrl } : pictures[first];
  const others = pictures.filter((_, index) => index !== first);
  return (shown === undefined ? others : [shown, ...others]).map(({ small, large }) => ({ small, large }));
}

function toCategory({ name, title, slug }: { name: string; title: string; slug: string }): Category {
  return { name, title, slug };
}
