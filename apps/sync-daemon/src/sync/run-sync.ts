import { setImmediate as letOthersRun } from "node:timers/promises";
import { Failure, toFailure } from "../domain/failure.ts";
import { isWork, type PlannedProduct, type PlannedWork } from "../domain/plan.ts";
import { type AssetType, assetTypes } from "../domain/product.ts";
import { type Acquired, acquireAsset, workOf } from "./acquire-asset.ts";
import { makeWholePlan } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";
import { tellQuietHours, waitsForQuietHours } from "./quiet-hours.ts";
import { readAssetsOrLetGo } from "./reachable-assets.ts";
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
    /** Hears of it when the catalog could not be refreshed; the sync goes on without. */
    onNewsFailed?: (failure: Failure) => void;
    signal: AbortSignal;
  },
): Promise<SyncOutcome> {
  const { store, publish } = parts;
  const { signal } = options;
  const startedMs = parts.now();
  const failures = createFailureList();
  const note = (failure: { code: string; message: string }, productId = 0) =>
    failures.add({ productId, code: failure.code, message: failure.message });
  publish({ type: "sync-started" });

  const lost = new Set<AssetType>();
  const noteLostLibraries = () => {
    const conditions = parts.libraries.conditions();
    for (const assetType of assetTypes) {
      const condition = conditions[assetType];
      if (condition.state === "ready" || lost.has(assetType)) continue;
      lost.add(assetType);
      note(condition);
    }
  };
  await parts.libraries.refresh();
  noteLostLibraries();
  const { lookForNews = true } = options;
  let news = lookForNews || store.catalogs.currentRevision() === null;
  try {
    if (news) ({ news } = await refreshCatalog(parts, options));
  } catch (error) {
    const failure = toFailure(error);
    if (signal.aborted) throw failure;
    publish({ type: "sync-failed", code: failure.code, message: failure.message });
    options.onNewsFailed?.(failure);
    note(failure);
  }

  const finish = (done: Pick<SyncOutcome, "planned" | "committed" | "spent">): SyncOutcome => {
    const outcome: SyncOutcome = {
      catalogRevision: store.catalogs.currentRevision(),
      products: store.catalogs.countProducts(),
      skipped: store.catalogs.countSkipped(),
      failed: failures.list(),
      durationMs: parts.now() - startedMs,
      ...done,
    };
    store.sourceState.setLastSync(startedMs, outcome);
    const { committed, spent, durationMs } = outcome;
    publish({ type: "sync-finished", committed, failed: failures.count, spent, durationMs });
    return outcome;
  };
  const isUnfinished = failures.count > 0 || store.journal.hasWork();
  if (options.onlyOnNews && !news && !isUnfinished) return finish({ planned: 0, committed: 0, spent: 0 });

  const plan = await withCatalog(parts, () => makeWholePlan(parts, signal), signal);
  const work = workOf(plan.items);
  let deferred = 0;
  for (const item of plan.items) {
    if (item.action !== "defer" || item.failure === null) continue;
    note({ code: item.failure, message: item.reason.message }, item.product.id);
    deferred += 1;
  }
  publish({ type: "plan-made", downloads: plan.price.downloads, deferred });

  let quiet = 0;
  const acquired = await acquireAll(parts, work, {
    signal,
    note,
    noteQuiet: () => {
      quiet += 1;
    },
  });
  signal.throwIfAborted();
  for (const { failure, productId } of acquired) {
    if (failure?.code === "quiet-hours") quiet += 1;
    else if (failure !== null && !isLeftAlone(failure)) note(failure, productId);
  }
  if (quiet > 0) note(tellQuietHours(parts, quiet));
  const { assets, unreadable, unseen } = await readAssetsOrLetGo(parts, signal);
  noteLostLibraries();
  for (const problem of await withCatalog(parts, () => updateCatalogFiles(parts), signal)) note(problem);
  // What is installed in a library that has just gone, or in a folder that cannot be looked into, is not known now, so nothing is judged superfluous.
  const isKnown = unreadable.size === 0 && unseen.length === 0;
  const storeProblem = !isKnown ? null : await trimArchives(parts, assets);
  if (storeProblem !== null) note(storeProblem);

  return finish({
    planned: plan.items.filter(isWork).length,
    committed: acquired.filter(({ folder }) => folder !== null).length,
    spent: acquired.reduce((sum, { spent }) => sum + spent, 0),
  });
}

/** A person held or cancelled it while the sync was under way, and knows. */
const isLeftAlone = ({ code }: Failure): boolean => code === "held" || code === "cancelled";

/** A catalog that turns out to be damaged while it is read is built again, once: all of it is derived. */
async function withCatalog<T>(parts: SyncParts, read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (parts.store.catalogs.currentRevision() !== null || !(await restoreCatalog(parts, signal))) throw error;
    return read();
  }
}

/**
 * More than can be transferred and installed at once, so that nothing idles, and few enough that a plan of 100,000
 * products does not begin with as many rows in the journal.
 */
const begunAtOnce = 64;

/** Carries the work out in its order. What cannot be begun is told to `note`. */
async function acquireAll(
  parts: SyncParts,
  work: readonly PlannedWork<PlannedProduct>[],
  options: {
    signal: AbortSignal;
    note: (failure: Failure, productId: number) => void;
    /** One that waits for the end of the quiet hours. */
    noteQuiet: () => void;
  },
): Promise<Acquired[]> {
  const { signal, note, noteQuiet } = options;
  const acquired: Acquired[] = [];
  const waiting = work.values();
  const takeTurns = async (): Promise<void> => {
    for (const item of waiting) {
      signal.throwIfAborted();
      if (waitsForQuietHours(parts, item)) {
        noteQuiet();
        continue;
      }
      // Beginning one writes to the disk; not all of them in one go.
      await letOthersRun();
      const whole = readWhole(parts, item);
      if (whole instanceof Failure) note(whole, item.product.id);
      else acquired.push(await acquireAsset(parts, whole, signal));
    }
  };
  await Promise.all(Array.from({ length: Math.min(begunAtOnce, work.length) }, takeTurns));
  return acquired;
}

/** The item with all of its product. What was decided about one revision must not be paid for another. */
function readWhole(parts: SyncParts, item: PlannedWork<PlannedProduct>): PlannedWork | Failure {
  const { id, revision, title } = item.product;
  const { catalogs } = parts.store;
  try {
    const product = catalogs.findProduct(id) ?? catalogs.findWithdrawn(id)?.product;
    if (product?.revision === revision) return { ...item, product };
    const message = `The shop changed "${title}" after the plan was made; the next sync looks at it again.`;
    return new Failure("product-unknown", message, { productId: id });
  } catch (error) {
    return toFailure(error);
  }
}

/** Told one by one up to here; of a shop with 100,000 products nobody reads more, and it is all kept as one text. */
const toldOneByOne = 1_000;

type SyncFailure = SyncOutcome["failed"][number];

/** Gathers what went wrong; beyond a thousand entries only how often each kind did. */
function createFailureList(): { add(failure: SyncFailure): void; readonly count: number; list(): SyncFailure[] } {
  const told: SyncFailure[] = [];
  const untold = new Map<string, number>();
  return {
    add(failure) {
      if (told.length < toldOneByOne) told.push(failure);
      else untold.set(failure.code, (untold.get(failure.code) ?? 0) + 1);
    },
    get count() {
      return told.length + [...untold.values()].reduce((sum, times) => sum + times, 0);
    },
    list: () => [
      ...told,
      ...[...untold].map(([code, times]) => ({
        productId: 0,
        code,
        message: `${times} more products wait for the same reason; \`asset-sync why ID\` names it for one of them.`,
      })),
    ],
  };
}
