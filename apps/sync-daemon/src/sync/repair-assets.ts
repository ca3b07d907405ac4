import { Failure, toFailure } from "../domain/failure.ts";
import { assetFolderCandidates, libraryFolders } from "../domain/library-layout.ts";
import type { InstalledAsset, Manifest } from "../domain/manifest.ts";
import type { AssetType } from "../domain/product.ts";
import { type Installed, installAsset, type KnownArchive } from "./install-asset.ts";
import { readAssets } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";
import { findKeptArchive, verifyAssets } from "./verify-assets.ts";

export interface Repaired {
  readonly productId: number;
  /** Relative to `library.root`. */
  readonly folder: string | null;
  readonly failure: Failure | null;
}

/**
 * Makes damaged assets whole again from their kept archives, and brings back committed ones that are gone. Never costs
 * a download: what is not kept fails and says what `get` would cost. Files a person changed are kept beside the new ones.
 * Product 0 stands for a library that could not be looked at.
 */
export async function repairAssets(
  parts: SyncParts,
  options: { products: readonly number[]; signal: AbortSignal },
): Promise<Repaired[]> {
  const { damaged, unseen } = await verifyAssets(parts, options);
  const repaired: Repaired[] = unseen.map((failure) => ({ productId: 0, folder: null, failure }));
  for (const { asset } of damaged)
    repaired.push(
      await attempt(asset.manifest.productId, asset.assetType, () => installAgain(parts, asset, options.signal)),
    );
  for (const row of await findMissing(parts, options)) {
    repaired.push(await attempt(row.productId, row.assetType, () => bringBack(parts, row, options.signal)));
  }
  return [...repaired, ...(await findUnknown(parts, options))];
}

/** What was asked for by number and never was here: there is nothing to mend, and the person should know. */
async function findUnknown(
  parts: SyncParts,
  { products, signal }: { products: readonly number[]; signal: AbortSignal },
): Promise<Repaired[]> {
  if (products.length === 0) return [];
  const known = new Set([
    ...(await readAssets(parts, signal)).map(({ manifest }) => manifest.productId),
    ...parts.store.journal.listCommitted().map(({ productId }) => productId),
  ]);
  return products
    .filter((productId) => !known.has(productId))
    .map((productId) => {
      const message = `Product ${productId} was never installed here, so there is nothing to mend.`;
      return { productId, folder: null, failure: new Failure("product-unknown", message, { productId }) };
    });
}

async function attempt(productId: number, assetType: AssetType, work: () => Promise<Installed>): Promise<Repaired> {
  try {
    return { productId, folder: `${libraryFolders[assetType]}/${(await work()).folder}`, failure: null };
  } catch (error) {
    return { productId, folder: null, failure: toFailure(error) };
  }
}

function requireKeptArchive(
  parts: SyncParts,
  wanted: { productId: number; downloadId: string; revision: string },
  title: string,
) {
  const kept = findKeptArchive(parts, wanted);
  if (kept !== undefined) return kept;
  throw new Failure(
    "spend-needs-person",
    `The archive of "${title}" is not kept here, so mending it would cost 1 download.`,
    { productId: wanted.productId },
  );
}

function installAgain(parts: SyncParts, asset: InstalledAsset, signal: AbortSignal): Promise<Installed> {
  const { format, source, files, installedAt, adopted, archive, ...about } = asset.manifest;
  const kept = requireKeptArchive(parts, asset.manifest, asset.manifest.title);
  return installAsset(
    parts,
    {
      about: { ...about, ...archiveOf(kept) },
      candidatesFor: () => [asset.folder],
      replaces: asset,
      allowEdited: true,
    },
    signal,
  );
}

/** What a manifest says of the kept zip it is installed from. */
function archiveOf(kept: ReturnType<typeof requireKeptArchive>): KnownArchive & Pick<Manifest, "adopted"> {
  const { archiveName: name, sha256, bytes } = kept;
  return { archive: { name, sha256, bytes }, ...(kept.adopted === true ? { adopted: true } : {}) };
}

type CommittedRow = ReturnType<SyncParts["store"]["journal"]["listCommitted"]>[number];

async function findMissing(
  parts: SyncParts,
  options: { products: readonly number[]; signal: AbortSignal },
): Promise<CommittedRow[]> {
  const present = new Set(
    (await readAssets(parts, options.signal)).map(({ manifest }) => `${manifest.productId}/${manifest.downloadId}`),
  );
  const conditions = parts.libraries.conditions();
  return parts.store.journal
    .listCommitted()
    .filter((row) => conditions[row.assetType].state === "ready" && !present.has(`${row.productId}/${row.downloadId}`))
    .filter((row) => options.products.length === 0 || options.products.includes(row.productId));
}

async function bringBack(parts: SyncParts, row: CommittedRow, signal: AbortSignal): Promise<Installed> {
  const product = parts.store.catalogs.findProduct(row.productId);
  if (product === undefined) {
    throw new Failure(
      "product-unknown",
      `Product ${row.productId} is no longer offered; its archive stays in the archive store.`,
      { productId: row.productId },
    );
  }
  const { slug, title, assetType, licence, blenderVersion } = product;
  const { productId, downloadId, revision, archiveName } = row;
  const kept = requireKeptArchive(parts, row, title);
  return installAsset(
    parts,
    {
      about: {
        productId,
        slug,
        title,
        assetType,
        licence,
        blenderVersion,
        downloadId,
        revision,
        ...archiveOf(kept),
      },
      candidatesFor: (topFolder) => assetFolderCandidates({ product, archiveName, topFolder }),
      replaces: null,
      allowEdited: true,
    },
    signal,
  );
}
