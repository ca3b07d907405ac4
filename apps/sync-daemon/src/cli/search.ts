import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { countOf, formatTable } from "./format.ts";
import { UsageError } from "./usage-error.ts";

const defaultLimit = 20;
const maxLimit = 10_000;

export const search: Command = {
  name: "search",
  summary: "Find products in the shop's catalog.",
  usage: "WORDS…",
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [{ name: "limit", value: "NUMBER", help: `How many to show; ${defaultLimit} if not said.` }],
  example: "asset-sync search oak chair",
  run: (context) => {
    const limit = readLimit(context.flags.text("limit"));
    return withDaemon(context, async ({ client }) => {
      const found = await client.search({ text: context.positionals.join(" "), limit, offset: 0 });
      context.output.answer(found, () => {
        if (found.total === 0)
          return ["The catalog has nothing like that. `asset-sync sync` brings the newest catalog."];
        const rows = found.products.map((product) => [
          String(product.productId),
          product.title,
          product.assetType,
          `${product.category} / ${product.subCategory}`,
          product.isFreebie ? "free" : "",
          product.folder === null ? "" : "installed",
        ]);
        const shown =
          found.products.length < found.total
            ? ` The first ${found.products.length} are shown; --limit shows more.`
            : "";
        return [
          ...formatTable(["Number:", "Product", "Kind", "Category", "", ""], rows),
          "",
          `${countOf(found.total, "product")} found.${shown}`,
        ];
      });
      return exitStatuses.done;
    });
  },
};

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    throw new UsageError(`"--limit" needs a whole number from 1 to ${maxLimit}, but it is "${text}".`);
  return limit;
}
