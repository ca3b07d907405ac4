import { type Download, isOpen, reopened } from "./download.ts";
import { type FailureCode, isRetryDue } from "./failure.ts";
import { libraryFolders, likelyAssetFolders } from "./library-layout.ts";
import type { InstalledAsset } from "./manifest.ts";
import { costToFinish, isSuperseded, linkMayWork } from "./paid-download.ts";
import type { PlanInput, PlanItem, PlannedProduct, Reason } from "./plan.ts";
import type { Product, ProductArchive } from "./product.ts";
import { decideSpend } from "./quota.ts";
import { explainUnseen } from "./unseen-folder.ts";
import type { Wish } from "./wish.ts";

const assetKey = (productId: number, downloadId: string) => `${productId}/${downloadId}`;

/** What a plan looks up of each product. */
export interface Known {
  readonly assets: ReadonlyMap<number, readonly InstalledAsset[]>;
  readonly openDownloads: ReadonlyMap<number, readonly Download[]>;
  readonly committed: ReadonlyMap<string, Download>;
}

export function indexWhatIsKnown(input: Pick<PlanInput, "assets" | "downloads">): Known {
  const assets = Map.groupBy(input.assets, (asset) => asset.manifest.productId);
  const openDownloads = Map.groupBy(input.downloads.filter(isOpen), (row) => row.productId);
  const committed = new Map<string, Download>();
  for (const row of input.downloads) {
    if (row.state === "committed") committed.set(assetKey(row.productId, row.downloadId), row);
  }
  return { assets, openDownloads, committed };
}

/** What is done for one wish, and why. */
export function decideItem<P extends PlannedProduct>(
  input: Omit<PlanInput, "products">,
  known: Known,
  { product, planned, wish }: { product: Product; planned: P; wish: Wish },
): PlanItem<P> {
  const { archive, requester, asset } = wish;
  const base = { product: planned, archive, requester };
  const byPerson = requester === "person";
  const isUpdate = asset !== undefined;
  const open = (known.openDownloads.get(product.id) ?? []).filter(
    ({ downloadId }) => downloadId === archive.downloadId,
  );
  // One of an older version may be open besides: what is paid for comes first, then what is of this version.
  const openRow =
    open.find(({ state }) => state !== "planned") ??
    open.find(({ revision }) => revision === product.revision) ??
    open[0] ??
    null;
  const isGoneOnWith = openRow !== null && (openRow.state !== "planned" || openRow.revision === product.revision);
  const thisVersion = { productId: product.id, downloadId: archive.downloadId, revision: product.revision };
  const cancelled = isGoneOnWith ? undefined : input.cancelledDownload(thisVersion);
  // For a person it goes on where it was cancelled; a rule leaves it alone.
  const row = cancelled !== undefined && byPerson ? reopened(cancelled) : openRow;

  const defer = (failure: FailureCode, message: string, cost: 0 | 1 = 1): PlanItem<P> => ({
    ...base,
    action: "defer",
    cost,
    failure,
    reason: { code: failure, message },
  });
  const keep = (holding: InstalledAsset, code: Reason["code"], message: string): PlanItem<P> => ({
    ...base,
    action: "keep",
    asset: holding,
    reason: { code, message },
  });
  const work = (cost: 0 | 1, bytes: number | null, code: Reason["code"], message: string): PlanItem<P> => ({
    ...base,
    action: isUpdate ? "update" : "download",
    cost,
    bytes,
    replaces: asset ?? null,
    row,
    spendLast: wish.spendLast,
    reason: { code, message },
  });

  const deferRemoved = (cost: 0 | 1): PlanItem<P> => {
    if (input.massMissing !== null) return defer(input.massMissing.code, input.massMissing.message, cost);
    const message = `It was installed before and is gone from the library. \`asset-sync get ${product.id}\` brings it back.`;
    return { ...base, action: "defer", cost, failure: null, reason: { code: "removed-by-person", message } };
  };

  const isHopeless = row !== null && isSuperseded(row, product);
  const rowIsPaid = row !== null && row.state !== "planned" && !isHopeless;
  if (asset !== undefined && asset.manifest.revision === product.revision && !wish.isDamaged) {
    return keep(asset, "installed", `Installed in ${libraryFolders[asset.assetType]}/${asset.folder}.`);
  }
  if (asset !== undefined && !byPerson && !rowIsPaid) {
    if (input.isHeldBack?.(product.id) === true) {
      return keep(
        asset,
        "update-waiting",
        `You went back to this version, so updates leave it alone. \`asset-sync get ${product.id}\` fetches the newer one.`,
      );
    }
    if (wish.updates === "never")
      return keep(asset, "update-ignored", "A newer version exists; updates are switched off.");
    if (wish.updates === "ask")
      return keep(
        asset,
        "update-waiting",
        `A newer version exists. \`asset-sync get ${product.id}\` fetches it and costs 1 download.`,
      );
  }

  if (!byPerson) {
    const left = leftAlone(input, { product, archive, openRow, cancelled });
    if (left !== null && asset !== undefined) return keep(asset, left.code, left.message);
    if (left !== null)
      return {
        ...base,
        action: "defer",
        cost: left.cost,
        failure: null,
        reason: { code: left.code, message: left.message },
      };
  }

  const library = input.libraries[product.assetType];
  if (library.state === "unusable") return defer(library.code, library.message, rowIsPaid ? 0 : 1);

  if (asset === undefined) {
    const lastFolder = known.committed.get(assetKey(product.id, archive.downloadId))?.folder ?? null;
    const folders = [...(lastFolder === null ? [] : [lastFolder]), ...likelyAssetFolders(product, archive.name)];
    const { assetType } = product;
    const unseen = explainUnseen(input.unseenFolders ?? [], { assetType, folders });
    if (unseen !== null) return defer("access-denied", unseen, rowIsPaid ? 0 : 1);
  }

  if (row?.failure != null && !byPerson && !isHopeless) {
    const { retryAtMs, code, message } = row.failure;
    if (retryAtMs === null) return defer(code, message, rowIsPaid ? 0 : 1);
    if (!isRetryDue(row.failure, input.nowMs)) {
      const later = `${message} It is tried again at ${new Date(retryAtMs).toISOString()}.`;
      return { ...defer(code, later, rowIsPaid ? 0 : 1), reason: { code: "retry-later", message: later } };
    }
  }

  // What is paid for is finished before anything new is spent, also when the shop has moved on to a newer revision.
  const revision = rowIsPaid ? row.revision : product.revision;
  const keptArchive = input.keptArchive({ productId: product.id, downloadId: archive.downloadId, revision });
  if (keptArchive !== undefined && keptArchive.refused === null) {
    const lastCommitted = known.committed.get(assetKey(product.id, archive.downloadId));
    if (!byPerson && asset === undefined && row === null && lastCommitted !== undefined) return deferRemoved(0);
    return work(0, keptArchive.bytes, "archive-kept", "The archive is kept here; installing it costs no download.");
  }
  if (keptArchive?.refused != null && !byPerson) return defer(keptArchive.refused.code, keptArchive.refused.message, 1);
  if (rowIsPaid && linkMayWork(row))
    return work(0, row.archiveBytes, "resumes", "Goes on with the link that is already paid for.");

  if (!byPerson && asset === undefined && known.committed.has(assetKey(product.id, archive.downloadId)))
    return deferRemoved(1);
  if (!byPerson && asset === undefined) {
    const taken = likelyAssetFolders(product, archive.name).find((folder) =>
      input.isTakenByOthers(product.assetType, folder),
    );
    if (taken !== undefined) return defer("asset-folder-taken", `The folder ${taken} is already there and not ours.`);
  }
  if (input.accountProblem !== null) return defer(input.accountProblem.code, input.accountProblem.message);
  if (!product.isFreebie && input.entitlementProblem !== null)
    return defer(input.entitlementProblem.code, input.entitlementProblem.message);
  const decision = decideSpend({
    quota: input.quotaOf(product.id),
    title: product.title,
    requester,
    spendLast: wish.spendLast,
    keepInReserve: input.keepInReserve,
    revisionSpends: input.spendsOfRevision(product.id, archive.downloadId, product.revision),
  });
  if (!decision.allowed) return defer(decision.code, decision.message);
  return work(1, null, byPerson ? "asked-for" : "wanted", byPerson ? "A person asked for it." : "A rule wants it.");
}

/** Why nothing begins by itself although a rule wants it: a person held or cancelled this very download. */
function leftAlone(
  input: Pick<PlanInput, "keptArchive">,
  about: { product: Product; archive: ProductArchive; openRow: Download | null; cancelled: Download | undefined },
): { code: "held" | "cancelled"; message: string; cost: 0 | 1 } | null {
  const { product, openRow, cancelled } = about;
  const isHeld = openRow !== null && openRow.heldAtMs !== null;
  const row = isHeld ? openRow : cancelled === undefined ? null : reopened(cancelled);
  if (row === null) return null;
  const kept = input.keptArchive({ productId: row.productId, downloadId: row.downloadId, revision: row.revision });
  const cost = costToFinish(row, { kept, product });
  const price = cost === 0 ? "costs no download" : "costs 1 download";
  const get = `\`asset-sync get ${product.id}\``;
  return isHeld
    ? {
        code: "held",
        message: `You held this download; it waits until you resume it. ${get} goes on and ${price}.`,
        cost,
      }
    : {
        code: "cancelled",
        message: `You cancelled the download of this version, so no rule starts it again. ${get} fetches it and ${price}.`,
        cost,
      };
}
