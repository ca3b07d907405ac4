import type { GetResult, RequestResult } from "../api/contract/downloads.ts";
import type { ExitStatus } from "../domain/exit-status.ts";
import type { Command, CommandContext } from "./command.ts";
import { withDaemon, withProgress } from "./connect.ts";
import { exitStatusOfCodes } from "./exit-status.ts";
import { adviseOn } from "./explain-error.ts";
import { cleanText, countOf } from "./format.ts";
import { isNumber } from "./product-numbers.ts";
import { UsageError } from "./usage-error.ts";

export const get: Command = {
  name: "get",
  summary: "Fetch products by number or short name, and waiting updates; a download each, none for kept zips.",
  usage: "ID…",
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [
    { name: "download", value: "ID", help: "Which of the product's zips; `show` lists them." },
    { name: "spend-last", help: "Spend even the last download the shop allows for the product." },
    { name: "no-wait", help: "Do not wait: ask the running asset-sync for them and end." },
  ],
  example: "asset-sync get 132602",
  run: (context) => {
    const { flags, positionals } = context;
    const downloadId = flags.text("download");
    if (downloadId !== undefined && positionals.length > 1)
      throw new UsageError('"--download" names a zip of one product; give one product with it.');
    return withDaemon(context, async ({ client, isOwn }) => {
      const products = positionals.map((id) => (isNumber(id) ? Number(id) : id));
      const request = { products, downloadId, spendLast: flags.isSet("spend-last") };
      if (flags.isSet("no-wait")) {
        if (isOwn)
          throw new UsageError('"--no-wait" needs a running asset-sync that fetches them; start one with "serve".');
        return requestOnly(context, await client.request(request));
      }
      const result = await withProgress(context, client, () => client.get(request));
      context.output.answer(result, () => {
        const lines = result.products.map((got) =>
          cleanText(
            got.state === "installed"
              ? `In the library: ${got.product}. ${got.message}`
              : `Not done: ${got.product}. ${explainGot(got)}`,
          ),
        );
        const spent = result.products.reduce((sum, product) => sum + product.spent, 0);
        return [...lines, spent === 0 ? "No download was spent." : `${countOf(spent, "download")} spent.`];
      });
      return exitStatusOfCodes(
        result.products.flatMap(({ state, code }) => (state === "failed" ? [code ?? "unexpected"] : [])),
      );
    });
  },
};

function requestOnly({ output }: Pick<CommandContext, "output">, result: RequestResult): ExitStatus {
  output.answer(result, () => {
    const cost = result.accepted.reduce((sum, accepted) => sum + accepted.cost, 0);
    return [
      ...result.accepted.map(({ productId }) => `Asked for: ${productId}.`),
      ...result.refused.map(({ product, code, message }) =>
        cleanText(`Not done: ${product}. ${adviseOn({ code, message }).replace("get ID", `get ${product}`)}`),
      ),
      cost === 0 ? "It costs no download." : `It costs at most ${countOf(cost, "download")}.`,
    ];
  });
  return exitStatusOfCodes(result.refused.map(({ code }) => code));
}

function explainGot({ productId, code, message }: GetResult["products"][number]): string {
  // The product is there, so what is not known is the zip that was named.
  if (code === "product-unknown" && productId !== null)
    return `${message} \`asset-sync show ${productId}\` lists its zips.`;
  const advice = adviseOn({ code: code ?? "unexpected", message });
  return productId === null ? advice : advice.replace("asset-sync get ID", `asset-sync get ${productId}`);
}
