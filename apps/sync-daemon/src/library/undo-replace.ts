import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import type { InstalledAsset, Manifest } from "../domain/manifest.ts";
import { listAssetTree } from "./asset-files.ts";
import { isSameDownload, readManifestIn } from "./manifest-file.ts";
import { checkLibrary, explainLibraryError, type Library } from "./open-library.ts";
import { makeBlendFilesFresh } from "./prepare-staging.ts";
import { findKind, withRealFolder } from "./real-folder.ts";
import {
  asideName,
  forgetReplacement,
  isSameProductDownload,
  listReplacements,
  replacementFolder,
  toIdentity,
} from "./replacement.ts";
import { swapAsset } from "./swap-asset.ts";

/**
 * Brings back the version that the last update of this asset moved aside, with all a person had changed in it. The
 * present one is moved aside in turn, so undoing twice is redoing. Returns null where no old version is kept.
 */
export async function undoReplace(undone: { library: Library; asset: InstalledAsset }): Promise<{
  folder: string;
  keptAside: string;
  manifest: Manifest;
} | null> {
  const { library, asset } = undone;
  const { folder } = asset;
  try {
    await checkLibrary(library);
    const found = await findLatestAside(library, asset.manifest);
    if (found === null) return null;
    const current = await withRealFolder({ library, folder }, readManifestIn);
    if (current === null || "reason" in current || !isSameDownload(current, asset.manifest)) {
      throw new Failure(
        "asset-folder-taken",
        `"${folder}" no longer holds "${asset.manifest.title}"; it was left alone.`,
        {
          productId: asset.manifest.productId,
          path: join(library.folder, folder),
        },
      );
    }
    await withRealFolder({ library, folder: found.aside }, async (path) =>
      makeBlendFilesFresh(path, (await listAssetTree(path)).files),
    );
    const { keptAside } = await swapAsset({
      library,
      folder,
      incoming: found.aside,
      oldManifest: current,
      newManifest: found.manifest,
    });
    await forgetReplacement(library, found.key);
    return { folder, keptAside, manifest: found.manifest };
  } catch (error) {
    throw await explainLibraryError(library, error, { path: join(library.folder, folder), doing: "Bringing back" });
  }
}

/** Of these assets, those of which an old version is kept that `undoReplace` can bring back. */
export async function findWithPrevious<Asset extends { readonly manifest: Omit<Manifest, "files"> }>(
  library: Library,
  assets: readonly Asset[],
): Promise<Set<Asset>> {
  const found = new Set<Asset>();
  if (assets.length === 0) return found;
  const kept = await listReplacements(library, new Set(assets.map(({ manifest }) => manifest.productId)));
  for (const { key, state, record } of kept) {
    if (state !== "done" || record === null) continue;
    const own = assets.filter(({ manifest }) => isSameProductDownload(record.old, toIdentity(manifest)));
    if (own.length === 0 || (await findKind(library, `${replacementFolder(key)}/${asideName}`)) !== "folder") continue;
    for (const asset of own) found.add(asset);
  }
  return found;
}

async function findLatestAside(
  library: Library,
  manifest: Manifest,
): Promise<{ key: string; aside: string; manifest: Manifest } | null> {
  const identity = toIdentity(manifest);
  for (const { key, state, record } of (await listReplacements(library)).reverse()) {
    if (state !== "done" || record === null || !isSameProductDownload(record.old, identity)) continue;
    const aside = `${replacementFolder(key)}/${asideName}`;
    if ((await findKind(library, aside)) !== "folder") continue;
    const old = await withRealFolder({ library, folder: aside }, readManifestIn);
    if (old !== null && !("reason" in old)) return { key, aside, manifest: old };
  }
  return null;
}
