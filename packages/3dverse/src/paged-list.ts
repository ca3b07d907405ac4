import { type Paginated, paginate } from "@org/http-core/policy";

/** What every list with a window accepts. */
export interface WindowOptions {
  /** Default 0. */
  offset?: number | undefined;
  /** Items of one request. Default 10; the service's largest is unknown, 1000 is seen in a sample of the vendor. */
  limit?: number | undefined;
}

/** One answer of a list. */
export interface ListPage<Item, Answer> {
  items: readonly Item[];
  /** The answer as the service gave it. */
  answer: Answer;
  /** Of the whole list, where the service told it in a header. */
  total: number | undefined;
  offset: number;
}

/**
 * A list of the service. Awaited, it is the documented operation: one request with `offset` and `limit`, one answer.
 * Iterated, it is every item from `offset` on, `limit` of them with each request. Nothing is sent before either.
 */
export interface PagedList<Item, Answer> extends Promise<Answer>, AsyncIterable<Item> {
  pages(): AsyncIterable<ListPage<Item, Answer>>;
}

type Window = { offset: number; limit: number };

/** Makes a list of a function that asks for one window of it. */
export function pagedList<Item, Answer>(options: {
  name: string;
  /** Throws for a window that cannot be asked for. */
  window: () => Window;
  fetch: (window: Window) => Promise<{ answer: Answer; total: number | undefined }>;
  itemsOf: (answer: Answer) => readonly Item[];
  signal: AbortSignal | undefined;
  /** Grouped lists: how far the offset goes on, and what tells two items apart. */
  grouped?: { advance: (answer: Answer, limit: number) => number; keyOf: (item: Item) => string };
}): PagedList<Item, Answer> {
  const { name, fetch, itemsOf, signal, grouped } = options;
  let first: Promise<Answer> | undefined;
  const ask = () => {
    first ??= (async () => (await fetch(options.window())).answer)();
    return first;
  };

  const walk = (): Paginated<Item, ListPage<Item, Answer>> => {
    const seen = new Set<string>();
    const first = options.window();
    return paginate({
      name: `3dverse ${name}`,
      first,
      signal,
      fetchPage: async (window) => {
        const { answer, total } = await fetch(window);
        const received = itemsOf(answer);
        const items = grouped === undefined ? received : received.filter((one) => isNew(seen, grouped.keyOf(one)));
        const advance = grouped === undefined ? received.length : grouped.advance(answer, window.limit);
        const offset = window.offset + advance;
        // What a grouped list leaves out before its first offset is not known.
        const reached = grouped === undefined ? offset : first.offset === 0 ? seen.size : 0;
        const known = total !== undefined && reached >= total;
        // A service may allow fewer than asked, so a short page is the last one only below the documented default.
        const isLast = known || received.length === 0 || received.length < Math.min(window.limit, 10);
        return { items, answer, total, offset: window.offset, next: isLast ? undefined : { ...window, offset } };
      },
    });
  };

  return {
    // biome-ignore lint/suspicious/noThenProperty: awaiting a list is its documented operation
    then: (fulfilled, rejected) => ask().then(fulfilled, rejected),
    catch: (rejected) => ask().catch(rejected),
    finally: (settled) => ask().finally(settled),
    [Symbol.toStringTag]: "PagedList",
    async *[Symbol.asyncIterator]() {
      yield* walk();
    },
    async *pages() {
      yield* walk().pages();
    },
  };
}

function isNew(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** A count header: a number, or an object with a `total`. One that is missing or unreadable is no reason to fail. */
export function readTotal(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(header);
    const total = typeof value === "object" && value !== null ? (value as { total?: unknown }).total : value;
    return typeof total === "number" && Number.isFinite(total) && total >= 0 ? total : undefined;
  } catch {
    return undefined;
  }
}
