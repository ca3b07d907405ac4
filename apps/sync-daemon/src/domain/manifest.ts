import type { AssetType, Labelled } from "./product.ts";

/** One file of an asset, as extracted. `path` is relative to the asset's folder, with `/`. */
export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * `.asset.json` in an asset's folder: where it came from and what is in it. Written into the staged folder before the
 * rename, so its presence means that the asset is whole.
 */
export interface Manifest {
  readonly format: 1;
  readonly source: string;
  readonly productId: number;
  readonly slug: string;
  readonly title: string;
  readonly assetType: AssetType;
  readonly revision: string;
  readonly downloadId: string;
  readonly licence: Labelled;
  readonly blenderVersion: Labelled;
  readonly archive: { readonly name: string; readonly sha256: string; readonly bytes: number };
  readonly files: readonly ManifestFile[];
  /** ISO 8601, UTC. */
  readonly installedAt: string;
}

/** An asset found on disk by its manifest. `folder` is relative to its library's root, with `/`. */
export interface InstalledAsset {
  readonly assetType: AssetType;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** An installed asset without the list of its files, which may be thousands long: how many, and what they take. */
export interface AssetSummary extends Omit<InstalledAsset, "manifest"> {
  readonly manifest: Omit<Manifest, "files">;
  readonly files: number;
  /** Of the files of the manifest, as they were installed. */
  readonly bytes: number;
}
