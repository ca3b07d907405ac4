import { toSafeSegment } from "./path-segment.ts";
import type { AssetType, Product } from "./product.ts";

/** Folder of each library below `library.root`, and its name in Blender. As iMeshh's own add-on names them. */
export const libraryFolders: Readonly<Record<AssetType, string>> = {
  model: "iMeshh-Models",
  material: "iMeshh-Materials",
  geonode: "iMeshh-Geo-Nodes",
  fx: "iMeshh-Effects",
};

/** Blender reads this name at a library's root and no other. */
export const catalogFileName = "blender_assets.cats.txt";
export const manifestFileName = ".asset.json";
/** Says which library a folder is. Without it nothing is written: the folder may be an empty mount point. */
export const markerFileName = ".asset-sync";
/** Below each library's root, so that a commit is a rename on one file system. Blender hides what begins with a dot. */
export const syncFolderName = ".sync";
export const stagingFolderName = `${syncFolderName}/staging`;
/** Old assets that an update moved aside, so that it can be undone. */
export const replacedFolderName = `${syncFolderName}/replaced`;

/** `<category>/<sub-category>` with the names as served: iMeshh's add-on keeps entities such as `&amp;` in folder names. */
export function categoryFolder(product: Pick<Product, "category" | "subCategory">): string {
  return `${toSafeSegment(product.category.name)}/${toSafeSegment(product.subCategory.name)}`;
}

// What iMeshh's add-on drops from a zip's name, with its oddities (`Wood_01_1+2+4k.zip` leaves a trailing underscore,
// `Sofa_14k` loses its 4k): only the same name makes both tools see the same folder. Source: providers/imeshh.md §1.4.
const droppedFromNames = [/_blender/gi, /gltf/gi, /1\+2\+4k/gi, /_?(?:1-2-4k|124k|4k|8k|16k|32k)/gi, /\.zip/gi];

/** The folder name for an archive without a folder of its own, exactly as iMeshh's add-on cleans it. */
export function cleanArchiveName(archiveName: string): string {
  let name = archiveName;
  for (const dropped of droppedFromNames) name = name.replace(dropped, "");
  return toSafeSegment(name);
}

/**
 * Where another tool may have put this archive before: under its cleaned name, or that without the trailing underscore,
 * which is what the zips' own folders are called. Looked at before anything is spent.
 */
export function likelyAssetFolders(product: Pick<Product, "category" | "subCategory">, archiveName: string): string[] {
  const cleaned = cleanArchiveName(archiveName);
  const names = new Set([cleaned, toSafeSegment(cleaned.replace(/_+$/, ""))]);
  return [...names].map((name) => `${categoryFolder(product)}/${name}`);
}

/** The folder names an asset may take, best first: the next is used only where the one before belongs to somebody else. */
export function assetFolderCandidates(asset: {
  product: Pick<Product, "id" | "category" | "subCategory">;
  archiveName: string;
  /** The archive's single top-level folder, where it has one. */
  topFolder: string | null;
}): string[] {
  const parent = categoryFolder(asset.product);
  const first = asset.topFolder === null ? cleanArchiveName(asset.archiveName) : toSafeSegment(asset.topFolder);
  const second = toSafeSegment(asset.archiveName.replace(/\.zip$/i, ""));
  return [...new Set([first, second, `${first}_${asset.product.id}`, `${second}_${asset.product.id}`])].map(
    (name) => `${parent}/${name}`,
  );
}
