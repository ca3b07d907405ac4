import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../api/api-context.tsx";
import { CallError, isCallError } from "../api/call-error.ts";

interface Wanted {
  readonly productId: number;
  readonly downloadId: string;
  readonly spendLast: boolean;
}

/** Asks the daemon for one zip. Done when it is accepted; how it goes on is told by events. Throws why not. */
export function useRequestProduct(): UseMutationResult<void, CallError, Wanted> {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation<void, CallError, Wanted>({
    retry: false,
    async mutationFn({ productId, downloadId, spendLast }) {
      const request = { products: [productId], downloadId, spendLast };
      try {
        const { refused } = await api.call("request", request);
        const [no] = refused;
        if (no !== undefined) throw new CallError("problem", no.message);
      } catch (error) {
        // An older daemon answers only when all is done.
        if (!isCallError(error, "not-available")) throw error;
        const { products } = await api.call("get", request);
        const [result] = products;
        if (result?.state === "failed") throw new CallError("problem", result.message);
      }
    },
    onSettled: (_, __, { productId }) => {
      void queries.invalidateQueries({ queryKey: ["show", { id: String(productId) }] });
      for (const name of ["downloads", "status"]) void queries.invalidateQueries({ queryKey: [name] });
    },
  });
}
