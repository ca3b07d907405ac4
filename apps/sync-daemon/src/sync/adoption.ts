import type { FailureCode } from "../domain/failure.ts";
import type { AssetType, Product, ProductArchive } from "../domain/product.ts";
import type { SyncParts } from "./parts.ts";

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
  readonly code:
    | FailureCode
    | "ambiguous"
    | "already-installed"
    | "other-bytes"
    | "no-blend"
    | "changing"
    | "folder-missing";
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
