import { setImmediate as letOthersRun } from "node:timers/promises";
import { chooseArchive } from "../../domain/archive-choice.ts";
import { Failure } from "../../domain/failure.ts";
import type { AssetSummary } from "../../domain/manifest.ts";
import type { Product, ProductArchive } from "../../domain/product.ts";
import type { ProductFacts } from "../../store/product-facts.ts";
import { explainProduct } from "../../sync/explain-product.ts";
import { priceGet } from "../../sync/installed-assets.ts";
import type { InstalledIndex } from "../../sync/installed-index.ts";
import type { SyncParts } from "../../sync/parts.ts";
import type { Operations } from "../contract/operations.ts";
import type { ProductSummary } from "../contract/products.ts";
import { folderOf } from "./asset-index.ts";
import type { OperationsSettings } from "./operations-settings.ts";
import { createProductMarks, type KnownMarks } from "./product-marks.ts";

/** Products read in one step: a few milliseconds of work. */
const productsPerStep = 250;
/** A catalog that is replaced in the middle of a search is searched again, this often at most. */
const searchTries = 3;

export function createProductOperations(
  { parts, signal }: OperationsSettings,
  installedIndex: InstalledIndex,
): Pick<Operations, "search" | "facets" | "show" | "why" | "setFavourite"> {
  const { catalogs, favourites } = parts.store;
  const productMarks = createProductMarks(parts);

  /** All that is read is of one catalog; undefined where another one took its place meanwhile. */
  async function searchOnce(query: Parameters<Operations["search"]>[0]) {
    const { sort, limit, offset, ...filter } = query;
    const known = productMarks.gather(await installedIndex.current());
    const found = catalogs.searchProducts({ filter, sort, limit, offset }, known.marks);
    const products: ProductSummary[] = [];
    for (let from = 0; from < found.places.length; from += productsPerStep) {
      if (from > 0) await letOthersRun(undefined, { signal });
      const facts = catalogs.listFacts(found.catalogRevision, found.places.slice(from, from + productsPerStep));
      if (facts === undefined) return undefined;
      for (const one of facts) products.push(summarize(one, known));
    }
    return { catalogRevision: found.catalogRevision, total: found.total, products };
  }

  const demand = (id: string): Product => {
    const product = catalogs.findProduct(id);
    if (product === undefined) throw new Failure("product-unknown", `The shop's catalog has no product "${id}".`);
    return product;
  };

  return {
    async search(query) {
      for (let tries = 0; tries < searchTries; tries += 1) {
        const found = await searchOnce(query);
        if (found !== undefined) return found;
      }
      throw new Failure("stopped", "The catalog is being replaced right now; search again.");
    },
    async facets(filter) {
      const { marks } = productMarks.gather(await installedIndex.current());
      const limit = parts.settings().downloadLimit;
      const facets = catalogs.countFacets(filter, { marks, limit });
      const catalogRevision = catalogs.currentRevision();
      if (facets === undefined) return { catalogRevision, ...noFacets };
      const left = facets.left.map((count, number) => ({ value: String(number), label: String(number), count }));
      return {
        catalogRevision,
        ...facets,
        assetType: [...facets.assetType],
        category: [...facets.category],
        subCategory: [...facets.subCategory],
        licence: [...facets.licence],
        blenderVersion: [...facets.blenderVersion],
        left,
      };
    },
    async show({ id }) {
      const product = demand(id);
      const known = productMarks.gather(await installedIndex.look());
      const assets = known.installed.byProduct.get(product.id) ?? [];
      const summary = summarize(factsOf(product), known);
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
          bytes: findBytes(parts, { product, archive, assets }),
          cost: priceGet(parts, { product, downloadId: archive.downloadId, assets }),
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
    async setFavourite({ id, isFavourite }) {
      const productId = favouriteIdOf(id);
      favourites.set(productId, isFavourite);
      return { productId, isFavourite };
    },
  };

  /** One that the shop withdrew stays a favourite and can be let go of. */
  function favouriteIdOf(id: string): number {
    const known = Number(id);
    return Number.isSafeInteger(known) && favourites.has(known) ? known : demand(id).id;
  }
}

/** How long the zip of the revision that the shop offers is, where anything here tells. */
function findBytes(
  { store, archives, progress }: SyncParts,
  about: { product: Product; archive: ProductArchive; assets: readonly AssetSummary[] },
): number | null {
  const { product, archive, assets } = about;
  const key = { productId: product.id, downloadId: archive.downloadId, revision: product.revision };
  const row = store.journal.findOpen(key);
  const installed = assets.find(
    ({ manifest }) => manifest.downloadId === key.downloadId && manifest.revision === key.revision,
  );
  const announced = row === undefined ? null : (row.archiveBytes ?? progress.announcedBytes(row.id));
  return archives.find(key)?.bytes ?? announced ?? installed?.manifest.archive?.bytes ?? null;
}

const noFacets = {
  total: 0,
  assetType: [],
  category: [],
  subCategory: [],
  licence: [],
  blenderVersion: [],
  freebie: 0,
  onDisk: 0,
  updateWaiting: 0,
  favourite: 0,
  left: [],
  polygons: null,
};

function summarize(facts: ProductFacts, known: KnownMarks): ProductSummary {
  const [asset] = known.installed.byProduct.get(facts.id) ?? [];
  const { limit, spent, inDoubt, left } = known.quotaOf(facts.id);
  return {
    productId: facts.id,
    slug: facts.slug,
    title: facts.title,
    assetType: facts.assetType,
    category: facts.category,
    subCategory: facts.subCategory,
    isFreebie: facts.isFreebie,
    licence: facts.licence,
    blenderVersion: facts.blenderVersion,
    polygonCount: facts.polygonCount,
    revision: facts.revision,
    folder: asset === undefined ? null : folderOf(asset),
    isUpdateWaiting: known.marks.updateWaiting.has(facts.id),
    isFavourite: known.marks.favourites.has(facts.id),
    pictures: facts.pictures,
    quota: { limit, spent, inDoubt, left },
  };
}

function factsOf(product: Product): ProductFacts {
  return {
    ...product,
    category: product.category.title,
    subCategory: product.subCategory.title,
    licence: product.licence.label,
    blenderVersion: product.blenderVersion.label,
    pictures: product.pictures.length,
  };
}
