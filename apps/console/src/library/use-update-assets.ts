import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../api/api-context.tsx";
import type { CallError } from "../api/call-error.ts";
import { type Refused, useTellRefused } from "../downloads/use-tell-refused.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";

/**
 * Asks for the updates of exactly these assets, of which a product may have several, one after another. Spends what each
 * costs, and the last download of a product only with `spendLast`.
 */
export function useUpdateAssets() {
  const api = useApi();
  const queries = useQueryClient();
  const onError = useTellFailure();
  const tellRefused = useTellRefused();
  const asking = useMutation<void, CallError, { assets: readonly AssetEntry[]; spendLast: boolean }>({
    async mutationFn({ assets, spendLast }) {
      const allRefused: Refused[] = [];
      try {
        for (const { productId, update } of assets) {
          if (update === null) continue;
          const { downloadId } = update;
          const { refused } = await api.call("request", { products: [productId], downloadId, spendLast });
          allRefused.push(...refused);
        }
      } finally {
        tellRefused(allRefused);
      }
    },
    onError,
    onSettled() {
      for (const name of ["downloads", "status", "assets", "library"])
        void queries.invalidateQueries({ queryKey: [name] });
    },
    retry: false,
  });
  return {
    isPending: asking.isPending,
    update: (assets: readonly AssetEntry[], { spendLast }: { spendLast: boolean }) =>
      asking.mutate({ assets, spendLast }),
  };
}
