import { Failure } from "../domain/failure.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import { isWork, type PlanItem, type ProductRequest } from "../domain/plan.ts";
import type { Product } from "../domain/product.ts";
import { verifyAsset } from "../library/verify-asset.ts";
import { type Acquired, acquireAsset } from "./acquire-asset.ts";
import { makePlan } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";
import { readAssetsOrLetGo } from "./reachable-assets.ts";
import { refreshCatalog } from "./refresh-catalog.ts";

export interface GotProduct {
  /** As the person wrote it. */
  readonly product: number | string;
  readonly productId: number | null;
  /** Relative to `library.root`. */
  readonly folder: string | null;
  readonly spent: number;
  readonly failure: Failure | null;
  readonly message: string;
}

export interface GetProductsRequest {
  /** Numbers or slugs. */
  readonly products: readonly (number | string)[];
  /** Which of several zips; the add-on's choice without. */
  readonly downloadId?: string | undefined;
  readonly spendLast: boolean;
  readonly signal: AbortSignal;
}

export interface PlannedRequest {
  /** As the person wrote it. */
  readonly written: number | string;
  readonly product: Product | undefined;
  /** What the plan says of it; undefined where the product does not offer what was named. */
  readonly item: PlanItem | undefined;
}

/**
 * What a person asked for by name: each product is brought into the library or it is said why not. May spend one
 * download per product that is neither on disk nor kept; what is installed and current costs nothing.
 */
export async function getProducts(parts: SyncParts, request: GetProductsRequest): Promise<GotProduct[]> {
  const planned = await planRequests(parts, request);
  return Promise.all(planned.map((one) => getOne(parts, one, request)));
}

/** Finds what a person asked for and decides what is done for each. Spends nothing. */
export async function planRequests(parts: SyncParts, request: GetProductsRequest): Promise<PlannedRequest[]> {
  const { store } = parts;
  await parts.libraries.refresh();
  if (store.catalogs.currentRevision() === null)
    await refreshCatalog(parts, { acceptFeed: false, signal: request.signal });

  const found = request.products.map((written) => ({ written, product: store.catalogs.findProduct(written) }));
  const wanted = found.map(({ product }) => product).filter((product) => product !== undefined);
  const damaged = await findDamaged(parts, new Set(wanted.map(({ id }) => id)), request.signal);
  const requests: ProductRequest[] = wanted.map(({ id }) => ({
    productId: id,
    downloadId: request.downloadId,
    spendLast: request.spendLast,
    isDamaged: damaged.has(id),
  }));
  const plan = await makePlan(parts, { requests, only: new Set(wanted.map(({ id }) => id)), signal: request.signal });

  return found.map(({ written, product }) => ({
    written,
    product,
    item: plan.items.find((item) => item.product.id === product?.id && item.requester === "person"),
  }));
}

/** Why nothing is done for it; null where something is, or it is there already. */
export function refuseRequest(
  parts: SyncParts,
  { written, product, item }: PlannedRequest,
  { downloadId }: Pick<GetProductsRequest, "downloadId">,
): Failure | null {
  if (product === undefined) return new Failure("product-unknown", explainAbsence(parts, written));
  const about = { productId: product.id };
  if (item === undefined)
    return new Failure("product-unknown", `"${product.title}" offers no download ${downloadId ?? ""}.`, about);
  if (item.action !== "defer") return null;
  return new Failure(item.failure ?? "unexpected", item.reason.message, about);
}

/** A product that was withdrawn is not unknown, and what is paid for of it still comes. */
function explainAbsence(parts: SyncParts, written: number | string): string {
  const withdrawn = parts.store.catalogs.findWithdrawn(written);
  if (withdrawn === undefined) return `The catalog has no product "${written}".`;
  const { id, title } = withdrawn.product;
  const isPaid = parts.store.journal.listOpenOf(id).some(({ state }) => state !== "planned");
  const rest = isPaid ? " The download that is paid for is finished by the next sync." : " What you have stays usable.";
  return `The shop withdrew "${title}", so it can no longer be asked for.${rest}`;
}

/** Products whose installed asset lost files. One that a person only changed is not damaged: it is theirs. */
async function findDamaged(
  parts: SyncParts,
  productIds: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Set<number>> {
  const damaged = new Set<number>();
  const { assets } = await readAssetsOrLetGo(parts, signal);
  for (const asset of assets) {
    const { productId } = asset.manifest;
    if (!productIds.has(productId)) continue;
    const library = parts.libraries.get(asset.assetType);
    const { missing } = await verifyAsset({ library, asset, thorough: false, signal });
    if (missing.length > 0) damaged.add(productId);
  }
  return damaged;
}

async function getOne(parts: SyncParts, planned: PlannedRequest, request: GetProductsRequest): Promise<GotProduct> {
  const { written, product, item } = planned;
  const about = { product: written, productId: product?.id ?? null };
  const refusal = refuseRequest(parts, planned, request);
  if (product === undefined || item === undefined || refusal !== null) {
    const failure = refusal ?? new Failure("unexpected", `"${written}" was not planned.`);
    return { ...about, folder: null, spent: 0, failure, message: failure.message };
  }
  const pathOf = (folder: string) => `${libraryFolders[product.assetType]}/${folder}`;
  if (!isWork(item)) {
    const folder = item.action === "keep" ? pathOf(item.asset.folder) : null;
    return { ...about, folder, spent: 0, failure: null, message: `Installed in ${folder}.` };
  }
  const { folder, note, spent, failure }: Acquired = await acquireAsset(parts, item, request.signal);
  if (folder === null) return { ...about, folder, spent, failure, message: failure?.message ?? "" };
  return {
    ...about,
    folder: pathOf(folder),
    spent,
    failure,
    message: [`Installed in ${pathOf(folder)}.`, note ?? ""].join(" ").trim(),
  };
}
