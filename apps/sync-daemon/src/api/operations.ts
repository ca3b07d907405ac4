import { join } from "node:path";
import { chooseArchive } from "../domain/archive-choice.ts";
import { Failure } from "../domain/failure.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import { isWork, type PlanItem, type PlannedProduct } from "../domain/plan.ts";
import { assetTypes, type Product } from "../domain/product.ts";
import { readFreeBytes } from "../sync/disk-room.ts";
import { explainProduct } from "../sync/explain-product.ts";
import { getProducts } from "../sync/get-products.ts";
import { makeWholePlan } from "../sync/make-plan.ts";
import type { SyncParts } from "../sync/parts.ts";
import { readReachableAssets } from "../sync/reachable-assets.ts";
import { refreshCatalog } from "../sync/refresh-catalog.ts";
import { repairAssets } from "../sync/repair-assets.ts";
import { restorePrevious } from "../sync/restore-previous.ts";
import type { SyncOutcome } from "../sync/run-sync.ts";
import type { SyncLoop } from "../sync/sync-loop.ts";
import { verifyAssets } from "../sync/verify-assets.ts";
import {
  apiVersion,
  type Operations,
  type PlanAnswer,
  type ProductSummary,
  type StatusAnswer,
  type SyncResult,
} from "./contract.ts";

interface OperationsSettings {
  readonly parts: SyncParts;
  readonly loop: SyncLoop;
  readonly version: string;
  readonly home: string;
  readonly startedAtMs: number;
  /** How late the event loop was while syncing. */
  readonly eventLoopDelay: () => { p99Ms: number; maxMs: number };
  readonly signal: AbortSignal;
}

/** What the API's routes call: the daemon's verbs, with their answers in the contract's shape. */
export function createOperations(settings: OperationsSettings): Operations {
  const { parts, loop, signal } = settings;
  const { store } = parts;
  const limit = () => parts.settings().downloadLimit;
  const folders = createFolderIndex(parts, signal);

  return {
    status: () => statusOf(settings),
    async sync(request) {
      if (store.sourceState.pause() !== null) throw new Failure("paused", "asset-sync is paused.");
      return toSyncResult(await loop.syncNow(request));
    },
    async plan() {
      await parts.libraries.refresh();
      // Without a catalog there is nothing to price yet; fetching it is free.
      if (store.catalogs.currentRevision() === null) await refreshCatalog(parts, { acceptFeed: false, signal });
      const plan = await makeWholePlan(parts, signal);
      const freeBytes = await readFreeBytes(parts.libraries.root).catch(() => null);
      return {
        items: plan.items.map(toPlanEntry),
        withdrawn: plan.withdrawn.map(({ asset }) => ({
          productId: asset.manifest.productId,
          title: asset.manifest.title,
          folder: folderOf(asset),
        })),
        price: { ...plan.price, freeBytes },
      };
    },
    async search({ text, limit: count, offset }) {
      const installed = await folders();
      const found = store.catalogs.searchProducts({ text, limit: count, offset });
      return { total: found.total, products: found.products.map((product) => toSummary(product, installed)) };
    },
    async show(idOrSlug) {
      const product = store.catalogs.findProduct(idOrSlug);
      if (product === undefined) return undefined;
      const installed = await folders();
      const { limit: all, spent, inDoubt, left } = store.spends.quotaOf(product.id, limit());
      const preferred = chooseArchive(product);
      return {
        ...toSummary(product, installed),
        licence: product.licence,
        blenderVersion: product.blenderVersion,
        polygonCount: product.polygonCount,
        dimensions: product.dimensions,
        tags: [...product.tags],
        pageUrl: product.pageUrl,
        archives: product.archives.map((archive) => ({ ...archive, isDefault: archive === preferred })),
        quota: { limit: all, spent, inDoubt, left },
        installed: (installed.get(product.id) ?? []).map((asset) => ({
          folder: folderOf(asset),
          downloadId: asset.manifest.downloadId,
          revision: asset.manifest.revision,
          installedAt: asset.manifest.installedAt,
        })),
      };
    },
    async why(idOrSlug) {
      const explained = await explainProduct(parts, idOrSlug, signal);
      return { ...explained, reasons: [...explained.reasons] };
    },
    quota: () => ({
      products: store.spends.listQuotas(limit()).map((quota) => {
        const product = store.catalogs.findProduct(quota.productId);
        const archive = product?.archives.find(({ downloadId }) => downloadId === quota.downloadId);
        return { ...quota, title: product?.title, archive: archive?.name };
      }),
    }),
    async get(request) {
      const got = await getProducts(parts, { ...request, signal });
      return {
        products: got.map(({ product, productId, folder, spent, failure, message }) => ({
          product,
          productId,
          state: failure === null ? "installed" : "failed",
          folder,
          spent,
          code: failure?.code ?? null,
          message,
        })),
      };
    },
    async verify(request) {
      const { assets, damaged, rotten, unseen } = await verifyAssets(parts, { ...request, signal, archives: true });
      return {
        assets,
        problems: [...rotten, ...unseen].map(({ code, message }) => ({ code, message })),
        damaged: damaged.map(({ asset, missing, edited, repairable }) => ({
          productId: asset.manifest.productId,
          title: asset.manifest.title,
          folder: folderOf(asset),
          missing: [...missing],
          edited: [...edited],
          repairable,
        })),
      };
    },
    async repair(request) {
      const { products, previous } = request;
      const results = previous
        ? await restorePrevious(parts, { products, signal })
        : await repairAssets(parts, { products, signal });
      const done = previous ? "The version before is back" : "Whole again";
      const staying = previous ? " Updates leave it alone until you `get` the product." : "";
      return {
        repaired: results.flatMap(({ productId, folder }) =>
          folder === null ? [] : [{ productId, folder, message: `${done} in ${folder}, no download spent.${staying}` }],
        ),
        failed: results.flatMap(({ productId, failure }) =>
          failure === null ? [] : [{ productId, code: failure.code, message: failure.message }],
        ),
      };
    },
    pause({ untilMs }) {
      store.sourceState.setPause({ untilMs });
      parts.queue.pause();
      parts.publish({ type: "daemon-paused" });
      return statusOf(settings);
    },
    resume() {
      store.sourceState.setPause(null);
      parts.queue.resume();
      parts.publish({ type: "daemon-resumed" });
      loop.wake();
      return statusOf(settings);
    },
  };
}

/** Relative to `library.root`, as people see it. */
function folderOf(asset: InstalledAsset): string {
  return join(libraryFolders[asset.assetType], asset.folder);
}

/** Installed assets by product, read from their manifests each time: the disk decides, not our memory of it. */
function createFolderIndex(parts: SyncParts, signal: AbortSignal): () => Promise<Map<number, InstalledAsset[]>> {
  return async () => {
    await parts.libraries.refresh();
    const { assets } = await readReachableAssets(parts, signal);
    return Map.groupBy(assets, ({ manifest }) => manifest.productId);
  };
}

function toSummary(product: Product, installed: Map<number, InstalledAsset[]>): ProductSummary {
  const asset = installed.get(product.id)?.[0];
  return {
    productId: product.id,
    slug: product.slug,
    title: product.title,
    assetType: product.assetType,
    category: product.category.title,
    subCategory: product.subCategory.title,
    isFreebie: product.isFreebie,
    revision: product.revision,
    folder: asset === undefined ? null : folderOf(asset),
  };
}

function toPlanEntry(item: PlanItem<PlannedProduct>): PlanAnswer["items"][number] {
  return {
    productId: item.product.id,
    title: item.product.title,
    action: item.action,
    archive: item.archive.name,
    downloadId: item.archive.downloadId,
    cost: item.action === "keep" ? 0 : item.cost,
    bytes: isWork(item) ? item.bytes : null,
    reason: item.reason,
  };
}

function toSyncResult(outcome: SyncOutcome): SyncResult {
  return { ...outcome, failed: outcome.failed.map((entry) => ({ ...entry })) };
}

async function statusOf(settings: OperationsSettings): Promise<StatusAnswer> {
  const { parts, loop, signal } = settings;
  const { store, libraries } = parts;
  const pause = store.sourceState.pause();
  const conditions = libraries.conditions();
  const lastSync = store.sourceState.lastSync();
  const { assets, unreadable } = await readReachableAssets(parts, signal);
  const delay = settings.eventLoopDelay();
  const toTime = (ms: number) => new Date(ms).toISOString();
  return {
    apiVersion,
    version: settings.version,
    pid: process.pid,
    startedAt: toTime(settings.startedAtMs),
    home: settings.home,
    state: signal.aborted ? "stopping" : pause !== null ? "paused" : loop.isSyncing ? "syncing" : "idle",
    pausedUntil: pause?.untilMs == null ? null : toTime(pause.untilMs),
    catalogRevision: store.catalogs.currentRevision(),
    products: store.catalogs.countProducts(),
    skipped: store.catalogs.countSkipped(),
    assets: assets.length,
    lastSync: lastSync === null ? null : { at: toTime(lastSync.atMs), result: toSyncResult(lastSync.result) },
    nextPollAt: loop.nextPollAtMs === null ? null : toTime(loop.nextPollAtMs),
    downloads: parts.progress.list().map(({ productId, title, state, transfer }) => ({
      productId,
      title,
      state,
      bytes: transfer?.bytes ?? null,
      totalBytes: transfer?.totalBytes ?? null,
      bytesPerSecond: transfer?.bytesPerSecond ?? null,
    })),
    libraries: assetTypes.map((assetType) => {
      const condition = conditions[assetType];
      const message = unreadable.get(assetType)?.message ?? (condition.state === "ready" ? null : condition.message);
      return {
        assetType,
        folder: join(libraries.root, libraryFolders[assetType]),
        state: message === null ? "ready" : "unusable",
        message,
        assets: assets.filter((asset) => asset.assetType === assetType).length,
      };
    }),
    process: {
      residentBytes: process.memoryUsage.rss(),
      eventLoopDelayP99Ms: delay.p99Ms,
      eventLoopDelayMaxMs: delay.maxMs,
    },
    notices: lastSync?.result.failed.map(({ code, message }) => ({ code, message })) ?? [],
  };
}
