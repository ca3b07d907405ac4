import { type Download, isOpen, type Requester } from "./download.ts";
import { type FailureCode, failureRules, isRetryDue } from "./failure.ts";
import { libraryFolders, likelyAssetFolders } from "./library-layout.ts";
import type { InstalledAsset } from "./manifest.ts";
import type { AssetType, Product, ProductArchive } from "./product.ts";
import { decideSpend, type ProductQuota, type Spend } from "./quota.ts";
import { explainUnseen, type UnseenFolder } from "./unseen-folder.ts";
import { findRule, type UpdatePolicy, type WantedRule } from "./wanted.ts";
import { type Wish, wishesFor } from "./wish.ts";

/** A person's wish for one product, by `get`. */
export interface ProductRequest {
  readonly productId: number;
  /** Which of several zips; the add-on's choice without. */
  readonly downloadId?: string | undefined;
  readonly spendLast: boolean;
  /** Files of the installed asset are gone, so having it does not answer the wish. */
  readonly isDamaged?: boolean;
}

export interface KeptArchive {
  readonly sha256: string;
  readonly bytes: number;
  /** It was inspected before and refused; it is not fetched or tried again by itself. */
  readonly refused: { readonly code: FailureCode; readonly message: string } | null;
}

/** What a library folder is right now. Nothing is written to one that is not `ready`. */
export type LibraryCondition =
  | { readonly state: "ready" }
  | { readonly state: "unusable"; readonly code: FailureCode; readonly message: string };

export interface PlanInput {
  readonly products: Iterable<Product>;
  readonly wanted: readonly WantedRule[];
  readonly updates: UpdatePolicy;
  readonly requests: readonly ProductRequest[];
  readonly assets: readonly InstalledAsset[];
  /** Open rows, and the last committed row of each product. */
  readonly downloads: readonly Download[];
  readonly quotaOf: (productId: number) => ProductQuota;
  readonly spendsOfRevision: (
    productId: number,
    downloadId: string,
    revision: string,
  ) => readonly Pick<Spend, "state">[];
  readonly keptArchive: (archive: {
    productId: number;
    downloadId: string;
    revision: string;
  }) => KeptArchive | undefined;
  /** Why nothing at all can be asked of the shop: no account, or its password was refused. */
  readonly accountProblem: Problem | null;
  /** Why products that are not free cannot be had now; null when they can, or when nobody has asked the shop yet. */
  readonly entitlementProblem: Problem | null;
  /** Set when so many assets vanished at once that a person must look first. */
  readonly massMissing: Problem | null;
  readonly libraries: Readonly<Record<AssetType, LibraryCondition>>;
  /** Folders into which nobody could look: what lies there may be installed. */
  readonly unseenFolders?: readonly UnseenFolder[];
  /** Is there a folder at this place (relative to the library) that carries no manifest of ours? */
  readonly isTakenByOthers: (assetType: AssetType, folder: string) => boolean;
  readonly keepInReserve: number;
  /** A person went back to an older version: no rule updates it until they ask for the product by name. */
  readonly isHeldBack?: (productId: number) => boolean;
  readonly nowMs: number;
}

/** Something that stands in the way, as a failure code and a sentence. */
export interface Problem {
  readonly code: FailureCode;
  readonly message: string;
}

export interface Reason {
  readonly code:
    | FailureCode
    | "installed"
    | "wanted"
    | "asked-for"
    | "update-waiting"
    | "update-ignored"
    | "removed-by-person"
    | "not-wanted"
    | "withdrawn"
    | "resumes"
    | "archive-kept"
    | "retry-later";
  readonly message: string;
}

/** What the plan of a large catalog keeps of a product; the rest is read again when its turn comes. */
export type PlannedProduct = Pick<Product, "id" | "title" | "assetType" | "revision" | "isFreebie">;

interface PlanItemBase<P> {
  readonly product: P;
  readonly archive: ProductArchive;
  readonly requester: Requester;
  readonly reason: Reason;
}

/** What is done for one product. Only `download` and `update` may cost one download, and `cost` says so. */
export type PlanItem<P extends PlannedProduct = Product> =
  | (PlanItemBase<P> & {
      readonly action: "download" | "update";
      readonly cost: 0 | 1;
      /** Known only where the archive is kept or its transfer has begun. */
      readonly bytes: number | null;
      readonly replaces: InstalledAsset | null;
      readonly row: Download | null;
      readonly spendLast: boolean;
    })
  | (PlanItemBase<P> & { readonly action: "keep"; readonly asset: InstalledAsset })
  | (PlanItemBase<P> & {
      readonly action: "defer";
      /** What it would cost once it can be done. */
      readonly cost: 0 | 1;
      /** What is wrong; null where nothing is, because a person removed it and knows. */
      readonly failure: FailureCode | null;
    });

/** An asset on disk whose product the shop no longer offers. It stays usable. */
export interface WithdrawnAsset {
  readonly asset: InstalledAsset;
  readonly reason: Reason;
}

export interface PlanPrice {
  readonly downloads: number;
  /** Sum of the sizes that are known. */
  readonly knownBytes: number;
  readonly unknownSizes: number;
}

/** The decisions of one sync, as data. */
export interface SyncPlan<P extends PlannedProduct = Product> {
  readonly items: readonly PlanItem<P>[];
  readonly withdrawn: readonly WithdrawnAsset[];
  /** Asked for by a person but not in the catalog. */
  readonly unknownRequests: readonly number[];
  readonly price: PlanPrice;
}

/** An item of the plan that is carried out. */
export type PlannedWork<P extends PlannedProduct = Product> = Extract<PlanItem<P>, { action: "download" | "update" }>;

export function isWork<P extends PlannedProduct>(item: PlanItem<P>): item is PlannedWork<P> {
  return item.action === "download" || item.action === "update";
}

const assetKey = (productId: number, downloadId: string) => `${productId}/${downloadId}`;

/** A plan that is made product by product, so that a large catalog is never in memory at once. */
export interface PlanInProgress<P extends PlannedProduct> {
  consider(product: Product): void;
  finish(): SyncPlan<P>;
}

/** Decides for every product that is wanted, installed or under way. Touches nothing; the same input gives the same plan. */
export function planSync(input: PlanInput): SyncPlan {
  const plan = startPlan(input, (product) => product);
  for (const product of input.products) plan.consider(product);
  return plan.finish();
}

/**
 * As `planSync`. Every product that is installed must be considered, or it is taken for withdrawn. `shorten` says what is
 * kept of each.
 */
export function startPlan<P extends PlannedProduct>(
  input: Omit<PlanInput, "products">,
  shorten: (product: Product) => P,
): PlanInProgress<P> {
  const known = indexWhatIsKnown(input);
  const items: PlanItem<P>[] = [];
  const offered = new Set<number>();
  const unplanned = new Map(input.requests.map((request) => [request.productId, request]));
  return {
    consider(product) {
      offered.add(product.id);
      const request = unplanned.get(product.id);
      unplanned.delete(product.id);
      const rule = findRule(input.wanted, product);
      const installed = known.assets.get(product.id) ?? [];
      const underWay = known.openDownloads.get(product.id) ?? [];
      for (const wish of wishesFor({ product, request, rule, installed, underWay, updates: input.updates })) {
        items.push(decide(input, known, { product, planned: shorten(product), wish }));
      }
    },
    finish() {
      const withdrawn = input.assets
        .filter((asset) => !offered.has(asset.manifest.productId))
        .map((asset) => ({
          asset,
          reason: {
            code: "withdrawn",
            message: `The shop no longer offers "${asset.manifest.title}"; your copy stays usable.`,
          } as const,
        }));
      return { items, withdrawn, unknownRequests: [...unplanned.keys()], price: priceOf(items) };
    },
  };
}

interface Known {
  readonly assets: ReadonlyMap<number, readonly InstalledAsset[]>;
  readonly openDownloads: ReadonlyMap<number, readonly Download[]>;
  readonly committed: ReadonlyMap<string, Download>;
}

function indexWhatIsKnown(input: Pick<PlanInput, "assets" | "downloads">): Known {
  const assets = Map.groupBy(input.assets, (asset) => asset.manifest.productId);
  const openDownloads = Map.groupBy(input.downloads.filter(isOpen), (row) => row.productId);
  const committed = new Map<string, Download>();
  for (const row of input.downloads) {
    if (row.state === "committed") committed.set(assetKey(row.productId, row.downloadId), row);
  }
  return { assets, openDownloads, committed };
}

function decide<P extends PlannedProduct>(
  input: Omit<PlanInput, "products">,
  known: Known,
  { product, planned, wish }: { product: Product; planned: P; wish: Wish },
): PlanItem<P> {
  const { archive, requester, asset } = wish;
  const base = { product: planned, archive, requester };
  const byPerson = requester === "person";
  const isUpdate = asset !== undefined;
  const row =
    (known.openDownloads.get(product.id) ?? []).find((candidate) => candidate.downloadId === archive.downloadId) ??
    null;

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

/** What the row brought can never be installed, and the shop has something newer: there is nothing to finish any more. */
export function isSuperseded(row: Download, product: Pick<Product, "revision">): boolean {
  if (row.failure === null || row.revision === product.revision) return false;
  return failureRules[row.failure.code].class === "permanent";
}

/** A person who says `get` after a link expired wants a new one; what is whole or may still arrive is used first. */
function linkMayWork(row: Download): boolean {
  const brokenLink: readonly FailureCode[] = [
    "link-expired",
    "link-refused",
    "archive-damaged",
    "archive-incomplete",
    "archive-not-zip",
    "download-damaged",
  ];
  if (row.failure === null) return true;
  // An archive that is kept may be of no use as well: a crash before it was refused leaves its row at "fetched".
  if (brokenLink.includes(row.failure.code)) return false;
  return row.state !== "fetched" || failureRules[row.failure.code].class !== "permanent";
}

function priceOf(items: readonly PlanItem<PlannedProduct>[]): PlanPrice {
  let downloads = 0;
  let knownBytes = 0;
  let unknownSizes = 0;
  for (const item of items) {
    if (!isWork(item)) continue;
    downloads += item.cost;
    if (item.bytes === null) unknownSizes += 1;
    else knownBytes += item.bytes;
  }
  return { downloads, knownBytes, unknownSizes };
}
