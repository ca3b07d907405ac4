import type { Command } from "./command.ts";
import { withDaemon, withProgress } from "./connect.ts";
import { exitStatusOfCodes } from "./exit-status.ts";
import { cleanText } from "./format.ts";
import { findProductNumbers } from "./product-numbers.ts";
import { UsageError } from "./usage-error.ts";

export const repair: Command = {
  name: "repair",
  summary: "Mend installed products from the kept zips; costs no download.",
  usage: "[ID…]",
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [{ name: "previous", help: "Put back the version that the last update replaced." }],
  example: "asset-sync repair",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const products = await findProductNumbers(client, context.positionals);
      const previous = context.flags.isSet("previous");
      if (previous && products.length === 0) {
        throw new UsageError("`asset-sync repair --previous` needs to be told which product.");
      }
      const result = await withProgress(context, client, () => client.repair({ products, previous }));
      context.output.answer(result, () => {
        const lines = [
          ...result.repaired.map(
            ({ productId, message }) => `${previous ? "Put back" : "Mended"} ${productId}: ${message}`,
          ),
          ...result.failed.map(
            ({ productId, message }) => `Not done${productId === 0 ? "" : ` ${productId}`}: ${message}`,
          ),
        ];
        return lines.length === 0 ? ["Nothing needed mending."] : lines.map(cleanText);
      });
      return exitStatusOfCodes(result.failed.map(({ code }) => code));
    }),
};
