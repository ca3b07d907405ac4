import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Download, isOpen, reopened } from "../domain/download.ts";
import { type DownloadAction, decideActions } from "../domain/download-actions.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import { costToFinish } from "../domain/paid-download.ts";
import { estimateRemainingMs, type TransferState } from "../domain/remaining-time.ts";
import type { SyncParts } from "./parts.ts";

export type DownloadCondition =
  | "waiting"
  | "linking"
  | "downloading"
  | "installing"
  | "held"
  | "failed"
  | "installed"
  | "cancelled";

/** A download as people look at it. */
export interface ListedDownload extends TransferState {
  readonly row: Download;
  readonly title: string;
  readonly state: DownloadCondition;
  /** Place among those that wait for their turn, from 1. */
  readonly position: number | null;
  readonly remainingMs: number | null;
  /** Downloads it takes to finish it. */
  readonly cost: 0 | 1;
  /** Relative to `library.root`. */
  readonly folder: string | null;
  readonly actions: readonly DownloadAction[];
}

export interface DownloadList {
  readonly downloads: readonly ListedDownload[];
  readonly openCount: number;
  readonly bytesPerSecond: number;
  readonly remainingMs: number | null;
}

/**
 * What is open, in the order in which it comes, at most `open` of it besides what is under way; then what ended, newest
 * first. Reads a bounded number of rows and products, however long journal and catalog are. Spends nothing.
 */
export async function listDownloads(parts: SyncParts, limits: { open: number; ended: number }): Promise<DownloadList> {
  const { journal } = parts.store;
  const open = new Map(journal.listSomeOpen(limits.open).map((row) => [row.id, row]));
  for (const id of parts.progress.rowIds()) {
    const row = open.has(id) ? undefined : journal.find(id);
    if (row !== undefined && isOpen(row)) open.set(id, row);
  }
  const places = new Map(parts.queue.waiting().map((id, index) => [Number(id), index + 1]));
  const listed = await Promise.all([...open.values()].map((row) => describeOpen(parts, row, places)));
  const ended = journal.listEnded(limits.ended).map((row) => describeEnded(parts, row));
  const underWay = listed.filter(({ state }) => state === "downloading");
  return {
    downloads: [...listed.toSorted(byTurn), ...ended],
    openCount: journal.countOpen(),
    bytesPerSecond: underWay.reduce((sum, { bytesPerSecond }) => sum + (bytesPerSecond ?? 0), 0),
    remainingMs: estimateRemainingMs(underWay),
  };
}

const turns: readonly DownloadCondition[] = ["installing", "downloading", "linking", "waiting", "held", "failed"];

/** Under way before waiting, those with a place by it, the rest as they came. */
function byTurn(one: ListedDownload, other: ListedDownload): number {
  const placeOf = ({ position }: ListedDownload) => position ?? Number.MAX_SAFE_INTEGER;
  return (
    turns.indexOf(one.state) - turns.indexOf(other.state) || placeOf(one) - placeOf(other) || one.row.id - other.row.id
  );
}

async function describeOpen(
  parts: SyncParts,
  row: Download,
  places: ReadonlyMap<number, number>,
): Promise<ListedDownload> {
  const progress = parts.progress.find(row.id);
  const failed = row.failure === null ? "waiting" : "failed";
  const state = row.heldAtMs === null ? (progress?.state ?? failed) : "held";
  const transfer: TransferState = {
    bytes: progress?.transfer?.bytes ?? (await findPresentBytes(parts, row)),
    totalBytes: progress?.transfer?.totalBytes ?? row.archiveBytes ?? parts.progress.announcedBytes(row.id),
    bytesPerSecond: state === "downloading" ? (progress?.transfer?.bytesPerSecond ?? null) : null,
  };
  return {
    ...describe(parts, row, { state, underWay: progress?.state ?? null }),
    ...transfer,
    position: state === "waiting" ? (places.get(row.id) ?? null) : null,
    remainingMs: state === "downloading" ? estimateRemainingMs([transfer]) : null,
  };
}

/** What has arrived of one that is not being transferred; it may be gone in the next moment, so an error says nothing. */
async function findPresentBytes(parts: SyncParts, row: Download): Promise<number | null> {
  if (row.state === "fetched") return row.archiveBytes;
  if (row.state !== "linked") return null;
  return stat(join(parts.partialFolder, `${row.id}.zip.part`)).then(
    ({ size }) => size,
    () => null,
  );
}

function describeEnded(parts: SyncParts, row: Download): ListedDownload {
  const state = row.state === "committed" ? "installed" : "cancelled";
  return {
    ...describe(parts, row, { state, underWay: null }),
    bytes: row.archiveBytes,
    totalBytes: row.archiveBytes,
    bytesPerSecond: null,
    position: null,
    remainingMs: null,
  };
}

function describe(
  parts: SyncParts,
  row: Download,
  about: { state: DownloadCondition; underWay: Parameters<typeof decideActions>[0]["underWay"] },
): Pick<ListedDownload, "row" | "title" | "state" | "cost" | "folder" | "actions"> {
  const { catalogs, journal, spends } = parts.store;
  const { productId, downloadId, revision } = row;
  const { downloadLimit, keepInReserve } = parts.settings();
  const product = catalogs.findProduct(productId);
  const isCancelled = row.cancelledAtMs !== null;
  const kept = isOpen(row) || isCancelled ? parts.archives.find({ productId, downloadId, revision }) : undefined;
  // What was cancelled of an older version is of no use to who asks for the product now.
  const isOld = isCancelled && product?.revision !== revision;
  const cost =
    row.state === "committed" ? 0 : isOld ? 1 : costToFinish(isCancelled ? reopened(row) : row, { kept, product });
  const isAskable = product !== undefined && (!isCancelled || journal.isNewest(row));
  return {
    row,
    title: product?.title ?? catalogs.findWithdrawn(productId)?.product.title ?? row.archiveName,
    state: about.state,
    cost,
    folder: row.folder === null ? null : join(libraryFolders[row.assetType], row.folder),
    actions: decideActions({
      row,
      underWay: about.underWay,
      cost,
      isAskable,
      left: spends.quotaOf(productId, downloadLimit).left,
      keepInReserve,
    }),
  };
}
