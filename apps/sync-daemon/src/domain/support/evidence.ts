import type { SpendState } from "../quota.ts";

/** One spend as the ledger has it, for people of the shop. */
export interface SpendEvidence {
  readonly productId: number;
  /** Null where it is not known here. */
  readonly title: string | null;
  readonly downloadId: string;
  readonly state: SpendState;
  readonly requester: "rule" | "person";
  /** What the shop said, or how it is known. */
  readonly evidence: string;
  readonly reservedAtMs: number;
}

const words: Readonly<Record<SpendState, string>> = {
  confirmed: "completed",
  reserved: "no answer yet",
  "in-doubt": "no answer",
  released: "not counted",
};

/**
 * What our ledger shows for each product, with the times in UTC at which the shop was asked: its own log can be searched
 * for them. Products with the most spends first.
 */
export function formatEvidence(spends: readonly SpendEvidence[], limit: number): string[] {
  if (spends.length === 0) return ["Nothing was spent so far."];
  const products = [...Map.groupBy(spends, ({ productId }) => productId)];
  products.sort(([, one], [, other]) => countTaken(other) - countTaken(one));
  return products.flatMap(([productId, own]) => {
    const count = (...states: SpendState[]) => own.filter(({ state }) => states.includes(state)).length;
    const title = own.find((spend) => spend.title !== null)?.title;
    const inDoubt = count("reserved", "in-doubt");
    return [
      `Product ${productId}${title == null ? "" : `, ${title}`}`,
      `  Our ledger shows ${count("confirmed")} completed, ${inDoubt} without an answer, ${count("released")} that the shop refused; it grants ${limit}.`,
      ...own.toSorted((one, other) => one.reservedAtMs - other.reservedAtMs).map((spend) => `  ${formatSpend(spend)}`),
    ];
  });
}

function countTaken(spends: readonly SpendEvidence[]): number {
  return spends.filter(({ state }) => state !== "released").length;
}

function formatSpend({ state, requester, downloadId, evidence, reservedAtMs }: SpendEvidence): string {
  const at = `${new Date(reservedAtMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return `${at}  ${words[state].padEnd(13)}  asked by a ${requester}, zip ${downloadId}: ${evidence}`;
}
