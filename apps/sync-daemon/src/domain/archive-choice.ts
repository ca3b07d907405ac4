import type { Product, ProductArchive } from "./product.ts";

/** What iMeshh's add-on takes when a product offers several zips: the first named like one of these. providers/imeshh.md §1.3. */
const preferredNames = ["Blender", "124k", "1+2+4k", "1-2-4k"];

/** Chooses one of a product's zips: by part of its name where a rule gives one, else as the add-on does. */
export function chooseArchive(product: Pick<Product, "archives">, namePart?: string): ProductArchive | undefined {
  if (namePart !== undefined) {
    const wanted = namePart.toLowerCase();
    return product.archives.find((archive) => archive.name.toLowerCase().includes(wanted));
  }
  return (
    product.archives.find((archive) => preferredNames.some((part) => archive.name.includes(part))) ??
    product.archives[0]
  );
}
