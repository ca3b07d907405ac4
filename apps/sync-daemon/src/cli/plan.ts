import type { PlanAnswer } from "../api/contract/plan.ts";
import { formatBytes } from "../domain/byte-size.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { cleanText, countOf, formatTable } from "./format.ts";

export const plan: Command = {
  name: "plan",
  summary: "Show what a sync would fetch and what it costs, without doing it.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [],
  example: "asset-sync plan",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const answer = await client.plan();
      const isEmpty = answer.items.length === 0 && answer.withdrawn.length === 0;
      const knowsShop = !isEmpty || (await client.status()).catalogRevision !== null;
      context.output.answer(answer, () => (knowsShop ? describePlan(answer) : [shopUnknown]));
      return exitStatuses.done;
    }),
};

const shopUnknown = "Nothing is known of the shop yet, so there is no plan; the first `asset-sync sync` asks it.";

function describePlan({ items, withdrawn, price }: PlanAnswer): string[] {
  const work = items.filter(({ action }) => action === "download" || action === "update");
  const deferred = items.filter(({ action }) => action === "defer");
  const kept = items.length - work.length - deferred.length;
  const lines: string[] = [];
  if (work.length > 0) {
    const rows = work.map((item) => [
      item.action === "update" ? "update" : "fetch",
      String(item.productId),
      item.title,
      item.cost === 0 ? "free" : countOf(item.cost, "download"),
      item.bytes === null ? "size unknown" : formatBytes(item.bytes),
      item.reason.message,
    ]);
    lines.push(...formatTable(["", "Number:", "Product", "Costs", "Size:", "Because"], rows), "");
  }
  if (deferred.length > 0) {
    lines.push(
      "Not now:",
      ...deferred.map(({ productId, title, reason }) => cleanText(`  ${productId} ${title}: ${reason.message}`)),
      "",
    );
  }
  if (withdrawn.length > 0) {
    lines.push(
      "No longer in the shop, your copies stay:",
      ...withdrawn.map(({ title, folder }) => cleanText(`  ${title} in ${folder}`)),
      "",
    );
  }
  if (kept > 0) lines.push(`${countOf(kept, "product")} ${kept === 1 ? "is" : "are"} in the library and current.`);
  const sizes = [
    ...(price.knownBytes > 0 ? [formatBytes(price.knownBytes)] : []),
    ...(price.unknownSizes > 0 ? [`${countOf(price.unknownSizes, "zip")} of unknown size`] : []),
  ];
  const free = price.freeBytes === null ? "" : ` ${formatBytes(price.freeBytes)} of disk are free.`;
  const what =
    work.length === 0
      ? "A sync would fetch nothing and spend nothing."
      : `A sync would fetch ${countOf(work.length, "product")} (${sizes.join(" and ")}) and spend ${countOf(price.downloads, "download")}.`;
  lines.push(`${what}${free}`);
  return lines;
}
