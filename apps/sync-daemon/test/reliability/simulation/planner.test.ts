import { describe, expect, it } from "vitest";
import type { Download, DownloadState, Requester } from "../../../src/domain/download.ts";
import { decideAfterFailure, type FailureCode, failureRules, isFailureCode } from "../../../src/domain/failure.ts";
import type { InstalledAsset } from "../../../src/domain/manifest.ts";
import {
  isWork,
  type KeptArchive,
  type PlanInput,
  type PlanItem,
  type ProductRequest,
} from "../../../src/domain/plan.ts";
import { planSync } from "../../../src/domain/plan-sync.ts";
import type { Product } from "../../../src/domain/product.ts";
import { countQuota, type SpendState } from "../../../src/domain/quota.ts";
import { count, runSeed } from "../level.ts";
import { record } from "../record.ts";
import { createRandom, type Random } from "./random.ts";
import { type Goods, revisionOf, toProduct } from "./shop-goods.ts";

const states = count({ commit: 20_000, nightly: 100_000, release: 400_000 });
const first = runSeed();
/** Each plan brings every product one step further or names what stands in the way. */
const mostPlans = 200;
const limit = 4;
const hourMs = 60 * 60_000;
const codes = Object.keys(failureRules).filter(isFailureCode);

interface Spent {
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
  state: SpendState;
}

/** All that the planner may look at, as it may stand after months of anything. */
interface State {
  nowMs: number;
  products: Product[];
  assets: InstalledAsset[];
  downloads: Download[];
  kept: (KeptArchive & { productId: number; downloadId: string; revision: string })[];
  spends: Spent[];
  readonly keepInReserve: number;
  readonly updates: PlanInput["updates"];
  readonly wanted: PlanInput["wanted"];
}

const revisionNumbers = [1, 2, 3] as const;
const someRevision = (random: Random) => revisionOf({ revision: random.pick(revisionNumbers) } as Goods);

function assetOf(product: Product, revision: string): InstalledAsset {
  const { id, slug, title, assetType, licence, blenderVersion, archives } = product;
  const [archive] = archives;
  const about = { productId: id, slug, title, assetType, licence, blenderVersion, revision };
  return {
    assetType,
    folder: `Decor/Vases/${title}`,
    manifest: {
      format: 1,
      source: "imeshh",
      ...about,
      downloadId: archive?.downloadId ?? "",
      archive: { name: archive?.name ?? "", sha256: "0".repeat(64), bytes: 1 },
      files: [],
      installedAt: "2026-01-01T00:00:00.000Z",
    },
  };
}

let lastRow = 0;

function rowOf(product: Product, row: Partial<Download> & { revision: string }): Download {
  lastRow += 1;
  return {
    id: lastRow,
    productId: product.id,
    downloadId: product.archives[0]?.downloadId ?? "",
    assetType: product.assetType,
    archiveName: product.archives[0]?.name ?? "",
    requester: "rule",
    state: "planned",
    link: null,
    archiveSha256: null,
    archiveBytes: null,
    folder: null,
    failure: null,
    heldAtMs: null,
    cancelledAtMs: null,
    createdAtMs: 0,
    updatedAtMs: 0,
    ...row,
  };
}

function makeState(random: Random): State {
  const state: State = {
    nowMs: 1e12 + random.below(1e9),
    products: [],
    assets: [],
    downloads: [],
    kept: [],
    spends: [],
    keepInReserve: random.below(3),
    updates: random.pick(["auto", "auto", "ask", "never"] as const),
    wanted: random.pick([[{ search: "thing" }], [{ freebie: true }], [{ productId: 101 }], []]),
  };
  for (let id = 101; id < 102 + random.below(4); id += 1) {
    const goods: Goods = {
      id,
      name: `Thing_${id}`,
      assetType: "model",
      isFreebie: random.chance(0.5),
      downloadId: `d${id}`,
      revision: random.pick(revisionNumbers),
      isOffered: true,
      defect: "none",
    };
    const product = toProduct(goods);
    if (random.chance(0.9)) state.products.push(product);
    if (random.chance(0.4)) state.assets.push(assetOf(product, someRevision(random)));
    for (let rows = random.below(3); rows > 0; rows -= 1) state.downloads.push(makeRow(random, state, product));
    for (let archives = random.below(3); archives > 0; archives -= 1) {
      const refused = random.chance(0.3) ? { code: random.pick(codes), message: "refused" } : null;
      const about = { productId: id, downloadId: goods.downloadId, revision: someRevision(random) };
      state.kept.push({ ...about, sha256: "1".repeat(64), bytes: 10, refused });
    }
    for (let spends = random.below(5); spends > 0; spends -= 1) {
      const spendState = random.pick(["confirmed", "released", "in-doubt"] as const);
      state.spends.push({
        productId: id,
        downloadId: goods.downloadId,
        revision: someRevision(random),
        state: spendState,
      });
    }
  }
  return state;
}

function makeRow(random: Random, state: State, product: Product): Download {
  const rowState = random.pick<DownloadState>(["planned", "linked", "fetched", "committed"]);
  const isPaid = rowState === "linked" || rowState === "fetched";
  const code = random.pick(codes);
  const hasFailure = rowState !== "committed" && random.chance(0.4);
  const failure = {
    code,
    message: "failed",
    attempt: 1 + random.below(5),
    atMs: state.nowMs - random.below(48 * hourMs) + random.below(2 * hourMs),
    retryAtMs: failureRules[code].class === "transient" ? state.nowMs + random.below(48 * hourMs) - 24 * hourMs : null,
  };
  const isCancelled = rowState !== "committed" && random.chance(0.15);
  return rowOf(product, {
    revision: someRevision(random),
    requester: random.pick<Requester>(["rule", "person"]),
    state: isCancelled ? "abandoned" : rowState,
    heldAtMs: !isCancelled && rowState !== "committed" && random.chance(0.15) ? state.nowMs : null,
    cancelledAtMs: isCancelled ? state.nowMs : null,
    archiveSha256: rowState === "fetched" ? "3".repeat(64) : null,
    link: isPaid && random.chance(0.9) ? { url: "https://files.example/1", expiresAtMs: null } : null,
    failure: hasFailure ? failure : null,
  });
}

function findCancelled(state: State, wanted: { productId: number; downloadId: string; revision: string }) {
  return state.downloads.find(
    (row) =>
      row.cancelledAtMs !== null &&
      row.productId === wanted.productId &&
      row.downloadId === wanted.downloadId &&
      row.revision === wanted.revision,
  );
}

function planOf(state: State, requests: readonly ProductRequest[]) {
  return planSync({
    products: state.products,
    wanted: state.wanted,
    updates: state.updates,
    requests,
    assets: state.assets,
    downloads: state.downloads,
    cancelledDownload: (wanted) => findCancelled(state, wanted),
    quotaOf: (productId) =>
      countQuota({
        productId,
        spends: state.spends.filter((spend) => spend.productId === productId),
        limit,
        refusedByShop: false,
      }),
    spendsOfRevision: (productId, downloadId, revision) =>
      state.spends.filter(
        (spend) => spend.productId === productId && spend.downloadId === downloadId && spend.revision === revision,
      ),
    keptArchive: (wanted) => {
      const found = state.kept.filter(
        (one) =>
          one.productId === wanted.productId &&
          one.downloadId === wanted.downloadId &&
          one.revision === wanted.revision,
      );
      return found.find(({ refused }) => refused === null) ?? found[0];
    },
    accountProblem: null,
    entitlementProblem: null,
    massMissing: null,
    libraries: {
      model: { state: "ready" },
      material: { state: "ready" },
      geonode: { state: "ready" },
      fx: { state: "ready" },
    },
    isTakenByOthers: () => false,
    keepInReserve: state.keepInReserve,
    nowMs: state.nowMs,
  });
}

type Work = Extract<PlanItem, { action: "download" | "update" }>;

/** What no rule may ever do with a download, said again in other words than the planner's. */
function findForbiddenSpend(state: State, item: Work): string | null {
  const { product, archive, requester } = item;
  const about = { productId: product.id, downloadId: archive.downloadId, revision: product.revision };
  if (requester === "rule" && item.row !== null && item.row.heldAtMs !== null) return "although a person held it";
  if (requester === "rule" && item.row === null && findCancelled(state, about) !== undefined)
    return "although a person cancelled it";
  if (item.cost === 0) return null;
  const mine = state.spends.filter(({ productId }) => productId === product.id);
  const counted = mine.filter(({ state: one }) => one !== "released");
  const sameRevision = counted.filter(
    ({ downloadId, revision }) => downloadId === archive.downloadId && revision === product.revision,
  );
  if (counted.length >= limit) return "beyond what the shop allows";
  const usable = state.kept.some(
    (one) => one.productId === product.id && one.revision === product.revision && one.refused === null,
  );
  const isPaid = item.row !== null && item.row.state !== "planned";
  if (usable && !isPaid) return "although the archive is kept";
  if (requester === "person") return null;
  if (limit - counted.length <= state.keepInReserve) return "out of the reserve";
  if (sameRevision.some(({ state: one }) => one === "confirmed")) return "twice for one version";
  if (sameRevision.length > 1) return "a third time after two without an answer";
  const current = state.assets.find(({ manifest }) => manifest.productId === product.id);
  if (current?.manifest.revision === product.revision) return "although that version is installed";
  if (current !== undefined && state.updates !== "auto" && !isPaid) return "for an update that nobody allowed";
  return null;
}

/** Carries the work of a plan out as the sync verbs would, with any outcome that they may have. */
function carryOut(random: Random, state: State, item: Work): void {
  const { product, archive } = item;
  let row = item.row;
  if (row === null || item.cost === 1) {
    if (row !== null) state.downloads = state.downloads.filter((one) => one.id !== item.row?.id);
    row = rowOf(product, { revision: product.revision });
  } else state.downloads = state.downloads.filter((one) => one.id !== item.row?.id);
  // Only a person gets here with one that was held, and then it is not any more.
  row = { ...row, heldAtMs: null };
  const { revision } = row;
  const fail = (failed: Download, code: FailureCode) => {
    const attempt = (item.row?.failure?.attempt ?? 0) + 1;
    const next = decideAfterFailure({ code, attempt });
    const retryAtMs = next.action === "retry" ? state.nowMs + next.afterMs : null;
    state.downloads.push({ ...failed, failure: { code, message: code, attempt, atMs: state.nowMs, retryAtMs } });
  };
  const kept = state.kept.find(
    (one) => one.productId === product.id && one.revision === revision && one.refused === null,
  );
  if (item.cost === 1) {
    const outcome = random.pick(["confirmed", "confirmed", "confirmed", "released", "in-doubt"] as const);
    state.spends.push({ productId: product.id, downloadId: archive.downloadId, revision, state: outcome });
    if (outcome !== "confirmed") {
      fail(row, "provider-error");
      return;
    }
    row = { ...row, state: "linked", link: { url: "https://files.example/2", expiresAtMs: null }, failure: null };
  }
  if (kept === undefined && random.chance(0.3)) {
    fail(row, random.pick(codes));
    return;
  }
  if (kept === undefined)
    state.kept.push({
      ...{ productId: product.id, downloadId: archive.downloadId, revision },
      ...{ sha256: "2".repeat(64), bytes: 10, refused: null },
    });
  if (random.chance(0.2)) {
    fail({ ...row, state: "fetched" }, random.pick(codes));
    return;
  }
  state.assets = state.assets.filter(({ manifest }) => manifest.productId !== product.id);
  state.assets.push(assetOf(product, revision));
  state.downloads = state.downloads.filter(
    (one) => one.productId !== product.id || one.state !== "committed" || one.downloadId !== row.downloadId,
  );
  state.downloads.push({ ...row, state: "committed", link: null, failure: null, updatedAtMs: state.nowMs });
}

function runPlans(seed: number): { plans: number; spends: number } {
  const random = createRandom(seed);
  const state = makeState(random);
  let spends = 0;
  for (let plans = 1; ; plans += 1) {
    const requests = plans === 2 && random.chance(0.5) ? [{ productId: 101, spendLast: random.chance(0.5) }] : [];
    const plan = planOf(state, requests);
    expect(planOf(state, requests), `seed ${seed}: the same input, another plan`).toEqual(plan);
    const work = plan.items.filter(isWork);
    const forbidden = work.map((item) => findForbiddenSpend(state, item)).find((why) => why !== null);
    expect(forbidden, `seed ${seed}, plan ${plans}: a download is spent`).toBeUndefined();
    if (work.length === 0 && plans > 2 && !hasRetry(state)) return { plans, spends };
    expect(plans, `seed ${seed}: it never comes to an end`).toBeLessThan(mostPlans);
    for (const item of work) {
      spends += item.cost;
      carryOut(random, state, item);
    }
    state.nowMs += 25 * hourMs;
  }
}

/** Is something still to be looked at by itself, so that the end is not reached? */
function hasRetry(state: State): boolean {
  return planOf(state, []).items.some(
    ({ action, reason }) => action === "download" || action === "update" || reason.code === "retry-later",
  );
}

describe("the planner over random states", () => {
  it(`comes to an end and never spends what it must not, from ${states} states`, { timeout: 600_000 }, () => {
    const startMs = performance.now();
    let plans = 0;
    let spends = 0;
    for (let seed = first; seed < first + states; seed += 1) {
      const done = runPlans(seed);
      plans += done.plans;
      spends += done.spends;
    }
    record({
      test: "T23",
      what: "the planner alone over random states, carried out with random outcomes until nothing is left to do",
      injections: states,
      wrong: 0,
      secondSpends: 0,
      seed: first,
      ms: performance.now() - startMs,
      note: `${plans} plans, ${spends} spends`,
    });
    expect(spends).toBeGreaterThan(0);
  });
});
