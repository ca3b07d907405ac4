import { isWork, type PlanItem, type PlannedProduct, type PlanPrice, type Problem } from "../domain/plan.ts";
import { findRule, type UpdatePolicy, type WantedRule } from "../domain/wanted.ts";
import { explainEntitlement, gatherAndDecide, shortenProduct } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";

/** What a sync would do under other rules than those of the configuration. */
export interface PlanPreview {
  readonly price: PlanPrice;
  readonly counts: Readonly<Record<PlanItem["action"], number>>;
  /** How many products each rule selects that no earlier one did. */
  readonly selected: readonly number[];
  /** What would be done, then what is put off; as many as were asked for. */
  readonly items: readonly PlanItem<PlannedProduct>[];
  readonly isCut: boolean;
}

export interface PlanPreviews {
  /** Changes and spends nothing. Throws `stopped` when `signal` aborts, and other `Failure`s as making a plan does. */
  make(request: {
    wanted: readonly WantedRule[];
    updates: UpdatePolicy;
    limit: number;
    signal: AbortSignal;
  }): Promise<PlanPreview>;
}

/** A person who writes rules asks for a preview with each letter; the shop is not asked each time. */
const entitlementLifeMs = 5 * 60_000;

/** Makes previews, remembering between them what the shop said of the subscription. */
export function createPlanPreviews(parts: SyncParts): PlanPreviews {
  let remembered: { problem: Problem | null; untilMs: number } | null = null;
  async function askSeldom(signal: AbortSignal): Promise<Problem | null> {
    const nowMs = parts.now();
    const isFresh =
      remembered !== null && remembered.untilMs > nowMs && remembered.untilMs <= nowMs + entitlementLifeMs;
    if (remembered !== null && isFresh) return remembered.problem;
    const problem = await explainEntitlement(parts, signal);
    remembered = { problem, untilMs: nowMs + entitlementLifeMs };
    return problem;
  }

  return {
    async make({ wanted, updates, limit, signal }) {
      const selecting = new Map<number, number>();
      const plan = await gatherAndDecide(
        parts,
        { requests: [], rules: { wanted, updates }, explainEntitlement: askSeldom, signal },
        (product) => {
          // A product may have several items, and all of it may be decided twice; it is selected once.
          const rule = findRule(wanted, product);
          if (rule !== undefined) selecting.set(product.id, wanted.indexOf(rule));
          return shortenProduct(product);
        },
      );
      const selected = wanted.map(() => 0);
      for (const index of selecting.values()) selected[index] = (selected[index] ?? 0) + 1;
      const counts = { download: 0, update: 0, keep: 0, defer: 0 };
      for (const { action } of plan.items) counts[action] += 1;
      const told = [...plan.items.filter(isWork), ...plan.items.filter(({ action }) => action === "defer")];
      return { price: plan.price, counts, selected, items: told.slice(0, limit), isCut: told.length > limit };
    },
  };
}
