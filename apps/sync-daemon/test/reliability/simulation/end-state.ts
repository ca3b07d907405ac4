import { join, relative } from "node:path";
import type { PlanItem } from "../../../src/domain/plan.ts";
import { getProducts } from "../../../src/sync/get-products.ts";
import { makePlan } from "../../../src/sync/make-plan.ts";
import type { SyncSettings } from "../../../src/sync/parts.ts";
import { repairAssets } from "../../../src/sync/repair-assets.ts";
import { runSync } from "../../../src/sync/run-sync.ts";
import { verifyAssets } from "../../../src/sync/verify-assets.ts";
import type { World } from "./current-world.ts";
import type { DownloadWishes } from "./download-wishes.ts";
import type { Engine } from "./engine.ts";
import type { Person } from "./person.ts";
import type { Promises } from "./promises.ts";
import { type Shop, shopLimit } from "./shop.ts";
import { type Goods, revisionOf } from "./shop-goods.ts";
import { listFiles } from "./world.ts";

interface End {
  readonly world: World;
  readonly shop: Shop;
  readonly person: Person;
  readonly settings: SyncSettings;
  readonly engine: Engine;
  readonly promises: Promises;
  /** The ledger and all its copies were taken away. */
  readonly isForgetful: boolean;
  /** The database was taken away, and with it the links that were paid for and not used yet. */
  readonly areLinksLost: boolean;
  readonly wentBack: ReadonlySet<number>;
  readonly wishes: Pick<DownloadWishes, "touched">;
  readonly during: <T>(work: () => Promise<T>) => Promise<T | undefined>;
}

const dayMs = 24 * 60 * 60_000;

/** More than the longest wait that a failure can ask for lies between two of them. */
const peacefulSyncs = 4;

/**
 * I7: when nothing goes wrong any more, everything comes to the state of a run without faults, by itself where nothing
 * excuses it, and else as soon as a person asks for it by name.
 */
export async function checkEnd(end: End): Promise<void> {
  const { world, shop, engine, during, promises } = end;
  const { parts } = engine;
  const { signal } = engine.stopping;
  let planned = 0;
  for (let syncs = 0; syncs < peacefulSyncs; syncs += 1) {
    world.clock.advance(1.1 * dayMs);
    planned = (await during(() => runSync(parts, { acceptFeed: false, onlyOnNews: false, signal })))?.planned ?? 0;
  }
  promises.check("after four peaceful syncs");
  if (planned > 0)
    world.violations.push(`I7: after ${peacefulSyncs} peaceful syncs ${planned} products are still under way`);
  const plan = await during(() => makePlan(parts, { requests: [], signal }));
  for (const goods of shop.goods.filter(({ isOffered }) => isOffered))
    checkSettled(
      end,
      goods,
      plan?.items.find(({ product }) => product.id === goods.id),
    );

  const products = shop.goods.filter(({ isOffered }) => isOffered).map(({ id }) => id);
  for (let asked = 0; asked < 3; asked += 1)
    await during(() => getProducts(parts, { products, spendLast: true, signal }));
  const repaired = await during(() => repairAssets(parts, { products: [], signal }));
  promises.check("after a person asked for everything");
  const verified = await during(() => verifyAssets(parts, { products: [], signal }));
  for (const { asset, missing, edited, repairable } of verified?.damaged ?? []) {
    if (repairable)
      world.violations.push(
        `I7: ${asset.folder} stays damaged (${[...missing, ...edited].join(", ")}) after a repair: ${JSON.stringify(repaired)}`,
      );
  }
  const last = await during(() => makePlan(parts, { requests: [], signal }));
  for (const goods of shop.goods.filter(({ isOffered }) => isOffered))
    checkAsked(
      end,
      goods,
      last?.items.find(({ product }) => product.id === goods.id),
    );
  checkLedger(end);
  checkTidiness(world);
}

function isCurrent(goods: Goods, item: PlanItem | undefined): boolean {
  return item?.action === "keep" && item.asset.manifest.revision === revisionOf(goods);
}

/** Why a product may rightly not be there by itself. */
function isExcused(end: End, goods: Goods, item: PlanItem | undefined): boolean {
  const { shop, person, settings, world, engine } = end;
  const mishaps = shop.mishaps.get(goods.id) ?? new Set();
  const deeds = person.deeds.get(goods.id) ?? new Set();
  const { fired } = world.gate;
  const diskFailed = ["EIO", "SQLITE_IOERR"].some((code) => fired.has(code));
  const quota = engine.parts.store.spends.quotaOf(goods.id, shopLimit);
  const wasDefective = goods.defect !== "none" || shop.defects.has(goods.id);
  switch (item?.reason.code) {
    case "update-waiting":
      return settings.updates === "ask" || end.wentBack.has(goods.id);
    case "held":
    case "cancelled":
      return end.wishes.touched(goods.id);
    case "removed-by-person":
      return deeds.has("removes");
    case "asset-mass-missing":
      return deeds.has("removes");
    case "asset-edited":
      return [...deeds].some((deed) => ["edits", "saves over", "adds", "puts a link in place of"].includes(deed));
    case "asset-folder-taken":
      return person.everWritten.size > 0 || person.deeds.size > 0;
    case "quota-exhausted":
      return quota.spent + quota.inDoubt >= shopLimit || shop.chargesOf(goods.id) >= shopLimit;
    case "quota-last":
      return quota.left <= settings.keepInReserve;
    case "spend-in-doubt":
      // A reservation whose process died before the question left is in doubt as well.
      return shop.asked.filter((one) => one.goods === goods && one.outcome !== "refused").length + world.crashes() >= 2;
    case "spend-needs-person":
      return mishaps.size > 0 || wasDefective || diskFailed || deeds.has("removes") || end.areLinksLost;
    case "disk-failed":
      return diskFailed;
    case "link-expired":
      return mishaps.has("link expired");
    case "archive-incomplete":
    case "archive-not-zip":
    case "archive-damaged":
    case "archive-unsafe-path":
      return mishaps.size > 0 || wasDefective;
    default:
      return false;
  }
}

function checkSettled(end: End, goods: Goods, item: PlanItem | undefined): void {
  if (isCurrent(goods, item) || isExcused(end, goods, item)) return;
  end.world.violations.push(
    `I7: ${goods.id} is not there by itself although nothing stands in the way: ${item?.action} ${item?.reason.code} ${item?.reason.message}`,
  );
}

/** Whatever happened: who asks for it by name gets it, as long as the shop has something to give. */
function checkAsked(end: End, goods: Goods, item: PlanItem | undefined): void {
  const quota = end.engine.parts.store.spends.quotaOf(goods.id, shopLimit);
  if (isCurrent(goods, item) || quota.left === 0 || goods.defect !== "none") return;
  end.world.violations.push(
    `I7: a person asked for ${goods.id} three times and it is not there: ${item?.action} ${item?.reason.code} ${item?.reason.message}`,
  );
}

/** I2: the ledger never counts less than the shop. */
function checkLedger({ shop, engine, world, isForgetful }: End): void {
  if (isForgetful || shop.model === "every-request") return;
  for (const { id } of shop.goods) {
    const { spent, inDoubt } = engine.parts.store.spends.quotaOf(id, shopLimit);
    if (spent + inDoubt < shop.chargesOf(id))
      world.violations.push(`I2: the ledger counts ${spent} + ${inDoubt} of ${id}, the shop ${shop.chargesOf(id)}`);
  }
}

/** T1: nothing temporary is left. */
function checkTidiness(world: World): void {
  for (const path of listFiles(world.root)) {
    const place = relative(world.root, path);
    const isLeft = /\.asset-sync-tmp$|\.part$|\.new$|~new$/.test(place) || place.includes(join(".sync", "staging"));
    if (isLeft && !place.startsWith(join("home", "partial"))) world.violations.push(`T1: ${place} is left behind`);
  }
}
