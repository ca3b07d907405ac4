import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { useMutation } from "@tanstack/react-query";
import { useApi } from "../api/api-context.tsx";
import type { CallError } from "../api/call-error.ts";
import { useRequestProducts } from "../downloads/use-request-products.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";

/**
 * Asks for the update of exactly this asset, of which a product may have several. Where the shop has replaced the zip's
 * id by another, the daemon chooses the one that takes its place.
 */
export function useUpdateAsset() {
  const api = useApi();
  const onError = useTellFailure();
  const { request, isPending } = useRequestProducts();
  const looking = useMutation<void, CallError, AssetEntry>({
    mutationFn: async ({ productId, downloadId }) => {
      const { archives } = await api.call("show", { id: String(productId) });
      const isOffered = archives.some((archive) => archive.downloadId === downloadId);
      request(isOffered ? { products: [productId], downloadId } : { products: [productId] });
    },
    onError,
    retry: false,
  });
  return { update: looking.mutate, isPending: looking.isPending || isPending };
}
