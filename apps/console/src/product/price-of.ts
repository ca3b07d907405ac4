import type { ProductDetail } from "@org/sync-daemon/contract/products";

export type Price =
  /** Kept, or its link is paid for. */
  | { readonly kind: "nothing" }
  | { readonly kind: "download"; readonly cost: number }
  /** It would use what is kept in reserve: it must be asked for expressly. */
  | { readonly kind: "last" }
  | { readonly kind: "none-left" };

/** What getting one zip of a product costs now, and how it must be asked for. */
export function priceOf(
  archive: Pick<ProductDetail["archives"][number], "cost">,
  product: Pick<ProductDetail, "isLastDownload" | "quota">,
): Price {
  if (archive.cost === 0) return { kind: "nothing" };
  if (product.quota.left < archive.cost) return { kind: "none-left" };
  return product.isLastDownload ? { kind: "last" } : { kind: "download", cost: archive.cost };
}
