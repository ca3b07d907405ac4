import type { Download, Requester } from "./download.ts";
import type { FailureCode } from "./failure.ts";
import type { InstalledAsset } from "./manifest.ts";
import type { AssetType, Product, ProductArchive } from "./product.ts";
import type { ProductQuota, Spend } from "./quota.ts";
import type { UnseenFolder } from "./unseen-folder.ts";
import type { UpdatePolicy, WantedRule } from "./wanted.ts";

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
  /** The row of this very version that a person cancelled, as it lies in the journal. */
  readonly cancelledDownload: (archive: {
    productId: number;
    downloadId: string;
    revision: string;
  }) => Download | undefined;
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
      /** What is wrong; null where nothing is, because a person removed, held or cancelled it and knows. */
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
