import { abortedError } from "./aborted-error.ts";
import { ApiError } from "./api-error.ts";

/** One page and where the next one is; no `next` on the last. */
export interface Page<Item, Cursor> {
  items: readonly Item[];
  next?: Cursor | undefined;
}

/** Every item of every page, fetched as it is asked for. Each iteration begins anew. */
export interface Paginated<Item, P> extends AsyncIterable<Item> {
  /** The pages themselves, with whatever else they carry. */
  pages(): AsyncIterable<P>;
}

export interface PaginateOptions<Cursor, P> {
  /** For errors: `3dverse listUsers`. */
  name?: string | undefined;
  first: Cursor;
  fetchPage: (cursor: Cursor) => Promise<P>;
  signal?: AbortSignal | undefined;
  /** A list that goes on beyond this is an error. Default 10,000. */
  maxPages?: number | undefined;
}

/**
 * Pages as one async iterable. A far side that names a page a second time would be followed for ever; that is an
 * `ApiError` `pages-endless`, like more than `maxPages`.
 */
export function paginate<Item, Cursor, P extends Page<Item, Cursor>>(
  options: PaginateOptions<Cursor, P>,
): Paginated<P["items"][number], P> {
  const { name = "paginate", fetchPage, signal, maxPages = 10_000 } = options;

  async function* pages(): AsyncGenerator<P> {
    const seen = new Set<string>();
    let cursor: Cursor | undefined = options.first;
    while (cursor !== undefined) {
      if (signal?.aborted) throw abortedError({ operation: name, method: "", url: "" }, { reason: signal.reason });
      const key = JSON.stringify(cursor) ?? "";
      if (seen.has(key) || seen.size >= maxPages) {
        const why = seen.has(key) ? "names a page a second time" : `has more than ${maxPages} pages`;
        throw new ApiError({
          kind: "unexpected-shape",
          code: "pages-endless",
          message: `${name}: the list ${why}.`,
          request: { operation: name, method: "", url: "" },
        });
      }
      seen.add(key);
      const page: P = await fetchPage(cursor);
      yield page;
      cursor = page.next;
    }
  }

  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* page.items;
    },
  };
}
