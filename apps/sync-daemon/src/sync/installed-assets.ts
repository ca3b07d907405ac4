import { chooseArchive } from "../domain/archive-choice.ts";
import { toFailure } from "../domain/failure.ts";
import type { AssetSummary } from "../domain/manifest.ts";
import { isWork } from "../domain/plan.ts";
import { startPlan } from "../domain/plan-sync.ts";
import type { Product, ProductArchive } from "../domain/product.ts";
import { createAssetSummaries } from "../library/asset-summaries.ts";
import { findWithPrevious } from "../library/undo-replace.ts";
import type { SyncParts } from "./parts.ts";

/** What is installed, for whoever looks at it often. The disk decides each time; what did not change is not read again. */
export interface InstalledAssets {
  /** Of the libraries that can be read now. Throws only `stopped`. */
  list(signal: AbortSignal): Promise<AssetSummary[]>;
  /** Of these assets, those of which the version before the last update is kept. */
  withPrevious(assets: readonly AssetSummary[]): Promise<ReadonlySet<AssetSummary>>;
}

export function createInstalledAssets(parts: Pick<SyncParts, "libraries">): InstalledAssets {
  const summaries = createAssetSummaries();
  return {
    async list(signal) {
      await parts.libraries.refresh();
      const found = await Promise.all(
        parts.libraries.ready().map((library) => readOr([], () => summaries.read({ library, signal }))),
      );
      return found.flat();
    },
    async withPrevious(assets) {
      const found = await Promise.all(
        parts.libraries.ready().map((library) => {
          const own = assets.filter(({ assetType }) => assetType === library.assetType);
          return readOr(new Set<AssetSummary>(), () => findWithPrevious(library, own));
        }),
      );
      return new Set(found.flatMap((ofLibrary) => [...ofLibrary]));
    },
  };
}

/** A library whose disk goes away meanwhile hides its own only; `refresh` says what became of it. */
async function readOr<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === "stopped") throw failure;
    return otherwise;
  }
}

/** The zip that updates this asset: its own, or the one that takes its place where the shop replaced its id. */
export function archiveOfUpdate(asset: AssetSummary, product: Product): ProductArchive | undefined {
  const own = product.archives.find(({ downloadId }) => downloadId === asset.manifest.downloadId);
  return own ?? chooseArchive(product);
}

/**
 * What it would cost in downloads if a person asked for this product now, or for this archive of it: the plan's own price,
 * whatever stands in the way of it. 0 where it is installed, kept or paid for. Asks nobody.
 */
export function priceGet(
  parts: SyncParts,
  asked: { product: Product; downloadId: string | undefined; assets: readonly AssetSummary[] },
): number {
  const { store, archives } = parts;
  const { product, downloadId, assets } = asked;
  const settings = parts.settings();
  const ready = { state: "ready" } as const;
  const plan = startPlan(
    {
      wanted: [],
      updates: settings.updates,
      requests: [{ productId: product.id, downloadId, spendLast: true }],
      assets: assets.map((asset) => ({ ...asset, manifest: { ...asset.manifest, files: [] } })),
      downloads: store.journal.listOpenOf(product.id),
      cancelledDownload: (wanted) => store.journal.findCancelled(wanted),
      quotaOf: (productId) => store.spends.quotaOf(productId, settings.downloadLimit),
      spendsOfRevision: () => [],
      keptArchive: (wanted) => archives.find(wanted),
      accountProblem: null,
      entitlementProblem: null,
      massMissing: null,
      libraries: { model: ready, material: ready, geonode: ready, fx: ready },
      isTakenByOthers: () => false,
      keepInReserve: settings.keepInReserve,
      nowMs: parts.now(),
    },
    (whole) => whole,
  );
  plan.consider(product);
  const item = plan.finish().items.find(({ requester }) => requester === "person");
  if (item === undefined || item.action === "keep") return 0;
  return isWork(item) || item.action === "defer" ? item.cost : 0;
}
