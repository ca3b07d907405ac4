import { getProducts } from "../../sync/get-products.ts";
import type { Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";

export function createDownloadOperations({ parts, signal }: OperationsSettings): Pick<Operations, "get"> {
  return {
    async get(request) {
      const got = await getProducts(parts, { ...request, signal });
      return {
        products: got.map(({ product, productId, folder, spent, failure, message }) => ({
          product,
          productId,
          state: failure === null ? "installed" : "failed",
          folder,
          spent,
          code: failure?.code ?? null,
          message,
        })),
      };
    },
  };
}
