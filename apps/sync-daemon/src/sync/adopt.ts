import type { FailureCode } from "../domain/failure.ts";
import type { AssetType, Product, ProductArchive } from "../domain/product.ts";
import { adoptArchives } from "./adopt-archives.ts";
import { adoptFolders } from "./adopt-folders.ts";
import type { SyncParts } from "./parts.ts";
import { refreshCatalog } from "./refresh-catalog.ts";

/** A folder that was claimed or a zip that was taken into the archive store. */
export interface Adopted {
  readonly product: Product;
  readonly archive: ProductArchive;
  /** Of a folder relative to `library.root`; of a zip absolute. */
  readonly path: string;
  readonly kind: "folder" | "zip";
  readonly message: string;
}

/** What looks like a product and was left alone. */
export interface PassedOver {
  readonly path: string;
  readonly code: FailureCode | "ambiguous" | "already-installed" | "other-bytes" | "no-blend" | "changing";
  readonly message: string;
}

export interface Adoption {
  readonly adopted: readonly Adopted[];
  readonly passed: readonly PassedOver[];
}

export interface AdoptRequest {
  /** Absolute folders to look for zips in, besides `library.root`. */
  readonly folders: readonly string[];
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * Takes over what was fetched before asset-sync came: folders of iMeshh's own add-on in the libraries get a manifest,
 * zips named like a product's are copied into the archive store. Costs no download, and each counts as one that was
 * spent. Person's files are read and never changed. May be done again at any time.
 */
export async function adopt(parts: SyncParts, request: AdoptRequest): Promise<Adoption> {
  await parts.libraries.refresh();
  if (parts.store.catalogs.currentRevision() === null)
    await refreshCatalog(parts, { acceptFeed: false, signal: request.signal });
  const folders = await adoptFolders(parts, request);
  const archives = await adoptArchives(parts, request);
  return {
    adopted: [...folders.adopted, ...archives.adopted],
    passed: [...folders.passed, ...archives.passed],
  };
}

/** Whoever has it fetched it once, and the shop counted that: not to count it would promise downloads that are gone. */
export function countAsSpent(
  parts: SyncParts,
  spent: { productId: number; downloadId: string; revision: string },
): void {
  const evidence = "Adopted: it was on this computer before, so the shop has counted a download of it.";
  parts.store.spends.restore({ ...spent, evidence });
}

/** For maps over both. */
export const placeOf = (assetType: AssetType, folder: string): string => `${assetType}/${folder.normalize("NFC")}`;
