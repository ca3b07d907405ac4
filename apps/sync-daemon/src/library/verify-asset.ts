import { join } from "node:path";
import type { InstalledAsset } from "../domain/manifest.ts";
import { type AssetDifferences, compareWithManifest } from "./asset-files.ts";
import { systemErrorCode } from "./durable-rename.ts";
import { checkLibrary, explainLibraryError, type Library } from "./open-library.ts";
import { findKind, withRealFolder } from "./real-folder.ts";

/**
 * What differs between an asset's folder and its manifest: missing, edited and foreign files, relative to the asset's
 * folder; all are missing where the folder is. Thorough reads every byte. Otherwise sizes are compared, and only files newer than the manifest are hashed: an
 * edit that keeps the size and sets an old time goes unseen. Changes nothing.
 */
export async function verifyAsset(verified: {
  library: Library;
  asset: InstalledAsset;
  thorough: boolean;
  signal?: AbortSignal;
}): Promise<AssetDifferences> {
  const { library, asset, thorough, signal } = verified;
  await checkLibrary(library);
  const options = signal === undefined ? { thorough } : { thorough, signal };
  try {
    return await withRealFolder({ library, folder: asset.folder }, (path) =>
      compareWithManifest({ path, manifest: asset.manifest, ...options }),
    );
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" && (await findKind(library, asset.folder)) === "absent") {
      await checkLibrary(library);
      return { missing: asset.manifest.files.map((file) => file.path), edited: [], foreign: [] };
    }
    throw await explainLibraryError(library, error, { path: join(library.folder, asset.folder), doing: "Verifying" });
  }
}
