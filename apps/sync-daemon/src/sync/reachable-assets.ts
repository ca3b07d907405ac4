import { type Failure, toFailure } from "../domain/failure.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import type { AssetType } from "../domain/product.ts";
import type { UnseenFolder } from "../domain/unseen-folder.ts";
import { readManifests } from "../library/read-manifests.ts";
import type { SyncParts } from "./parts.ts";

export interface ReachableAssets {
  readonly assets: InstalledAsset[];
  /** The libraries whose assets these are. One that is opened meanwhile is not among them. */
  readonly read: ReadonlySet<AssetType>;
  /** Of the libraries that were open and could not be read, why. */
  readonly unreadable: ReadonlyMap<AssetType, Failure>;
  /** Folders of the libraries that were read into which nobody could look. */
  readonly unseen: readonly UnseenFolder[];
}

/** All assets of the open libraries that can be read now; a disk that goes away meanwhile hides its own only. Throws only `stopped`. */
export async function readReachableAssets(
  parts: Pick<SyncParts, "libraries">,
  signal: AbortSignal,
): Promise<ReachableAssets> {
  const unreadable = new Map<AssetType, Failure>();
  const read = new Set<AssetType>();
  const unseen: UnseenFolder[] = [];
  const found = await Promise.all(
    parts.libraries.ready().map(async (library) => {
      try {
        const { assets, unreadable: folders } = await readManifests({ library, signal });
        const { assetType } = library;
        read.add(assetType);
        for (const { folder, reason, isUnseen } of folders) if (isUnseen) unseen.push({ assetType, folder, reason });
        return assets;
      } catch (error) {
        const failure = toFailure(error);
        if (failure.code === "stopped") throw failure;
        unreadable.set(library.assetType, failure);
        return [];
      }
    }),
  );
  return { assets: found.flat(), read, unreadable, unseen };
}

/** The same for work that goes on with what is left: a library that cannot be read is let go of until the next look. */
export async function readAssetsOrLetGo(
  parts: Pick<SyncParts, "libraries">,
  signal: AbortSignal,
): Promise<ReachableAssets> {
  const read = await readReachableAssets(parts, signal);
  for (const [assetType, failure] of read.unreadable) parts.libraries.lose(assetType, failure);
  return read;
}
