import { isWork, type PlanItem, type PlannedProduct } from "../../domain/plan.ts";
import { readFreeBytes } from "../../sync/disk-room.ts";
import { makeWholePlan } from "../../sync/make-plan.ts";
import { refreshCatalog } from "../../sync/refresh-catalog.ts";
import type { Operations } from "../contract/operations.ts";
import type { PlanAnswer } from "../contract/plan.ts";
import { folderOf } from "./asset-index.ts";
import type { OperationsSettings } from "./operations-settings.ts";

export function createPlanOperations({ parts, signal }: OperationsSettings): Pick<Operations, "plan"> {
  return {
    async plan() {
      await parts.libraries.refresh();
      // Without a catalog there is nothing to price yet; fetching it is free.
      if (parts.store.catalogs.currentRevision() === null) await refreshCatalog(parts, { acceptFeed: false, signal });
      const plan = await makeWholePlan(parts, signal);
      const freeBytes = await readFreeBytes(parts.libraries.root).catch(() => null);
      return {
        items: plan.items.map(toPlanEntry),
        withdrawn: plan.withdrawn.map(({ asset }) => ({
          productId: asset.manifest.productId,
          title: asset.manifest.title,
          folder: folderOf(asset),
        })),
        price: { ...plan.price, freeBytes },
      };
    },
  };
}

function toPlanEntry(item: PlanItem<PlannedProduct>): PlanAnswer["items"][number] {
  return {
    productId: item.product.id,
    title: item.product.title,
    action: item.action,
    archive: item.archive.name,
    downloadId: item.archive.downloadId,
    cost: item.action === "keep" ? 0 : item.cost,
    bytes: isWork(item) ? item.bytes : null,
    reason: item.reason,
  };
}
