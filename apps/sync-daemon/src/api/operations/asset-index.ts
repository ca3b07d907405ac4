import { join } from "node:path";
import { libraryFolders } from "../../domain/library-layout.ts";
import type { InstalledAsset } from "../../domain/manifest.ts";

/** Where an asset is, relative to `library.root`, as people see it. */
export function folderOf(asset: Pick<InstalledAsset, "assetType" | "folder">): string {
  return join(libraryFolders[asset.assetType], asset.folder);
}
