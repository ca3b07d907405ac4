import type { ProductSummary } from "@org/sync-daemon/contract/products";
import { useQueries } from "@tanstack/react-query";
import { useApi } from "../api/api-context.tsx";
import { type CatalogFilter, toSearchRequest } from "./catalog-filter.ts";
import { windowSize } from "./windows.ts";

/**
 * The products of some windows of what the filter finds, each asked for once and kept for a while. A window that is
 * no longer looked at is no longer waited for. Gives undefined for a product that has not come yet.
 */
export function useProductWindows(
  filter: CatalogFilter,
  offsets: readonly number[],
): (index: number) => ProductSummary | undefined {
  const api = useApi();
  const windows = useQueries({
    queries: offsets.map((offset) => {
      const request = toSearchRequest(filter, { limit: windowSize, offset });
      return {
        queryKey: ["search", request],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.call("search", request, { signal }),
      };
    }),
  });
  return (index) => {
    const at = offsets.indexOf(index - (index % windowSize));
    return at < 0 ? undefined : windows[at]?.data?.products[index % windowSize];
  };
}
