import type { ProductDetail, ProductSummary, SearchResult } from "@org/sync-daemon/contract/products";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";

/** Marks at once, before the daemon has said yes; taken back where it says no. */
export function useSetFavourite(): (product: Pick<ProductSummary, "productId">, isFavourite: boolean) => void {
  const queries = useQueryClient();
  const { mutate } = useAction("setFavourite");
  const tellFailure = useTellFailure();
  return useCallback(
    ({ productId }, isFavourite) => {
      const refresh = () => {
        for (const name of ["search", "facets", "show"]) void queries.invalidateQueries({ queryKey: [name] });
      };
      queries.setQueriesData<SearchResult>(
        { queryKey: ["search"] },
        (result) =>
          result && {
            ...result,
            products: result.products.map((one) => (one.productId === productId ? { ...one, isFavourite } : one)),
          },
      );
      queries.setQueriesData<ProductDetail>({ queryKey: ["show"] }, (detail) =>
        detail?.productId === productId ? { ...detail, isFavourite } : detail,
      );
      mutate({ id: String(productId), isFavourite }, { onSettled: refresh, onError: tellFailure });
    },
    [queries, mutate, tellFailure],
  );
}
