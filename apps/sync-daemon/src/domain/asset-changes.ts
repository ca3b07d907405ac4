import type { Manifest } from "./manifest.ts";
import type { Product } from "./product.ts";

/**
 * What an update of an installed asset would change, as short texts: what the shop says otherwise now, and the files. The
 * shop has one date for all of a product, so where texts changed too nobody can know that the files did. Empty where
 * nothing is newer.
 */
export function listAssetChanges(
  manifest: Pick<Manifest, "title" | "licence" | "blenderVersion" | "downloadId" | "revision"> & {
    readonly archive: { readonly name: string } | null;
  },
  product: Pick<Product, "title" | "licence" | "blenderVersion" | "archives" | "revision">,
): string[] {
  if (manifest.revision === product.revision) return [];
  const offered = product.archives.find(({ downloadId }) => downloadId === manifest.downloadId);
  const changes = [
    describe("title", manifest.title, product.title),
    describe("licence", manifest.licence.label, product.licence.label),
    describe("Blender version", manifest.blenderVersion.label, product.blenderVersion.label),
    ...(offered === undefined ? ["the zip is another one now"] : []),
    ...(offered === undefined || manifest.archive === null
      ? []
      : [describe("zip", manifest.archive.name, offered.name)]),
  ].filter((change) => change !== null);
  return [...changes, changes.length === 0 ? "the files" : "perhaps the files"];
}

function describe(what: string, before: string, now: string): string | null {
  return before === now ? null : `${what}: "${before}" is now "${now}"`;
}
