import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { formatTable } from "./format.ts";
import { listSpends, printSpends } from "./ledger.ts";
import { findProductNumbers } from "./product-numbers.ts";
import { UsageError } from "./usage-error.ts";

export const quota: Command = {
  name: "quota",
  summary: "Show how many downloads are spent and left.",
  usage: "[ID…]",
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [
    { name: "ledger", help: "List each download that was spent, newest first." },
    { name: "csv", help: "Print all of them as a table for other programs." },
  ],
  example: "asset-sync quota",
  run: (context) => {
    const { flags, json, positionals } = context;
    const isCsv = flags.isSet("csv");
    if (isCsv && (json || positionals.length > 0))
      throw new UsageError('"--csv" prints the whole ledger as a table; leave "--json" and products away.');
    return withDaemon(context, async ({ client }) => {
      if (isCsv) {
        const table = await client.ledgerCsv();
        // The mark at its beginning is for programs that open the file; the last line's end is added again.
        context.output.answer(table, () => [table.replace(/^\uFEFF/, "").trimEnd()]);
        return exitStatuses.done;
      }
      const numbers = await findProductNumbers(client, positionals);
      if (flags.isSet("ledger")) {
        printSpends(context, await listSpends(client, numbers));
        return exitStatuses.done;
      }
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
    });
  },
};
