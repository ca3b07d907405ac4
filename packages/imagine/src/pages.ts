import { ApiError, looseArray, type Page, type Paginated, paginate, type SkippedRecord } from "@org/http-core";
import { z } from "zod";
import { type ApiCall, callApi, type ImagineApi, type WithCredits } from "./imagine-api.ts";
import { countOrNull } from "./json-values.ts";

/** One page of a list, 20 records at most (collection, "Pagination"). */
export interface ListPage<Item> extends Page<Item, number>, WithCredits {
  readonly items: readonly Item[];
  /** From 1. */
  readonly pageNumber: number;
  readonly totalPages: number | null;
  /** Records of all pages. */
  readonly count: number | null;
  /** Records that are not what the document describes. */
  readonly skipped: readonly SkippedRecord[];
}

/** The envelope of a list; its links are not looked at, except whether there is a next one. */
export function pageSchema<Item>(item: z.ZodType<Item>) {
  return z.looseObject({
    results: looseArray(item),
    total_pages: countOrNull,
    count: countOrNull,
    next_link: z.unknown().optional(),
  });
}

/**
 * A list as pages by number, always from our own base URL: the samples' `next_link`s point to staging and to localhost,
 * and wherever they point, the key does not go there. Each page costs a credit.
 */
export function listPages<Item>(
  api: ImagineApi,
  call: Omit<ApiCall<unknown>, "schema" | "method"> & { item: z.ZodType<Item>; creditBudget: number | undefined },
): Paginated<Item, ListPage<Item>> {
  const { item, creditBudget, ...rest } = call;
  const schema = pageSchema(item);
  return paginate<Item, number, ListPage<Item>>({
    name: call.operation,
    first: 1,
    signal: call.signal,
    async fetchPage(page) {
      api.credits.check(creditBudget, call.operation);
      const answer = await readPage(page);
      if (answer === undefined) {
        const creditsLeft = api.credits.left();
        return { items: [], pageNumber: page, totalPages: page - 1, count: null, skipped: [], creditsLeft };
      }
      const { data, creditsLeft } = answer;
      const { items, skipped } = data.results;
      const totalPages = data.total_pages;
      const isLast = totalPages === null ? !saysNext(data.next_link) : page >= totalPages;
      const isEmpty = items.length + skipped.length === 0;
      return {
        items,
        skipped,
        pageNumber: page,
        totalPages,
        count: data.count,
        creditsLeft,
        ...(isLast || isEmpty ? {} : { next: page + 1 }),
      };
    },
  });

  async function readPage(page: number) {
    try {
      return await callApi(api, {
        ...rest,
        method: "GET",
        schema,
        query: { ...rest.query, ...(page === 1 ? {} : { page }) },
      });
    } catch (error) {
      // The list has become shorter while it was read.
      if (page > 1 && ApiError.isInstance(error) && error.code === "page-not-found") return undefined;
      throw error;
    }
  }
}

function saysNext(link: unknown): boolean {
  return typeof link === "string" && link !== "";
}
