import { type Failure, toFailure } from "../domain/failure.ts";
import { isWork, type SyncPlan } from "../domain/plan.ts";
import { type Acquired, acquireAsset, type Work, workOf } from "./acquire-asset.ts";
import { makePlan, readAssets } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";
import { refreshCatalog, restoreCatalog } from "./refresh-catalog.ts";
import { trimArchives } from "./trim-archives.ts";
import { updateCatalogFiles } from "./update-catalog-files.ts";

/** What one sync did. `failed` with product 0 is not about a product. */
export interface SyncOutcome {
  readonly catalogRevision: string | null;
  readonly products: number;
  readonly skipped: number;
  readonly planned: number;
  readonly committed: number;
  readonly failed: readonly { productId: number; code: string; message: string }[];
  readonly spent: number;
  readonly durationMs: number;
}

/**
 * One whole sync: look at the libraries, refresh the catalog, plan, carry the plan out, bring the catalog files up to
 * date. A catalog that cannot be refreshed does not keep unfinished downloads from going on. Throws only `stopped`.
 */
export async function runSync(
  parts: SyncParts,
  options: {
    acceptFeed: boolean;
    /** With no news and nothing unfinished, end there: the plan would say what it said last time. */
    onlyOnNews: boolean;
    /** False for a try between two polls: the shop is not asked for news as long as there is a catalog. */
    lookForNews?: boolean;
    signal: AbortSignal;
  },
): Promise<SyncOutcome> {
  const { store, publish } = parts;
  const { signal } = options;
  const startedMs = parts.now();
  const failed: { productId: number; code: string; message: string }[] = [];
  const note = (failure: Pick<Failure, "code" | "message">, productId = 0) =>
    failed.push({ productId, code: failure.code, message: failure.message });
  publish({ type: "sync-started" });

  const conditions = await parts.libraries.refresh();
  for (const condition of Object.values(conditions)) {
    if (condition.state === "unusable") note(condition);
  }
  const { lookForNews = true } = options;
  let news = lookForNews || store.catalogs.currentRevision() === null;
  try {
    if (news) ({ news } = await refreshCatalog(parts, options));
  } catch (error) {
    const failure = toFailure(error);
    if (signal.aborted) throw failure;
    publish({ type: "sync-failed", code: failure.code, message: failure.message });
    note(failure);
  }

  const finish = (done: Pick<SyncOutcome, "planned" | "committed" | "spent">): SyncOutcome => {
    const outcome: SyncOutcome = {
      catalogRevision: store.catalogs.currentRevision(),
      products: store.catalogs.countProducts(),
      skipped: store.catalogs.countSkipped(),
      failed,
      durationMs: parts.now() - startedMs,
      ...done,
    };
    store.sourceState.setLastSync(startedMs, outcome);
    const { committed, spent, durationMs } = outcome;
    publish({ type: "sync-finished", committed, failed: failed.length, spent, durationMs });
    return outcome;
  };
  const isUnfinished = failed.length > 0 || store.journal.listOpen().length > 0;
  if (options.onlyOnNews && !news && !isUnfinished) return finish({ planned: 0, committed: 0, spent: 0 });

  const plan = await planWithCatalog(parts, signal);
  const work = workOf(plan.items);
  let deferred = 0;
  for (const item of plan.items) {
    if (item.action !== "defer" || item.failure === null) continue;
    note({ code: item.failure, message: item.reason.message }, item.product.id);
    deferred += 1;
  }
  publish({ type: "plan-made", downloads: plan.price.downloads, deferred });

  const acquired = await acquireAll(parts, work, signal);
  signal.throwIfAborted();
  for (const { failure, productId } of acquired) if (failure !== null) note(failure, productId);
  for (const { code, message } of await updateCatalogFiles(parts)) failed.push({ productId: 0, code, message });
  const storeProblem = await trimArchives(parts, await readAssets(parts, signal));
  if (storeProblem !== null) note(storeProblem);

  return finish({
    planned: plan.items.filter(isWork).length,
    committed: acquired.filter(({ folder }) => folder !== null).length,
    spent: acquired.reduce((sum, { spent }) => sum + spent, 0),
  });
}

/** A catalog that turns out to be damaged while it is read is built again, once: all of it is derived. */
async function planWithCatalog(parts: SyncParts, signal: AbortSignal): Promise<SyncPlan> {
  try {
    return await makePlan(parts, { requests: [], signal });
  } catch (error) {
    if (parts.store.catalogs.currentRevision() !== null || !(await restoreCatalog(parts, signal))) throw error;
    return makePlan(parts, { requests: [], signal });
  }
}

/**
 * More than can be transferred and installed at once, so that nothing idles, and few enough that a plan of 100,000
 * products does not begin with as many rows in the journal.
 */
const begunAtOnce = 64;

/** Carries the work out in its order. */
async function acquireAll(parts: SyncParts, work: readonly Work[], signal: AbortSignal): Promise<Acquired[]> {
  const acquired: Acquired[] = [];
  const waiting = work.values();
  const takeTurns = async (): Promise<void> => {
    for (const item of waiting) {
      signal.throwIfAborted();
      acquired.push(await acquireAsset(parts, item, signal));
    }
  };
  await Promise.all(Array.from({ length: Math.min(begunAtOnce, work.length) }, takeTurns));
  return acquired;
}
