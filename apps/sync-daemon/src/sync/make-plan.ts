import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { type Download, isOpen } from "../domain/download.ts";
import { type Failure, toFailure } from "../domain/failure.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import { explainMassMissing } from "../domain/mass-missing.ts";
import {
  isWork,
  type LibraryCondition,
  type PlanInput,
  type PlannedProduct,
  type Problem,
  type ProductRequest,
  type SyncPlan,
} from "../domain/plan.ts";
import { startPlan } from "../domain/plan-sync.ts";
import type { AssetType, Product } from "../domain/product.ts";
import { explainUnseen, type UnseenFolder } from "../domain/unseen-folder.ts";
import { readManifests } from "../library/read-manifests.ts";
import type { SyncParts, SyncSettings } from "./parts.ts";
import { readAssetsOrLetGo } from "./reachable-assets.ts";

/** All assets of the open libraries, for work that needs each of them: throws what `readManifests` says of one that is gone. */
export async function readAssets(parts: Pick<SyncParts, "libraries">, signal: AbortSignal): Promise<InstalledAsset[]> {
  const found = await Promise.all(parts.libraries.ready().map((library) => readManifests({ library, signal })));
  return found.flatMap(({ assets }) => assets);
}

/**
 * Gathers what is known (catalog, rules, disk, ledger, journal) and decides. Asks the shop about the subscription only
 * when the plan would spend on something that is not free. Spends nothing and writes nothing. A library that has gone
 * since the last look is let go of, and what belongs into it waits.
 */
export function makePlan(
  parts: SyncParts,
  options: { requests: readonly ProductRequest[]; only?: ReadonlySet<number>; signal: AbortSignal },
): Promise<SyncPlan> {
  return gatherAndDecide(parts, options, (product) => product);
}

/** The same over the whole catalog, with no more of each product than a plan needs: rules may want all of 100,000. */
export function makeWholePlan(parts: SyncParts, signal: AbortSignal): Promise<SyncPlan<PlannedProduct>> {
  return gatherAndDecide(parts, { requests: [], signal }, shortenProduct);
}

/** What a plan over the whole catalog keeps of a product. */
export function shortenProduct({ id, title, assetType, revision, isFreebie }: Product): PlannedProduct {
  return { id, title, assetType, revision, isFreebie };
}

/** What a plan is made of and for. */
export interface PlanOptions {
  readonly requests: readonly ProductRequest[];
  /** These products and no others; all that rules may mean without. */
  readonly only?: ReadonlySet<number>;
  /** In place of the configuration's. */
  readonly rules?: Pick<SyncSettings, "wanted" | "updates">;
  /** Asks the shop about the subscription; only where the plan would spend on something that is not free. */
  readonly explainEntitlement?: (signal: AbortSignal) => Promise<Problem | null>;
  readonly signal: AbortSignal;
}

/** As `makePlan`, with no more of each product than `shorten` keeps; it is called once for each item. */
export async function gatherAndDecide<P extends PlannedProduct>(
  parts: SyncParts,
  options: PlanOptions,
  shorten: (product: Product) => P,
): Promise<SyncPlan<P>> {
  const { store, archives, libraries } = parts;
  const settings = { ...parts.settings(), ...options.rules };
  const { explainEntitlement: ask = (signal: AbortSignal) => explainEntitlement(parts, signal) } = options;
  const { assets, read, unseen } = await readAssetsOrLetGo(parts, options.signal);
  const conditions = conditionsAsRead(parts, read);
  const ours = new Set(assets.map(({ assetType, folder }) => `${assetType}/${folder}`));
  const committed = store.journal.listCommitted();

  const input: Omit<PlanInput, "products"> = {
    wanted: settings.wanted,
    updates: settings.updates,
    requests: options.requests,
    assets:
      options.only === undefined ? assets : assets.filter(({ manifest }) => options.only?.has(manifest.productId)),
    downloads: [...store.journal.listOpen(), ...committed],
    cancelledDownload: (archive) => store.journal.findCancelled(archive),
    quotaOf: (productId) => store.spends.quotaOf(productId, settings.downloadLimit),
    spendsOfRevision: (productId, downloadId, revision) =>
      store.spends.spendsOfRevision(productId, downloadId, revision),
    keptArchive: (wanted) => archives.find(wanted),
    accountProblem: explainAccount(parts),
    entitlementProblem: null,
    massMissing: explainMissing({ conditions, assets, committed, unseen }),
    libraries: conditions,
    unseenFolders: unseen,
    isTakenByOthers: (assetType, folder) =>
      !ours.has(`${assetType}/${folder}`) && existsSync(join(libraries.root, libraryFolders[assetType], folder)),
    keepInReserve: settings.keepInReserve,
    isHeldBack: (productId) => store.sourceState.isHeldBack(productId),
    nowMs: parts.now(),
  };
  const decide = async (given: Omit<PlanInput, "products">): Promise<SyncPlan<P>> => {
    const plan = startPlan(given, shorten);
    const pages = options.only === undefined ? productsToPlan(parts, given) : [findProducts(parts, options.only)];
    for (const page of pages) {
      for (const product of page) plan.consider(product);
      // A large catalog takes seconds; what others ask of the daemon meanwhile is answered in between.
      await letOthersRun(undefined, { signal: options.signal });
    }
    return plan.finish();
  };
  const plan = await decide(input);
  if (!plan.items.some((item) => isWork(item) && item.cost > 0 && !item.product.isFreebie)) return plan;

  const entitlementProblem = await ask(options.signal);
  if (entitlementProblem === null) return plan;
  // Signing in may have failed just now, which concerns free products too.
  return decide({ ...input, accountProblem: explainAccount(parts), entitlementProblem });
}

/**
 * The products that are installed, under way or asked for, then those that rules may select, a few at a time and each
 * once. Also what the shop withdrew after it was paid for: that is still finished.
 */
function* productsToPlan(
  parts: SyncParts,
  input: Pick<PlanInput, "assets" | "downloads" | "requests" | "wanted">,
): Iterable<readonly Product[]> {
  const { catalogs } = parts.store;
  const open = input.downloads.filter(isOpen);
  const known = new Set([
    ...input.assets.map(({ manifest }) => manifest.productId),
    ...open.map(({ productId }) => productId),
    ...input.requests.map(({ productId }) => productId),
  ]);
  const paid = new Set(open.flatMap(({ state, productId }) => (state === "planned" ? [] : [productId])));
  for (const productId of known) {
    const product = catalogs.findProduct(productId);
    if (product !== undefined) yield [product];
    const withdrawn = product === undefined && paid.has(productId) ? catalogs.findWithdrawn(productId) : undefined;
    if (withdrawn !== undefined) yield [withdrawn.product];
  }
  for (const ids of catalogs.listIdsForRules(input.wanted)) {
    yield findProducts(
      parts,
      ids.filter((id) => !known.has(id)),
    );
  }
}

function findProducts(parts: SyncParts, productIds: Iterable<number>): Product[] {
  return [...productIds].map((id) => parts.store.catalogs.findProduct(id)).filter((product) => product !== undefined);
}

/** Why nothing can be asked of the shop in this account's name; null when it can be tried. */
function explainAccount(parts: SyncParts): Problem | null {
  if (!parts.hasAccount)
    return { code: "sign-in-missing", message: "No account with a password is set up, so nothing can be downloaded." };
  const refused = parts.store.sourceState.signInRefusal(parts.accountFingerprint);
  return refused === null ? null : { code: "sign-in-failed", message: refused };
}

/** Asks the shop. Null when products that are not free can be had. */
export async function explainEntitlement(parts: SyncParts, signal: AbortSignal): Promise<Problem | null> {
  try {
    const entitlement = await parts.source.getEntitlement({ signal });
    return entitlement.active ? null : { code: "entitlement-missing", message: entitlement.description };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === "stopped") throw failure;
    noteSignInRefusal(parts, failure);
    return { code: failure.code, message: failure.message };
  }
}

/** A wrong password is said once and not tried again for this account: shops lock accounts that keep knocking. */
export function noteSignInRefusal(parts: SyncParts, failure: Failure): void {
  if (failure.code === "sign-in-failed")
    parts.store.sourceState.setSignInRefusal(parts.accountFingerprint(), failure.message);
}

/** One that came back after the others were read is not ready for this plan: what it holds would look as if it were gone. */
function conditionsAsRead(parts: SyncParts, read: ReadonlySet<AssetType>): PlanInput["libraries"] {
  const conditions = parts.libraries.conditions();
  const asRead = (assetType: AssetType): LibraryCondition =>
    read.has(assetType) || conditions[assetType].state !== "ready"
      ? conditions[assetType]
      : {
          state: "unusable",
          code: "library-missing",
          message: "The library came back just now; the next sync uses it.",
        };
  return { model: asRead("model"), material: asRead("material"), geonode: asRead("geonode"), fx: asRead("fx") };
}

/** Counts only libraries that are there: a missing mount is told by its own reason. */
function explainMissing(known: {
  conditions: PlanInput["libraries"];
  assets: readonly InstalledAsset[];
  committed: readonly Download[];
  unseen: readonly UnseenFolder[];
}): Problem | null {
  const { conditions, assets, committed, unseen } = known;
  const present = new Set(assets.map(({ manifest }) => `${manifest.productId}/${manifest.downloadId}`));
  const expected = new Set(
    committed
      .filter(({ assetType }) => conditions[assetType].state === "ready")
      .filter(({ assetType, folder }) => explainUnseen(unseen, { assetType, folders: [folder ?? ""] }) === null)
      .map(({ productId, downloadId }) => `${productId}/${downloadId}`),
  );
  const missing = [...expected].filter((key) => !present.has(key)).length;
  return explainMassMissing({ committed: expected.size, missing });
}
