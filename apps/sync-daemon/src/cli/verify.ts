import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { exitStatusOfCodes } from "./exit-status.ts";
import { cleanText, countOf } from "./format.ts";
import { findProductNumbers } from "./product-numbers.ts";

export const verify: Command = {
  name: "verify",
  summary: "Check that the files of installed products are whole.",
  usage: "[ID…]",
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [],
  example: "asset-sync verify",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const products = await findProductNumbers(client, context.positionals);
      const result = await client.verify({ products });
      context.output.answer(result, () => {
        const lines = result.damaged.flatMap(({ productId, title, folder, missing, edited, repairable }) => [
          `${title} (${productId}) in ${folder}: ${countOf(missing.length, "file")} missing, ${edited.length} changed.`,
          ...[...missing, ...edited].map((file) => `  ${file}`),
          repairable
            ? `  \`asset-sync repair ${productId}\` mends it at no cost.`
            : missing.length > 0
              ? `  Its zip is no longer kept; \`asset-sync get ${productId}\` fetches it again and costs 1 download.`
              : "  Its zip is no longer kept, so the shop's files cannot be put beside yours.",
        ]);
        lines.push(...result.problems.map(({ message }) => message));
        if (result.assets === 0 && products.length > 0 && lines.length === 0)
          return ["Nothing of that is in the library."];
        const whole = result.assets - result.damaged.length;
        return [...lines, `${countOf(whole, "asset")} of ${result.assets} ${whole === 1 ? "is" : "are"} whole.`].map(
          cleanText,
        );
      });
      if (result.damaged.length > 0) return exitStatuses.failed;
      return exitStatusOfCodes(result.problems.map(({ code }) => code));
    }),
};
