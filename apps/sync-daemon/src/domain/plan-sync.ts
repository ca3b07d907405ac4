import { decideItem, indexWhatIsKnown } from "./decide-item.ts";
import { isWork, type PlanInput, type PlanItem, type PlannedProduct, type PlanPrice, type SyncPlan } from "./plan.ts";
import type { Product } from "./product.ts";
import { findRule } from "./wanted.ts";
import { wishesFor } from "./wish.ts";

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
        items.push(decideItem(input, known, { product, planned: shorten(product), wish }));
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
