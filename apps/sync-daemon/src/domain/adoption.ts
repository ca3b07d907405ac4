import { categoryFolder, likelyAssetFolders } from "./library-layout.ts";
import type { Product, ProductArchive } from "./product.ts";

/** Where iMeshh's own add-on may have put one of this product's zips, relative to its library, each once. */
export function listAddOnFolders(product: Pick<Product, "category" | "subCategory" | "archives">): string[] {
  const folders = product.archives.flatMap(({ name }) => [
    ...likelyAssetFolders(product, name),
    `${categoryFolder(product)}/${name.replace(/\.zip$/i, "")}`,
  ]);
  return [...new Set(folders)];
}

/** The sizes that names speak of: `_1k`, `1+2+4k`, `1-2-4k`, and `124k` for the first three together. */
function listResolutions(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const name of names) {
    for (const [, written = ""] of name.matchAll(/(?:^|[^0-9a-z])((?:\d{1,2}[+-])*\d{1,3})k(?![0-9a-z])/gi)) {
      for (const one of written === "124" ? ["1", "2", "4"] : written.split(/[+-]/)) found.add(one);
    }
  }
  return found;
}

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((value) => other.has(value));

/**
 * Which of the product's zips a folder holds, told by the folder's name and its files: the only one that may lie there,
 * or the one whose resolutions the files name. Undefined where more than one may be meant, or none: nothing is guessed.
 */
export function findArchiveOfFolder(
  product: Pick<Product, "category" | "subCategory" | "archives">,
  found: { readonly folder: string; readonly files: readonly string[] },
): ProductArchive | undefined {
  const hasGltf = found.files.some((file) => /\.(?:gltf|glb)$/i.test(file));
  const possible = product.archives
    .filter((archive) => listAddOnFolders({ ...product, archives: [archive] }).includes(found.folder))
    .filter(({ name }) => hasGltf || !/gltf/i.test(name));
  if (possible.length <= 1) return possible[0];
  const named = listResolutions(found.files);
  if (named.size === 0) return undefined;
  const matching = possible.filter(({ name }) => isSameSet(listResolutions([name]), named));
  return matching.length === 1 ? matching[0] : undefined;
}
