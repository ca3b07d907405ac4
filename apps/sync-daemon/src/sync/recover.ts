import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isCancelledLinkOver, isOpen } from "../domain/download.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
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
  noteAssets(parts, assets);
  if (store.opened.state !== "existing") restoreSpends(parts, assets);
  for (const row of store.journal.listLinked()) {
    const kept = archives.find({ productId: row.productId, downloadId: row.downloadId, revision: row.revision });
    // The archive was kept but the process ended before the row said so.
    if (kept?.refused === null) {
      store.journal.markFetched(row.id, { archiveSha256: kept.sha256, archiveBytes: kept.bytes });
    }
  }
  await removeOrphans(parts);
}

/** What is whole on disk is installed, whether or not a journal that was lost or damaged knows about it. */
export function noteAssets(parts: SyncParts, assets: readonly InstalledAsset[]): void {
  const { journal } = parts.store;
  const known = new Set(
    journal.listCommitted().map(({ productId, downloadId, revision }) => `${productId}/${downloadId}/${revision}`),
  );
  for (const { manifest, folder, assetType } of assets) {
    const { productId, downloadId, revision, archive } = manifest;
    if (known.has(`${productId}/${downloadId}/${revision}`)) continue;
    const row = journal.planDownload({
      productId,
      downloadId,
      revision,
      assetType,
      archiveName: archive?.name ?? "",
      requester: "rule",
    });
    if (row.state !== "fetched")
      // Of a folder that was adopted nobody has seen the zip.
      journal.markFetched(row.id, { archiveSha256: archive?.sha256 ?? "", archiveBytes: archive?.bytes ?? 0 });
    journal.markCommitted(row.id, { folder });
  }
}

/** A ledger that does not know of what is here was lost: each asset and each kept archive stands for one download. */
function restoreSpends(parts: SyncParts, assets: readonly InstalledAsset[]): void {
  const { spends } = parts.store;
  for (const { manifest } of assets)
    spends.restore({ ...manifest, evidence: `The asset in the library, installed ${manifest.installedAt}.` });
  for (const receipt of parts.archives.list())
    spends.restore({ ...receipt, evidence: `The kept archive ${receipt.archiveName}.` });
}

/**
 * Partial archives whose row is done or gone can never be continued: the link was in the row. One that was cancelled
 * keeps its link for a month, and its part, which some shops would count again. Nor can a record of a part
 * that is not there: the archive was whole, and the process ended before the record was removed.
 */
async function removeOrphans(parts: SyncParts): Promise<void> {
  const { journal } = parts.store;
  for (const row of journal.listCancelledLinks()) {
    if (isCancelledLinkOver(row, parts.now())) journal.forgetCancelledLink(row.id);
  }
  const isNeeded = (rowId: string): boolean => {
    const row = /^[1-9][0-9]{0,14}$/.test(rowId) ? journal.find(Number(rowId)) : undefined;
    return row !== undefined && (isOpen(row) || (row.cancelledAtMs !== null && row.link !== null));
  };
  const names = await readdir(parts.partialFolder);
  for (const name of names) {
    const [rowId = "", extension] = name.split(".");
    if (extension !== "zip") continue;
    const isRecordOfNothing = name.endsWith(".part.json") && !names.includes(name.slice(0, -".json".length));
    if (!isNeeded(rowId) || isRecordOfNothing) await rm(join(parts.partialFolder, name), { force: true });
  }
}
