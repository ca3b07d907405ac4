import { join } from "node:path";
import { isOpen } from "../domain/download.ts";
import { Failure } from "../domain/failure.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import { readManifestIn } from "../library/manifest-file.ts";
import type { Work } from "./acquire-asset.ts";
import type { SyncParts } from "./parts.ts";

/**
 * Where the asset is, if other work has brought it here since the plan was made: by the row of the plan, or, where the
 * plan knew of none, by one that was committed and whose asset is there.
 */
export async function findDoneMeanwhile(
  parts: SyncParts,
  { product, archive, row, replaces }: Work,
): Promise<string | null> {
  const { journal } = parts.store;
  if (row !== null) {
    const current = journal.find(row.id);
    return current?.state === "committed" ? current.folder : null;
  }
  if (replaces !== null) return null;
  const { id: productId, revision, assetType } = product;
  const folder = journal.findCommitted({ productId, downloadId: archive.downloadId, revision })?.folder ?? null;
  if (folder === null) return null;
  const manifest = await readManifestIn(join(parts.libraries.root, libraryFolders[assetType], folder));
  const isThere = manifest !== null && "productId" in manifest && manifest.productId === productId;
  return isThere && manifest.revision === revision ? folder : null;
}

/** A person held or cancelled it after the plan was made: no rule begins it then. A person who asks for it may. */
export function refuseMeanwhile(parts: SyncParts, { product, archive, row, requester }: Work): Failure | null {
  if (requester === "person") return null;
  const { journal } = parts.store;
  const key = { productId: product.id, downloadId: archive.downloadId, revision: product.revision };
  const planned = row === null ? undefined : journal.find(row.id);
  const open = journal.findOpen(key);
  if ([planned, open].some((one) => one !== undefined && one.heldAtMs !== null)) return explainHold("held", product);
  // The plan's row may be of an older version: once paid for it is finished, whatever was said about this one.
  const isPaid = planned !== undefined && isOpen(planned) && planned.state !== "planned";
  const isCancelled =
    planned?.cancelledAtMs != null || (!isPaid && open === undefined && journal.findCancelled(key) !== undefined);
  return isCancelled ? explainHold("cancelled", product) : null;
}

/** Why a download that somebody waits for does not come. */
export function explainHold(code: "held" | "cancelled", product: { id: number; title: string }): Failure {
  const message =
    code === "held"
      ? `The download of "${product.title}" is held until it is resumed.`
      : `The download of "${product.title}" was cancelled.`;
  return new Failure(code, message, { productId: product.id });
}
