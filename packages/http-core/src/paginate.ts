/** One page and where the next one is; no `next` on the last. */
export interface Page<Item, Cursor> {
  items: readonly Item[];
  next?: Cursor | undefined;
}

/** Every item of every page, fetched as it is asked for. */
export interface Paginated<Item, P> extends AsyncIterable<Item> {
  pages(): AsyncIterable<P>;
}

export interface PaginateOptions<Cursor, P> {
  first: Cursor;
  fetchPage: (cursor: Cursor) => Promise<P>;
  signal?: AbortSignal | undefined;
  /** A list that goes on beyond this is an error. Default 10,000. */
  maxPages?: number | undefined;
}

/** Pages as one async iterable. */
export function paginate<Item, Cursor, P extends Page<Item, Cursor>>(
  _options: PaginateOptions<Cursor, P>,
): Paginated<P["items"][number], P> {
  throw new Error("not written yet");
}
