import type { Requester } from "./download.ts";
import type { FailureCode } from "./failure.ts";

/**
 * One use of quota. `reserved` is on disk before the call that may spend leaves the machine. Then it is `confirmed` (a
 * link came), `released` (the shop refused, or was provably never reached), or `in-doubt` (no answer, or we died in
 * between). Reserved and in doubt count as spent until the shop or a person says otherwise.
 */
export type SpendState = "reserved" | "confirmed" | "released" | "in-doubt";

export interface Spend {
  readonly id: number;
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
  readonly state: SpendState;
  readonly requester: Requester;
  /** The download row it was made for. */
  readonly downloadRowId: number;
  /** What the shop said, or how it is known. Holds no secret. */
  readonly evidence: string;
  readonly reservedAtMs: number;
  readonly settledAtMs: number | null;
}

/** What is known about one product's quota. All counts are over all of the product's archives: the shop counts per product. */
export interface ProductQuota {
  readonly productId: number;
  readonly limit: number;
  readonly spent: number;
  readonly inDoubt: number;
  readonly left: number;
  /** The shop itself refused with "limit exceeded". Then nothing is left, whatever our own count says. */
  readonly refusedByShop: boolean;
}

/** Sums the ledger's rows of one product. */
export function countQuota(counted: {
  productId: number;
  spends: Iterable<Pick<Spend, "state">>;
  limit: number;
  refusedByShop: boolean;
}): ProductQuota {
  let spent = 0;
  let inDoubt = 0;
  for (const { state } of counted.spends) {
    if (state === "confirmed") spent += 1;
    else if (state === "reserved" || state === "in-doubt") inDoubt += 1;
  }
  const left = counted.refusedByShop ? 0 : Math.max(0, counted.limit - spent - inDoubt);
  return {
    productId: counted.productId,
    limit: counted.limit,
    spent,
    inDoubt,
    left,
    refusedByShop: counted.refusedByShop,
  };
}

export type SpendDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: FailureCode; readonly message: string };

const refuse = (code: FailureCode, message: string): SpendDecision => ({ allowed: false, code, message });

/**
 * May one more download be spent on this product revision? In the order in which the rules win:
 * nothing left; the last ones kept in reserve; a second automatic spend on the same revision.
 */
export function decideSpend(request: {
  quota: ProductQuota;
  title: string;
  requester: Requester;
  /** The person said `--spend-last`. */
  spendLast: boolean;
  /** How many downloads stay unspent unless asked for by name. */
  keepInReserve: number;
  /** Spends so far on this very revision and archive. */
  revisionSpends: Iterable<Pick<Spend, "state">>;
}): SpendDecision {
  const { quota, title } = request;
  if (quota.left <= 0) {
    const why = quota.refusedByShop
      ? "the shop refused a further one"
      : `${quota.spent + quota.inDoubt} of ${quota.limit} are spent`;
    return refuse("quota-exhausted", `No download of "${title}" is left: ${why}.`);
  }
  if (quota.left <= request.keepInReserve && !(request.requester === "person" && request.spendLast)) {
    return refuse(
      "quota-last",
      `Only ${quota.left} of ${quota.limit} downloads of "${title}" is left, and ${request.keepInReserve} stays in reserve.`,
    );
  }
  if (request.requester === "person") return { allowed: true };

  // A crash between request and answer is nobody's choice: it may cost one more by itself, once. Every other second
  // spend on the same content is a person's decision.
  let confirmed = 0;
  let inDoubt = 0;
  for (const { state } of request.revisionSpends) {
    if (state === "confirmed") confirmed += 1;
    else if (state !== "released") inDoubt += 1;
  }
  if (confirmed > 0) return refuse("spend-needs-person", `A download was already spent on this version of "${title}".`);
  if (inDoubt > 1)
    return refuse("spend-in-doubt", `${inDoubt} downloads of "${title}" were asked for without an answer.`);
  return { allowed: true };
}
