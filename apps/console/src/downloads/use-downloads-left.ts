import { useOperation } from "../api/use-operation.ts";

/** How many downloads of a product are left by our count; null until it is known. */
export function useDownloadsLeft(productId: number): number | null {
  const quota = useOperation("quota", {}).data;
  return quota?.products.find((one) => one.productId === productId)?.left ?? null;
}
