import { isWork, type PlanItem, type PlannedProduct } from "../../domain/plan.ts";
import { readFreeBytes } from "../../sync/disk-room.ts";
import { makeWholePlan } from "../../sync/make-plan.ts";
import { createPlanPreviews } from "../../sync/preview-plan.ts";
import { refreshCatalog } from "../../sync/refresh-catalog.ts";
import type { Operations } from "../contract/operations.ts";
import type { PlanAnswer } from "../contract/plan.ts";
import { folderOf } from "./asset-index.ts";
import type { OperationsSettings } from "./operations-settings.ts";

type PlanOperations = Pick<Operations, "plan" | "previewPlan">;

export function createPlanOperations({ parts, judgeRules, signal }: OperationsSettings): PlanOperations {
  const previews = createPlanPreviews(parts);
  const readFree = () => readFreeBytes(parts.libraries.root).catch(() => null);
  const prepare = async () => {
    await parts.libraries.refresh();
    // Without a catalog there is nothing to price yet; fetching it is free.
    if (parts.store.catalogs.currentRevision() === null) await refreshCatalog(parts, { acceptFeed: false, signal });
  };
  return {
    async plan() {
      await prepare();
      const plan = await makeWholePlan(parts, signal);
      return {
        items: plan.items.map(toPlanEntry),
        withdrawn: plan.withdrawn.map(({ asset }) => ({
          productId: asset.manifest.productId,
          title: asset.manifest.title,
          folder: folderOf(asset),
        })),
        price: { ...plan.price, freeBytes: await readFree() },
      };
    },
    async previewPlan({ wanted, updates, limit }, caller) {
      const rules = judgeRules(wanted);
      await prepare();
      // Whoever asked may have typed on and wait for another answer by now.
      const asked = caller === undefined ? signal : AbortSignal.any([signal, caller.signal]);
      const policy = updates ?? parts.settings().updates;
      const preview = await previews.make({ wanted: rules, updates: policy, limit, signal: asked });
      return {
        price: { ...preview.price, freeBytes: await readFree() },
        counts: preview.counts,
        selected: [...preview.selected],
        items: preview.items.map(toPlanEntry),
        isCut: preview.isCut,
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
