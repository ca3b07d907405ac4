import type { ProductDetail } from "../api/contract/products.ts";
import { formatBytes } from "../domain/byte-size.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { cleanText, formatTime } from "./format.ts";

export const show: Command = {
  name: "show",
  summary: "Show everything about one product.",
  usage: "ID",
  minArguments: 1,
  maxArguments: 1,
  options: [],
  example: "asset-sync show 132602",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const [id = ""] = context.positionals;
      const product = await client.show({ id });
      context.output.answer(product, () => describeProduct(product).map(cleanText));
      return exitStatuses.done;
    }),
};

function describeProduct(product: ProductDetail): string[] {
  const { quota } = product;
  const details: [string, string | null][] = [
    ["Number", String(product.productId)],
    ["Short name", product.slug],
    ["Kind", product.assetType],
    ["Category", `${product.category} / ${product.subCategory}`],
    ["Blender", product.blenderVersion.label],
    ["Licence", product.licence.label],
    ["Polygons", product.polygonCount === null ? null : product.polygonCount.toLocaleString("en")],
    ["Dimensions", product.dimensions],
    ["Tags", product.tags.join(", ") || null],
    ["Page", product.pageUrl],
    ["Downloads", `${quota.left} of ${quota.limit} left${quota.inDoubt === 0 ? "" : `, ${quota.inDoubt} in doubt`}`],
  ];
  const lines = [`${product.title}${product.isFreebie ? " (free)" : ""}`];
  for (const [name, value] of details) if (value !== null) lines.push(`  ${name.padEnd(11)}${value}`);
  lines.push("  Zips");
  for (const { downloadId, name, isDefault, bytes, cost } of product.archives) {
    const size = bytes === null ? "" : `  ${formatBytes(bytes)}`;
    const price = cost === 0 ? "  costs no download" : "";
    lines.push(`    ${name}  (--download ${downloadId})${size}${price}${isDefault ? "  taken if you do not say" : ""}`);
  }
  if (product.isLastDownload && quota.left > 0)
    lines.push(`  What is left stays in reserve; \`asset-sync get ${product.productId} --spend-last\` uses it.`);
  if (product.installed.length === 0)
    lines.push(`  Not installed; \`asset-sync get ${product.productId}\` fetches it.`);
  for (const { folder, installedAt } of product.installed)
    lines.push(`  Installed in ${folder}, ${formatTime(installedAt)}`);
  return lines;
}
