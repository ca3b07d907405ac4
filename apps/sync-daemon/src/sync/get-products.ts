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

/**
 * What a person asked for by name: each product is brought into the library or it is said why not. May spend one
 * download per product that is neither on disk nor kept; what is installed and current costs nothing.
 */
export async function getProducts(
  parts: SyncParts,
  request: {
    products: readonly (number | string)[];
    downloadId?: string | undefined;
    spendLast: boolean;
    signal: AbortSignal;
  },
): Promise<GotProduct[]> {
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

  return Promise.all(
    found.map(async ({ written, product }): Promise<GotProduct> => {
      if (product === undefined) {
        const failure = new Failure("product-unknown", explainAbsence(parts, written));
        return { product: written, productId: null, folder: null, spent: 0, failure, message: failure.message };
      }
      const item = plan.items.find(
        (candidate) => candidate.product.id === product.id && candidate.requester === "person",
      );
      return getOne(parts, { written, product, item, downloadId: request.downloadId, signal: request.signal });
    }),
  );
}

/** A product that was withdrawn is not unknown, and what is paid for of it still comes. */
function explainAbsence(parts: SyncParts, written: number | string): string {
  const withdrawn = parts.store.catalogs.findWithdrawn(written);
  if (withdrawn === undefined) return `The catalog has no product "${written}".`;
  const { id, title } = withdrawn.product;
  const isPaid = parts.store.journal.listOpen().some((row) => row.productId === id && row.state !== "planned");
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

async function getOne(
  parts: SyncParts,
  subject: {
    written: number | string;
    product: Product;
    item: PlanItem | undefined;
    downloadId: string | undefined;
    signal: AbortSignal;
  },
): Promise<GotProduct> {
  const { written, product, item, signal } = subject;
  const about = { product: written, productId: product.id };
  const pathOf = (folder: string) => `${libraryFolders[product.assetType]}/${folder}`;
  if (item === undefined) {
    const failure = new Failure(
      "product-unknown",
      `"${product.title}" offers no download ${subject.downloadId ?? ""}.`,
      { productId: product.id },
    );
    return { ...about, folder: null, spent: 0, failure, message: failure.message };
  }
  if (item.action === "keep")
    return {
      ...about,
      folder: pathOf(item.asset.folder),
      spent: 0,
      failure: null,
      message: `Installed in ${pathOf(item.asset.folder)}.`,
    };
  if (!isWork(item)) {
    const failure = new Failure(item.failure ?? "unexpected", item.reason.message, { productId: product.id });
    return { ...about, folder: null, spent: 0, failure, message: failure.message };
  }
  const { folder, note, spent, failure }: Acquired = await acquireAsset(parts, item, signal);
  if (folder === null) return { ...about, folder, spent, failure, message: failure?.message ?? "" };
  return {
    ...about,
    folder: pathOf(folder),
    spent,
    failure,
    message: [`Installed in ${pathOf(folder)}.`, note ?? ""].join(" ").trim(),
  };
}
