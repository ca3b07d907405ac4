import type { SyncResult } from "../api/contract/daemon.ts";
import { failureRules, isFailureCode } from "../domain/failure.ts";
import type { Command } from "./command.ts";
import { withDaemon, withProgress } from "./connect.ts";
import { exitStatusOfCodes } from "./exit-status.ts";
import { cleanText, countOf, formatDuration } from "./format.ts";

export const sync: Command = {
  name: "sync",
  summary: "Look for news and fetch what your rules ask for, once.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [{ name: "accept-feed", help: "Take the shop's product list even though it shrank a lot." }],
  example: "asset-sync sync",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const request = { acceptFeed: context.flags.isSet("accept-feed") };
      const result = await withProgress(context, client, () => client.sync(request), ["sync-failed"]);
      context.output.answer(result, () => describeSync(result));
      return exitStatusOfCodes(result.failed.map(({ code }) => code));
    }),
};

function describeSync(result: SyncResult): string[] {
  const done = result.committed === 0 ? "Nothing new to install" : `Installed ${countOf(result.committed, "product")}`;
  const spent = result.spent === 0 ? "no download spent" : `${countOf(result.spent, "download")} spent`;
  const lines = [
    `${done}, ${spent}, in ${formatDuration(result.durationMs)}. The shop offers ${countOf(result.products, "product")}.`,
  ];
  if (result.skipped > 0)
    lines.push(
      `${countOf(result.skipped, "record")} of the shop's list ${result.skipped === 1 ? "is" : "are"} no product on offer (drafts, or without a download) and left out.`,
    );
  if (result.failed.length > 0) lines.push("Not done:");
  // What to do is said once for all that wait for the same thing.
  for (const [code, failures] of Map.groupBy(result.failed, ({ code }) => code)) {
    for (const { productId, message } of failures)
      lines.push(cleanText(`  ${productId === 0 ? "" : `${productId}: `}${message}`));
    const advice = isFailureCode(code) ? failureRules[code].advice : "";
    if (advice !== "" && !failures.every(({ message }) => message.includes(advice))) lines.push(`  ${advice}`);
  }
  if (result.failed.some(({ productId }) => productId !== 0))
    lines.push("`asset-sync why ID` says more about a product.");
  return lines;
}
