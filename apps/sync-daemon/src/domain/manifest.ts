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
  /** 2 where `adopted`, so that programs that do not know such manifests take the folder for somebody else's. */
  readonly format: 1 | 2;
  readonly source: string;
  readonly productId: number;
  readonly slug: string;
  readonly title: string;
  readonly assetType: AssetType;
  /** Where `adopted`: what the shop offered then, against which news is told; which one the files are is not known. */
  readonly revision: string;
  readonly downloadId: string;
  readonly licence: Labelled;
  readonly blenderVersion: Labelled;
  /** Null only where `adopted` as a folder: then nobody here has seen the zip. */
  readonly archive: { readonly name: string; readonly sha256: string; readonly bytes: number } | null;
  readonly files: readonly ManifestFile[];
  /** ISO 8601, UTC. Of a folder that was adopted: when. */
  readonly installedAt: string;
  /** It was here before asset-sync, as a folder or as a zip. */
  readonly adopted?: true;
}

/** The format that a manifest is written in. */
export function manifestFormat(manifest: Pick<Manifest, "adopted">): Manifest["format"] {
  return manifest.adopted === true ? 2 : 1;
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
