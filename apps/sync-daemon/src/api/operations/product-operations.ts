import { chooseArchive } from "../../domain/archive-choice.ts";
import { Failure } from "../../domain/failure.ts";
import type { InstalledAsset } from "../../domain/manifest.ts";
import type { Product } from "../../domain/product.ts";
import { explainProduct } from "../../sync/explain-product.ts";
import type { Operations } from "../contract/operations.ts";
import type { ProductSummary } from "../contract/products.ts";
import { type AssetIndex, folderOf } from "./asset-index.ts";
import type { OperationsSettings } from "./operations-settings.ts";

export function createProductOperations(
  { parts, signal }: OperationsSettings,
  assetIndex: AssetIndex,
): Pick<Operations, "search" | "show" | "why"> {
  const { store } = parts;
  const summarize = (product: Product, installed: ReadonlyMap<number, readonly InstalledAsset[]>): ProductSummary => {
    const asset = installed.get(product.id)?.[0];
    const { limit, spent, inDoubt, left } = store.spends.quotaOf(product.id, parts.settings().downloadLimit);
    return {
      productId: product.id,
      slug: product.slug,
      title: product.title,
      assetType: product.assetType,
      category: product.category.title,
      subCategory: product.subCategory.title,
      isFreebie: product.isFreebie,
      licence: product.licence.label,
      blenderVersion: product.blenderVersion.label,
      polygonCount: product.polygonCount,
      revision: product.revision,
      folder: asset === undefined ? null : folderOf(asset),
      isUpdateWaiting: asset !== undefined && asset.manifest.revision !== product.revision,
      isFavourite: false,
      pictures: product.thumbnailUrl === null ? 0 : 1,
      quota: { limit, spent, inDoubt, left },
    };
  };

  return {
    async search({ text, limit, offset }) {
      const installed = await assetIndex();
      const found = store.catalogs.searchProducts({ text, limit, offset });
      return {
        catalogRevision: store.catalogs.currentRevision(),
        total: found.total,
        products: found.products.map((product) => summarize(product, installed)),
      };
    },
    async show({ id }) {
      const product = store.catalogs.findProduct(id);
      if (product === undefined) throw new Failure("product-unknown", `The shop's catalog has no product "${id}".`);
      const installed = await assetIndex();
      const assets = installed.get(product.id) ?? [];
      const summary = summarize(product, installed);
      const preferred = chooseArchive(product);
      return {
        ...summary,
        licence: product.licence,
        blenderVersion: product.blenderVersion,
        dimensions: product.dimensions,
        tags: [...product.tags],
        pageUrl: product.pageUrl,
        archives: product.archives.map((archive) => ({
          ...archive,
          isDefault: archive === preferred,
          bytes: null,
          cost: 1,
          isInstalled: assets.some(({ manifest }) => manifest.downloadId === archive.downloadId),
        })),
        isLastDownload: summary.quota.left <= parts.settings().keepInReserve,
        installed: assets.map((asset) => ({
          folder: folderOf(asset),
          downloadId: asset.manifest.downloadId,
          revision: asset.manifest.revision,
          installedAt: asset.manifest.installedAt,
        })),
      };
    },
    async why({ id }) {
      const explained = await explainProduct(parts, id, signal);
      return { ...explained, reasons: [...explained.reasons] };
    },
  };
}
