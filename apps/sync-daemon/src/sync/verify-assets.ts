import { Failure } from "../domain/failure.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import { verifyAsset } from "../library/verify-asset.ts";
import { readAssets } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";

export interface DamagedAsset {
  readonly asset: InstalledAsset;
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** The archive is kept and whole, so mending costs no download. */
  readonly repairable: boolean;
}

/**
 * Compares assets on disk with their manifests, every byte. Changes and spends nothing. `rotten`: kept zips with other
 * bytes than were fetched, looked at where `archives` is set and for every damaged asset. `unseen`: libraries that could not
 * be looked at, so that nothing can be said of what they hold; none where all that was asked about was found elsewhere.
 */
export async function verifyAssets(
  parts: SyncParts,
  options: { products: readonly number[]; signal: AbortSignal; archives?: boolean },
): Promise<{ assets: number; damaged: DamagedAsset[]; rotten: Failure[]; unseen: Failure[] }> {
  await parts.libraries.refresh();
  const all = await readAssets(parts, options.signal);
  const chosen =
    options.products.length === 0 ? all : all.filter(({ manifest }) => options.products.includes(manifest.productId));
  const damaged: DamagedAsset[] = [];
  const rotten: Failure[] = [];
  for (const asset of chosen) {
    const library = parts.libraries.get(asset.assetType);
    const { missing, edited } = await verifyAsset({ library, asset, thorough: true, signal: options.signal });
    const isWhole = missing.length === 0 && edited.length === 0;
    if (isWhole && options.archives !== true) continue;
    const kept = findKeptArchive(parts, asset.manifest);
    const archive = kept === undefined ? "missing" : await parts.archives.verify(kept.sha256, options);
    if (archive === "damaged") rotten.push(describeRot(asset, isWhole));
    if (!isWhole) damaged.push({ asset, missing, edited, repairable: archive === "intact" });
  }
  const found = new Set(chosen.map(({ manifest }) => manifest.productId));
  const isAllFound = options.products.length > 0 && options.products.every((id) => found.has(id));
  return { assets: chosen.length, damaged, rotten, unseen: isAllFound ? [] : parts.libraries.problems() };
}

function describeRot(asset: InstalledAsset, isWhole: boolean): Failure {
  const { title, archive, productId } = asset.manifest;
  const rest = isWhole ? "the asset itself is whole" : "so it cannot mend the asset";
  const message = `The kept zip${archive === null ? "" : ` "${archive.name}"`} of "${title}" has other bytes than were fetched; ${rest}.`;
  return new Failure("archive-damaged", message, { productId });
}

/** The kept archive of a revision, unless it was refused before. */
export function findKeptArchive(parts: SyncParts, wanted: { productId: number; downloadId: string; revision: string }) {
  const { productId, downloadId, revision } = wanted;
  const kept = parts.archives.find({ productId, downloadId, revision });
  return kept?.refused === null ? kept : undefined;
}
