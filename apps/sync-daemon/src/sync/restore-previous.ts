import { Failure, toFailure } from "../domain/failure.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import { undoReplace } from "../library/undo-replace.ts";
import { readAssets } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";
import type { Repaired } from "./repair-assets.ts";

/**
 * Puts back the version of each product that its last update moved aside, with everything a person had changed in it.
 * Costs nothing; doing it twice brings the newer one back. No rule updates what was put back until a person asks for it.
 */
export async function restorePrevious(
  parts: SyncParts,
  options: { products: readonly number[]; signal: AbortSignal },
): Promise<Repaired[]> {
  await parts.libraries.refresh();
  const assets = await readAssets(parts, options.signal);
  const restored: Repaired[] = [];
  for (const productId of options.products) {
    const own = assets.filter(({ manifest }) => manifest.productId === productId);
    if (own.length === 0) restored.push(missing(productId, `Product ${productId} is not installed.`));
    for (const asset of own) restored.push(await restoreOne(parts, asset));
  }
  return restored;
}

async function restoreOne(parts: SyncParts, asset: InstalledAsset): Promise<Repaired> {
  const { productId, title } = asset.manifest;
  const { sourceState, catalogs } = parts.store;
  const wasHeldBack = sourceState.isHeldBack(productId);
  try {
    // Before the swap, so that a crash cannot let the next sync undo it.
    sourceState.setHeldBack(productId, true);
    const undone = await parts.libraries.use(asset.assetType, (library) => undoReplace({ library, asset }));
    if (undone === null) {
      sourceState.setHeldBack(productId, wasHeldBack);
      return missing(productId, `No earlier version of "${title}" is kept.`);
    }
    // Gone back and forth again: what the shop offers is here, and there is nothing to hold back from.
    const offered = catalogs.findProduct(productId)?.revision;
    sourceState.setHeldBack(productId, offered !== undone.manifest.revision);
    parts.publish({ type: "asset-committed", productId, title, assetType: asset.assetType, folder: undone.folder });
    return { productId, folder: `${libraryFolders[asset.assetType]}/${undone.folder}`, failure: null };
  } catch (error) {
    sourceState.setHeldBack(productId, wasHeldBack);
    return { productId, folder: null, failure: toFailure(error) };
  }
}

function missing(productId: number, message: string): Repaired {
  return { productId, folder: null, failure: new Failure("asset-previous-missing", message, { productId }) };
}
