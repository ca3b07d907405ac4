import { type Download, isOpen } from "../domain/download.ts";
import { Failure } from "../domain/failure.ts";
import { acquisitionKey } from "./acquire-asset.ts";
import type { SyncParts } from "./parts.ts";
import { requestProducts } from "./request-products.ts";
import { explainHold } from "./since-the-plan.ts";
import type { Place } from "./waiting-line.ts";

/**
 * Lets one download wait until it is resumed, also over a restart. A transfer under way ends; part file, link and row
 * stay. Resolves when nothing of it is under way any more. Spends nothing, and loses no answer of the shop.
 */
export async function holdDownload(parts: SyncParts, id: number): Promise<void> {
  const row = requireOpen(parts, id);
  parts.store.journal.hold(row.id);
  await stopWork(parts, row, "held");
  parts.publish({ type: "downloads-changed" });
}

/**
 * Goes on with a held download in the background, as a person asked. Over the link that is paid for it spends nothing;
 * where there is none yet it costs one download, and is refused where that may not be spent.
 */
export async function resumeDownload(
  parts: SyncParts,
  id: number,
  options: { wake: () => void; signal: AbortSignal },
): Promise<void> {
  const { journal, catalogs } = parts.store;
  const row = requireOpen(parts, id);
  const { productId, downloadId } = row;
  // What the shop withdrew cannot be asked for by name; a sync finishes it where it is paid for.
  const isOffered = catalogs.findProduct(productId) !== undefined;
  if (isOffered) {
    const request = { products: [productId], downloadId, spendLast: false, signal: options.signal };
    const [refusal] = (await requestProducts(parts, request)).refused;
    if (refusal !== undefined) throw new Failure(refusal.code, refusal.message, { productId });
  }
  const current = journal.find(row.id);
  if (current !== undefined && isOpen(current) && current.heldAtMs !== null) journal.resume(row.id);
  parts.publish({ type: "downloads-changed" });
  if (!isOffered) options.wake();
}

/**
 * Gives one download up. What was spent on it stays spent, and what was paid for stays: the link as long as it may live,
 * the part file and the kept archive, so that a person who asks for it after all pays nothing. No rule begins this
 * version again. One that came into the library meanwhile stays there.
 */
export async function cancelDownload(parts: SyncParts, id: number): Promise<void> {
  const { journal } = parts.store;
  const row = requireOpen(parts, id);
  // First of all, so that nothing begins it again while the work under way ends.
  journal.hold(row.id);
  while (parts.queue.isUnderWay(acquisitionKey(row))) await stopWork(parts, row, "cancelled");
  const ended = journal.find(row.id);
  if (ended !== undefined && isOpen(ended)) journal.cancel(row.id);
  parts.publish({ type: "downloads-changed" });
}

/** Changes when a download that waits for its turn is begun. Nothing happens to one that does not wait. */
export function moveDownload(parts: SyncParts, id: number, to: Place): void {
  requireOpen(parts, id);
  if (parts.queue.move(String(id), to)) parts.publish({ type: "downloads-changed" });
}

function stopWork(parts: SyncParts, row: Download, code: "held" | "cancelled"): Promise<void> {
  const product = parts.store.catalogs.findProduct(row.productId);
  const title = product?.title ?? row.archiveName;
  return parts.queue.stop(acquisitionKey(row), explainHold(code, { id: row.productId, title }));
}

function requireOpen(parts: SyncParts, id: number): Download {
  const row = parts.store.journal.find(id);
  if (row === undefined) throw new Failure("download-unknown", `There is no download ${id}.`);
  if (isOpen(row)) return row;
  const what = row.state === "committed" ? "is in the library" : "was given up";
  throw new Failure("download-unknown", `The download ${id} of "${row.archiveName}" ${what}.`, {
    productId: row.productId,
  });
}
