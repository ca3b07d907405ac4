import type { Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";

export function createLedgerOperations({ parts }: OperationsSettings): Pick<Operations, "quota"> {
  const { catalogs, spends } = parts.store;
  return {
    async quota() {
      return {
        products: spends.listQuotas(parts.settings().downloadLimit).map((quota) => {
          const product = catalogs.findProduct(quota.productId);
          const archive = product?.archives.find(({ downloadId }) => downloadId === quota.downloadId);
          return { ...quota, title: product?.title, archive: archive?.name };
        }),
      };
    },
  };
}
