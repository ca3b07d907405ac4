import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isOpen } from "../domain/download.ts";
import { readAssets } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";

/**
 * Makes disk and journal agree, once, before the first sync. Spends nothing. What each kind of crash leaves and what
 * becomes of it is docs/recovery.md.
 */
export async function recover(parts: SyncParts, signal: AbortSignal): Promise<void> {
  const { store, archives, publish } = parts;
  for (const spend of store.spends.settleLeftovers()) {
    const { productId, downloadId } = spend;
    publish({ type: "spend-in-doubt", productId, downloadId, message: "The daemon ended between request and answer." });
  }
  await parts.libraries.refresh();

  const assets = await readAssets(parts, signal);
  for (const row of store.journal.listOpen()) {
    const asset = assets.find(
      ({ manifest }) =>
        manifest.productId === row.productId &&
        manifest.downloadId === row.downloadId &&
        manifest.revision === row.revision,
    );
    if (row.state === "fetched" && asset !== undefined) store.journal.markCommitted(row.id, { folder: asset.folder });
    const kept = archives.find({ productId: row.productId, downloadId: row.downloadId, revision: row.revision });
    // The archive was kept but the process ended before the row said so.
    if (row.state === "linked" && kept !== undefined) {
      store.journal.markFetched(row.id, { archiveSha256: kept.sha256, archiveBytes: kept.bytes });
    }
  }
  await removeOrphans(parts);
}

/** Partial archives whose row is done or gone can never be continued: the link was in the row. */
async function removeOrphans(parts: SyncParts): Promise<void> {
  const open = new Set(
    parts.store.journal
      .listOpen()
      .filter(isOpen)
      .map(({ id }) => String(id)),
  );
  for (const name of await readdir(parts.partialFolder)) {
    const [rowId = "", extension] = name.split(".");
    if (extension === "zip" && !open.has(rowId)) await rm(join(parts.partialFolder, name), { force: true });
  }
}
