import { setImmediate as letOthersRun } from "node:timers/promises";
import { Failure, type FailureCode, toFailure } from "../domain/failure.ts";
import { isWork } from "../domain/plan.ts";
import { acquireAsset, acquisitionKey, type Work } from "./acquire-asset.ts";
import { type GetProductsRequest, planRequests, refuseRequest } from "./get-products.ts";
import type { SyncParts } from "./parts.ts";

export interface RequestedProducts {
  /** `cost`: what it may spend; 0 for what is kept, paid for, installed, or under way already. */
  readonly accepted: readonly { readonly productId: number; readonly cost: 0 | 1 }[];
  readonly refused: readonly {
    readonly product: number | string;
    readonly code: FailureCode;
    readonly message: string;
  }[];
}

/**
 * As `getProducts`, but resolves when the work has begun. It goes on by itself, with a person's rights, and ends in the
 * row and in an event; the acquisition queue knows of it, so a stop waits for it. Sent twice it does the work once.
 */
export async function requestProducts(parts: SyncParts, request: GetProductsRequest): Promise<RequestedProducts> {
  const accepted: { productId: number; cost: 0 | 1 }[] = [];
  const refused: RequestedProducts["refused"][number][] = [];
  for (const planned of await planRequests(parts, request)) {
    const { written, product, item } = planned;
    const refusal = refuseRequest(parts, planned, request);
    if (product === undefined || item === undefined || refusal !== null) {
      const { code, message } = refusal ?? new Failure("unexpected", `"${written}" was not planned.`);
      refused.push({ product: written, code, message });
    } else if (!isWork(item)) accepted.push({ productId: product.id, cost: 0 });
    else {
      const isJoined = parts.queue.isUnderWay(
        acquisitionKey({ productId: product.id, downloadId: item.archive.downloadId }),
      );
      accepted.push({ productId: product.id, cost: isJoined ? 0 : item.cost });
      begin(parts, item, request.signal);
      // Beginning one writes to the disk; not all of them in one go.
      await letOthersRun();
    }
  }
  return { accepted, refused };
}

function begin(parts: SyncParts, item: Work, signal: AbortSignal): void {
  acquireAsset(parts, item, signal).catch((error: unknown) => {
    // The journal itself could not be written, so the row cannot say it.
    const { code, message } = toFailure(error);
    const { id, title } = item.product;
    parts.publish({ type: "download-failed", productId: id, title, code, message });
  });
}
