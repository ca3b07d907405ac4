import type { LedgerAnswer, SpendEntry } from "../api/contract/ledger.ts";
import type { ApiClient } from "./api-client.ts";
import type { CommandContext } from "./command.ts";
import { cleanText, formatTable, formatTime } from "./format.ts";

/** Asked for at a time. */
const pageSize = 1_000;

/** Each spend, newest first; of these products, or of all where none is named. */
export async function listSpends(client: ApiClient, productIds: readonly number[]): Promise<SpendEntry[]> {
  const spends: SpendEntry[] = [];
  for (let beforeId: number | undefined; ; ) {
    const page: LedgerAnswer = await client.ledger({ limit: pageSize, beforeId });
    spends.push(...page.spends.filter(({ productId }) => productIds.length === 0 || productIds.includes(productId)));
    if (page.nextBeforeId === null) return spends;
    beforeId = page.nextBeforeId;
  }
}

const states: Readonly<Record<SpendEntry["state"], string>> = {
  reserved: "being asked for",
  confirmed: "spent",
  released: "not spent",
  "in-doubt": "in doubt",
};

export function printSpends({ output }: Pick<CommandContext, "output">, spends: readonly SpendEntry[]): void {
  output.answer({ spends }, () => {
    if (spends.length === 0) return ["No download was spent so far."];
    const rows = spends.map(({ id, reservedAt, state, requester, productId, title, evidence }) => [
      String(id),
      formatTime(reservedAt),
      states[state],
      requester === "person" ? "you" : "a rule",
      String(productId),
      cleanText(title ?? ""),
      cleanText(evidence),
    ]);
    return formatTable(["Id:", "When", "Outcome", "Asked by", "Number:", "Product", "How it is known"], rows);
  });
}
