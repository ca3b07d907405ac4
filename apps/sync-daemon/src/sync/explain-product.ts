import { isWork, type PlanItem } from "../domain/plan.ts";
import { makePlan } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";

export interface ProductExplanation {
  readonly productId: number;
  readonly title: string | null;
  readonly state:
    | "installed"
    | "update-waiting"
    | "under-way"
    | "waiting"
    | "deferred"
    | "not-wanted"
    | "withdrawn"
    | "unknown";
  readonly reasons: readonly { code: string; message: string }[];
}

/** Why a product is, or is not, in the library: the plan's own reasons, in sentences. Spends nothing. */
export async function explainProduct(
  parts: SyncParts,
  idOrSlug: string,
  signal: AbortSignal,
): Promise<ProductExplanation> {
  const { catalogs } = parts.store;
  await parts.libraries.refresh();
  const product = catalogs.findProduct(idOrSlug);
  if (product === undefined) return explainAbsent(parts, idOrSlug);

  const plan = await makePlan(parts, { requests: [], only: new Set([product.id]), signal });
  const items = plan.items.filter((item) => item.product.id === product.id);
  const about = { productId: product.id, title: product.title };
  if (items.length === 0) {
    const quota = parts.store.spends.quotaOf(product.id, parts.settings().downloadLimit);
    const message = `No rule of \`imeshh.wanted\` selects it. \`asset-sync get ${product.id}\` fetches it (${quota.left} of ${quota.limit} downloads left).`;
    return { ...about, state: "not-wanted", reasons: [{ code: "not-wanted", message }] };
  }
  const reasons = items.flatMap((item) => (isWork(item) ? [item.reason, priceOf(item.cost)] : [item.reason]));
  return { ...about, state: stateOf(parts, items), reasons };
}

function priceOf(cost: 0 | 1): { code: string; message: string } {
  return {
    code: "price",
    message: `The next sync fetches it and spends ${cost === 0 ? "no download" : "1 download"}.`,
  };
}

function stateOf(parts: SyncParts, items: readonly PlanItem[]): ProductExplanation["state"] {
  const underWay = parts.progress.list();
  if (items.some((item) => underWay.some(({ productId }) => productId === item.product.id))) return "under-way";
  if (items.some((item) => item.action === "download" || item.action === "update")) return "waiting";
  if (items.some((item) => item.reason.code === "update-waiting")) return "update-waiting";
  if (items.some((item) => item.action === "keep")) return "installed";
  return "deferred";
}

function explainAbsent(parts: SyncParts, idOrSlug: string): ProductExplanation {
  const { catalogs } = parts.store;
  const productId = Number.isSafeInteger(Number(idOrSlug)) ? Number(idOrSlug) : 0;
  const withdrawn = catalogs.findWithdrawn(idOrSlug);
  if (withdrawn !== undefined) {
    const message = `The shop withdrew it on ${new Date(withdrawn.withdrawnAtMs).toISOString().slice(0, 10)}. What you have stays usable.`;
    const isPaid = parts.store.journal.listOpenOf(withdrawn.product.id).some(({ state }) => state !== "planned");
    const finished = { code: "resumes", message: "The download that is paid for is finished by the next sync." };
    return {
      productId: withdrawn.product.id,
      title: withdrawn.product.title,
      state: "withdrawn",
      reasons: [{ code: "withdrawn", message }, ...(isPaid ? [finished] : [])],
    };
  }
  const skipped = productId === 0 ? undefined : catalogs.findSkipped(productId);
  if (skipped !== undefined) {
    const message = `The shop's feed names it, but it is not offered: ${skipped.reason}.`;
    return { productId, title: skipped.name, state: "unknown", reasons: [{ code: "record-skipped", message }] };
  }
  const message = `The catalog has no product "${idOrSlug}".`;
  return { productId, title: null, state: "unknown", reasons: [{ code: "product-unknown", message }] };
}
