import type { ProductMarks } from "../../domain/product-filter.ts";
import type { ProductQuota } from "../../domain/quota.ts";
import { type Installed, isUpdateWaiting } from "../../sync/installed-index.ts";
import type { SyncParts } from "../../sync/parts.ts";

/** What is known of products outside of the catalog, as of one moment. */
export interface KnownMarks {
  readonly installed: Installed;
  readonly marks: ProductMarks;
  quotaOf(productId: number): Pick<ProductQuota, "limit" | "spent" | "inDoubt" | "left">;
}

/** Gathers it for a search: from disk, ledger and favourites. Some milliseconds with thousands of assets, mostly none. */
export function createProductMarks({ store, settings }: Pick<SyncParts, "store" | "settings">): {
  gather(installed: Installed): KnownMarks;
} {
  const { catalogs, favourites, spends } = store;
  let onDisk: { version: number; products: ReadonlySet<number> } | undefined;
  let waiting: { version: number; catalogRevision: string | null; products: ReadonlySet<number> } | undefined;
  let left: { quotas: readonly ProductQuota[]; byProduct: ReadonlyMap<number, number> } | undefined;
  let quotas: ReadonlyMap<number, ProductQuota> = new Map();

  function findUpdateWaiting({ version, byProduct }: Installed): ReadonlySet<number> {
    const catalogRevision = catalogs.currentRevision();
    if (waiting?.version === version && waiting.catalogRevision === catalogRevision) return waiting.products;
    const products = new Set<number>();
    for (const [id, revision] of catalogs.listRevisions([...byProduct.keys()])) {
      if (isUpdateWaiting(byProduct.get(id) ?? [], revision)) products.add(id);
    }
    waiting = { version, catalogRevision, products };
    return products;
  }

  return {
    gather(installed) {
      const { downloadLimit } = settings();
      const listed = spends.listProductQuotas(downloadLimit);
      if (left?.quotas !== listed) {
        quotas = new Map(listed.map((quota) => [quota.productId, quota]));
        left = { quotas: listed, byProduct: new Map(listed.map((quota) => [quota.productId, quota.left])) };
      }
      const known = quotas;
      const { version, byProduct } = installed;
      if (onDisk?.version !== version) onDisk = { version, products: new Set(byProduct.keys()) };
      return {
        installed,
        marks: {
          onDisk: onDisk.products,
          updateWaiting: findUpdateWaiting(installed),
          favourites: favourites.list(),
          left: { byProduct: left.byProduct, otherwise: downloadLimit },
        },
        quotaOf: (productId) =>
          known.get(productId) ?? { limit: downloadLimit, spent: 0, inDoubt: 0, left: downloadLimit },
      };
    },
  };
}
