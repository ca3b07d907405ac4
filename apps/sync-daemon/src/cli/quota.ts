import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { formatTable } from "./format.ts";
import { findProductNumbers } from "./product-numbers.ts";

export const quota: Command = {
  name: "quota",
  summary: "Show how many downloads are spent and left.",
  usage: "[ID…]",
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [],
  example: "asset-sync quota",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const numbers = await findProductNumbers(client, context.positionals);
      const all = await client.quota();
      const products = all.products.filter(({ productId }) => numbers.length === 0 || numbers.includes(productId));
      context.output.answer({ products }, () => {
        if (products.length === 0)
          return [numbers.length === 0 ? "No download was spent so far." : "No download of it was spent so far."];
        const rows = products.map((product) => [
          String(product.productId),
          product.title ?? "",
          product.archive ?? product.downloadId,
          String(product.spent),
          String(product.inDoubt),
          `${product.left} of ${product.limit}`,
        ]);
        const hasDoubt = products.some(({ inDoubt }) => inDoubt > 0);
        return [
          ...formatTable(["Number:", "Product", "Zip", "Spent:", "In doubt:", "Left:"], rows),
          ...(hasDoubt
            ? ["", "In doubt: asked for without an answer. It counts as spent until the shop says otherwise."]
            : []),
        ];
      });
      return exitStatuses.done;
    }),
};
