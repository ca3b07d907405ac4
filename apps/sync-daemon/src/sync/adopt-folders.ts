import { setImmediate as letOthersRun } from "node:timers/promises";
import { findArchiveOfFolder, listAddOnFolders } from "../domain/adoption.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import type { InstalledAsset, Manifest } from "../domain/manifest.ts";
import type { Product, ProductArchive } from "../domain/product.ts";
import { claimFolder, listFolderFiles, listUnclaimedFolders } from "../library/claim-folder.ts";
import type { Library } from "../library/open-library.ts";
import { type Adopted, type Adoption, type AdoptRequest, countAsSpent, type PassedOver, placeOf } from "./adoption.ts";
import type { SyncParts } from "./parts.ts";
import { readAssetsOrLetGo } from "./reachable-assets.ts";
import { noteAssets } from "./recover.ts";

/** Folders of iMeshh's own add-on: those at a product's place, with a name that one of its zips gives. */
export async function adoptFolders(parts: SyncParts, request: AdoptRequest): Promise<Adoption> {
  const { signal } = request;
  const adopted: Adopted[] = [];
  const passed: PassedOver[] = [];
  const unclaimed: { library: Library; folder: string }[] = [];
  for (const library of parts.libraries.ready()) {
    for (const folder of await listUnclaimedFolders({ library, signal })) unclaimed.push({ library, folder });
  }
  if (unclaimed.length === 0) return { adopted, passed };
  const { assets } = await readAssetsOrLetGo(parts, signal);
  const installed = new Map(assets.map((asset) => [keyOf(asset.manifest), asset]));
  const products = await findProductsAt(
    parts,
    new Set(unclaimed.map(({ library, folder }) => placeOf(library.assetType, folder))),
    signal,
  );

  for (const { library, folder } of unclaimed) {
    signal.throwIfAborted();
    const found = products.get(placeOf(library.assetType, folder));
    // Nothing the shop has ever heard of: a person's own.
    if (found === undefined) continue;
    const path = `${libraryFolders[library.assetType]}/${folder}`;
    const judged = await judge({ library, folder, products: found, installed, signal });
    if ("code" in judged) {
      passed.push({ path, ...judged });
      continue;
    }
    const { product, archive } = judged;
    const manifest = request.dryRun
      ? describe(parts, judged, [])
      : await parts.libraries.use(library.assetType, (opened) =>
          claimFolder({ library: opened, folder, describe: (files) => describe(parts, judged, files), signal }),
        );
    if (manifest === null) {
      const message = "Somebody changes it just now, or it holds a file that no manifest can name; try again later.";
      passed.push({ path, code: "changing", message });
      continue;
    }
    const asset: InstalledAsset = { assetType: library.assetType, folder, manifest };
    installed.set(keyOf(manifest), asset);
    if (!request.dryRun) note(parts, asset);
    const message = `Claimed where it lies, as ${archive.name}.`;
    adopted.push({ product, archive, path, kind: "folder", message });
  }
  return { adopted, passed };
}

const keyOf = ({ productId, downloadId }: Pick<Manifest, "productId" | "downloadId">) => `${productId}/${downloadId}`;

/** Of the whole catalog, the products that may lie at one of these places. */
async function findProductsAt(
  parts: SyncParts,
  places: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, Product[]>> {
  const found = new Map<string, Product[]>();
  for (const page of parts.store.catalogs.listPages()) {
    for (const product of page) {
      for (const folder of listAddOnFolders(product)) {
        const place = placeOf(product.assetType, folder);
        if (places.has(place)) found.set(place, [...(found.get(place) ?? []), product]);
      }
    }
    await letOthersRun(undefined, { signal });
  }
  return found;
}

type Judged = { readonly product: Product; readonly archive: ProductArchive } | Omit<PassedOver, "path">;

async function judge(subject: {
  library: Library;
  folder: string;
  products: readonly Product[];
  installed: ReadonlyMap<string, InstalledAsset>;
  signal: AbortSignal;
}): Promise<Judged> {
  const { library, folder, products, installed, signal } = subject;
  const [product, ...others] = products;
  if (product === undefined || others.length > 0) {
    const titles = products.map(({ id, title }) => `"${title}" (${id})`).join(" or ");
    return { code: "ambiguous", message: `It may be ${titles}; nothing tells which.` };
  }
  const files = await listFolderFiles({ library, folder, signal });
  if (files === null) return { code: "asset-folder-taken", message: "Another asset lies inside it." };
  if (!files.some((file) => /\.blend$/i.test(file)))
    return { code: "no-blend", message: `It is named like "${product.title}" and holds no .blend file.` };
  const archive = findArchiveOfFolder(product, { folder: folder.normalize("NFC"), files });
  if (archive === undefined) {
    const names = product.archives.map(({ name }) => name).join(", ");
    const message = `It is "${product.title}", but nothing tells from which of its zips (${names}). No rule downloads the product while the folder is there.`;
    return { code: "ambiguous", message };
  }
  const already = installed.get(keyOf({ productId: product.id, downloadId: archive.downloadId }));
  if (already === undefined) return { product, archive };
  return { code: "already-installed", message: `"${product.title}" is installed in ${already.folder}.` };
}

function describe(
  parts: SyncParts,
  { product, archive }: { product: Product; archive: ProductArchive },
  files: Manifest["files"],
): Manifest {
  const { id: productId, slug, title, assetType, revision, licence, blenderVersion } = product;
  return {
    format: 2,
    source: parts.source.id,
    productId,
    slug,
    title,
    assetType,
    licence,
    blenderVersion,
    downloadId: archive.downloadId,
    revision,
    archive: null,
    files,
    installedAt: new Date(parts.now()).toISOString(),
    adopted: true,
  };
}

function note(parts: SyncParts, asset: InstalledAsset): void {
  const { assetType, folder, manifest } = asset;
  countAsSpent(parts, manifest);
  noteAssets(parts, [asset]);
  const { productId, title } = manifest;
  parts.publish({
    type: "asset-committed",
    productId,
    title,
    assetType,
    folder,
    note: "It was there before and is claimed as it lies.",
  });
}
