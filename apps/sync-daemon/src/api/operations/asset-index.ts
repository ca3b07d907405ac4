import { join } from "node:path";
import { libraryFolders } from "../../domain/library-layout.ts";
import type { InstalledAsset } from "../../domain/manifest.ts";
import type { SyncParts } from "../../sync/parts.ts";
import { readReachableAssets } from "../../sync/reachable-assets.ts";

/** Installed assets by product, read from their manifests each time: the disk decides, not our memory of it. */
export type AssetIndex = () => Promise<Map<number, InstalledAsset[]>>;

export function createAssetIndex(parts: SyncParts, signal: AbortSignal): AssetIndex {
  return async () => {
    await parts.libraries.refresh();
    const { assets } = await readReachableAssets(parts, signal);
    return Map.groupBy(assets, ({ manifest }) => manifest.productId);
  };
}

/** Relative to `library.root`, as people see it. */
export function folderOf(asset: Pick<InstalledAsset, "assetType" | "folder">): string {
  return join(libraryFolders[asset.assetType], asset.folder);
}
