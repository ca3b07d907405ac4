import type { SearchCall } from "../api/contract/products.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import { assetTypes } from "../domain/product.ts";
import type { Command, CommandContext } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { countOf, formatTable } from "./format.ts";
import { UsageError } from "./usage-error.ts";

const defaultLimit = 20;
const maxLimit = 10_000;
const sorts = ["relevance", "title", "newest", "polygons"] as const;

export const search: Command = {
  name: "search",
  summary: "Find products in the shop's catalog.",
  usage: "WORDS…",
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  options: [
    { name: "type", value: assetTypes.join("|"), help: "Only this kind." },
    { name: "category", value: "NAME", help: "Only this category, by its name." },
    { name: "free", help: "Only what needs no subscription." },
    { name: "installed", help: "Only what is in the library." },
    { name: "updates", help: "Only what has a newer version in the shop." },
    { name: "favourites", help: "Only what you marked as a favourite." },
    { name: "sort", value: sorts.join("|"), help: `In which order; ${sorts[0]} if not said.` },
    { name: "limit", value: "NUMBER", help: `How many to show; ${defaultLimit} if not said.` },
  ],
  example: "asset-sync search oak chair --type model --free",
  run: (context) => {
    const query = readQuery(context);
    return withDaemon(context, async ({ client }) => {
      const found = await client.search(query);
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

function readQuery({ flags, positionals }: Pick<CommandContext, "flags" | "positionals">): SearchCall {
  const onlyIf = (name: string): "true" | undefined => (flags.isSet(name) ? "true" : undefined);
  const [type, category] = [flags.text("type"), flags.text("category")];
  return {
    text: positionals.join(" "),
    ...(type === undefined ? {} : { assetType: readOneOf("type", assetTypes, type) }),
    ...(category === undefined ? {} : { category }),
    freebie: onlyIf("free"),
    onDisk: onlyIf("installed"),
    updateWaiting: onlyIf("updates"),
    favourite: onlyIf("favourites"),
    sort: readOneOf("sort", sorts, flags.text("sort") ?? sorts[0]),
    limit: readLimit(flags.text("limit")),
    offset: 0,
  };
}

function readOneOf<Name extends string>(flag: string, names: readonly Name[], written: string): Name {
  const found = names.find((name) => name === written);
  if (found !== undefined) return found;
  throw new UsageError(`"--${flag}" is one of ${names.join(", ")}, but it is "${written}".`);
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    throw new UsageError(`"--limit" needs a whole number from 1 to ${maxLimit}, but it is "${text}".`);
  return limit;
}
