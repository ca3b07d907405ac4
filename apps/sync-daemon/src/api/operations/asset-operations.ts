import { isAbsolute, join, resolve } from "node:path";
import { listAssetChanges } from "../../domain/asset-changes.ts";
import { formatCsv, utf8Mark } from "../../domain/csv.ts";
import { Failure } from "../../domain/failure.ts";
import { libraryFolders } from "../../domain/library-layout.ts";
import type { AssetSummary } from "../../domain/manifest.ts";
import { type AssetType, assetTypes, type Product } from "../../domain/product.ts";
import { foldSearchText } from "../../store/search-text.ts";
import { readFreeBytes } from "../../sync/disk-room.ts";
import { archiveOfUpdate, type InstalledAssets, priceGet } from "../../sync/installed-assets.ts";
import type { SyncParts } from "../../sync/parts.ts";
import { findKeptArchive } from "../../sync/verify-assets.ts";
import type { AssetEntry, LibraryAnswer } from "../contract/library.ts";
import type { Operations } from "../contract/operations.ts";
import { folderOf } from "./asset-index.ts";
import type { OperationsSettings } from "./operations-settings.ts";

/** What is installed, told from the disk: the libraries, their assets, and the bill of them. */
export function createAssetOperations(
  { parts, libraryMove, showFolder, signal }: OperationsSettings,
  installed: InstalledAssets,
): Pick<Operations, "library" | "assets" | "assetsCsv" | "openFolder" | "moveLibrary"> {
  const { catalogs } = parts.store;
  const describe = async () => ({ ...(await describeLibraries(parts, installed, signal)), move: libraryMove.state() });
  return {
    library: describe,
    async moveLibrary({ to }) {
      if (!isAbsolute(to)) throw new Failure("folder-relative", `"${to}" is not a whole path.`, { path: to });
      await libraryMove.start(resolve(to));
      return describe();
    },
    async assets({ text, assetType, only, sort, limit, offset }) {
      const words = foldWords(text).split(" ");
      const isOffered = catalogs.currentRevision() !== null;
      const chosen = (await installed.list(signal))
        .filter((asset) => assetType === undefined || asset.assetType === assetType)
        .filter((asset) => text.trim() === "" || holdsWords(asset, words))
        .filter((asset) => {
          if (only === "all") return true;
          const product = catalogs.findProduct(asset.manifest.productId);
          if (only === "withdrawn") return isOffered && product === undefined;
          return product !== undefined && product.revision !== asset.manifest.revision;
        })
        .sort(orders[sort]);
      const page = chosen.slice(offset, offset + limit);
      const withPrevious = await installed.withPrevious(page);
      return {
        total: chosen.length,
        assets: page.map((asset) => toEntry(parts, asset, { isOffered, hasPrevious: withPrevious.has(asset) })),
      };
    },
    async openFolder({ id }) {
      const assets = await installed.list(signal);
      const asset = assets.find(({ manifest }) => String(manifest.productId) === id || manifest.slug === id);
      if (asset === undefined) throw new Failure("asset-missing", `Product ${id} is not in the library.`);
      const folder = folderOf(asset);
      await showFolder(join(parts.libraries.root, folder));
      return { folder };
    },
    async assetsCsv() {
      const assets = (await installed.list(signal)).sort(orders.title);
      return (
        utf8Mark +
        formatCsv(
          csvHeader,
          assets.map((asset) => toCsvRow(parts, asset)),
        )
      );
    },
  };
}

async function describeLibraries(
  parts: SyncParts,
  installed: InstalledAssets,
  signal: AbortSignal,
): Promise<Omit<LibraryAnswer, "move">> {
  const { archives, libraries, store } = parts;
  const assets = await installed.list(signal);
  const conditions = libraries.conditions();
  const products = assets.map((asset) => ({ asset, product: store.catalogs.findProduct(asset.manifest.productId) }));
  const isOffered = store.catalogs.currentRevision() !== null;
  return {
    root: libraries.root,
    freeBytes: await readFreeBytes(libraries.root).catch(() => null),
    libraries: assetTypes.map((assetType) => {
      const condition = conditions[assetType];
      const own = assets.filter((asset) => asset.assetType === assetType);
      return {
        assetType,
        folder: libraryFolders[assetType],
        state: condition.state,
        code: condition.state === "ready" ? null : condition.code,
        message: condition.state === "ready" ? null : condition.message,
        assets: own.length,
        bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    }),
    archives: {
      count: new Set(archives.list().map(({ sha256 }) => sha256)).size,
      bytes: archives.totalBytes(),
      limitBytes: parts.settings().limits.maxArchiveStoreBytes,
    },
    updatesWaiting: products.filter(
      ({ asset, product }) => product !== undefined && product.revision !== asset.manifest.revision,
    ).length,
    withdrawn: isOffered ? products.filter(({ product }) => product === undefined).length : 0,
  };
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const byTitle = (one: AssetSummary, other: AssetSummary): number =>
  collator.compare(one.manifest.title, other.manifest.title) || (one.folder < other.folder ? -1 : 1);
const orders: Readonly<Record<"title" | "newest" | "size", (one: AssetSummary, other: AssetSummary) => number>> = {
  title: byTitle,
  newest: (one, other) => compareText(other.manifest.installedAt, one.manifest.installedAt) || byTitle(one, other),
  size: (one, other) => other.bytes - one.bytes || byTitle(one, other),
};

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Words in small letters without accents, with one space between them. */
function foldWords(text: string): string {
  const folded = foldSearchText(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? "";
}

/** As in the search of the catalog: each word must begin one of the asset's. */
function holdsWords({ manifest, folder }: AssetSummary, words: readonly string[]): boolean {
  const all = ` ${foldWords(`${manifest.title} ${manifest.slug} ${manifest.productId} ${folder} ${manifest.licence.label}`)}`;
  return words.every((word) => all.includes(` ${word}`));
}

function toEntry(
  parts: SyncParts,
  asset: AssetSummary,
  known: { isOffered: boolean; hasPrevious: boolean },
): AssetEntry {
  const { manifest, files, bytes } = asset;
  const product = parts.store.catalogs.findProduct(manifest.productId);
  return {
    productId: manifest.productId,
    title: manifest.title,
    slug: manifest.slug,
    assetType: asset.assetType,
    folder: folderOf(asset),
    downloadId: manifest.downloadId,
    archive: manifest.archive?.name ?? "",
    licence: manifest.licence.label,
    blenderVersion: manifest.blenderVersion.label,
    revision: manifest.revision,
    installedAt: manifest.installedAt,
    files,
    bytes,
    isAdopted: manifest.adopted === true,
    isWithdrawn: known.isOffered && product === undefined,
    pictures: product?.pictures.length ?? 0,
    update: product === undefined ? null : describeUpdate(parts, asset, product),
    hasPrevious: known.hasPrevious,
    isArchiveKept: findKeptArchive(parts, manifest) !== undefined,
  };
}

function describeUpdate(parts: SyncParts, asset: AssetSummary, product: Product): AssetEntry["update"] {
  const changes = listAssetChanges(asset.manifest, product);
  if (changes.length === 0) return null;
  const { downloadLimit, keepInReserve } = parts.settings();
  const archive = archiveOfUpdate(asset, product);
  const cost = priceGet(parts, { product, downloadId: archive?.downloadId, assets: [asset] });
  const { left } = parts.store.spends.quotaOf(product.id, downloadLimit);
  const downloadId = archive?.downloadId ?? asset.manifest.downloadId;
  return { revision: product.revision, downloadId, cost, left, isLast: cost > 0 && left <= keepInReserve, changes };
}

const csvHeader = [
  "product",
  "title",
  "type",
  "category",
  "subcategory",
  "licence",
  "archive",
  "archive_sha256",
  "revision",
  "installed_at",
  "folder",
  "page",
];

const typeNames: Readonly<Record<AssetType, string>> = {
  model: "model",
  material: "material",
  geonode: "geometry nodes",
  fx: "effect",
};

function toCsvRow(parts: SyncParts, asset: AssetSummary): (string | number)[] {
  const { manifest } = asset;
  const { catalogs } = parts.store;
  const product = catalogs.findProduct(manifest.productId) ?? catalogs.findWithdrawn(manifest.productId)?.product;
  return [
    manifest.productId,
    manifest.title,
    typeNames[asset.assetType],
    product?.category.title ?? "",
    product?.subCategory.title ?? "",
    manifest.licence.label,
    manifest.archive?.name ?? "",
    manifest.archive?.sha256 ?? "",
    manifest.revision,
    manifest.installedAt,
    folderOf(asset),
    product?.pageUrl ?? "",
  ];
}
