import { describe, expect, it } from "vitest";
import { paginate } from "./paginate.ts";
import { failureOf } from "./testing/expect-failure.ts";

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of list) all.push(one);
  return all;
}

const book = (pages: number) => ({
  first: 1,
  fetchPage: async (cursor: number) => ({
    items: [cursor * 10, cursor * 10 + 1],
    next: cursor < pages ? cursor + 1 : undefined,
    total: pages * 2,
  }),
});

describe("paginate", () => {
  it("gives every item, each time anew", async () => {
    const list = paginate(book(3));
    expect(await collect(list)).toEqual([10, 11, 20, 21, 30, 31]);
    expect(await collect(list)).toEqual([10, 11, 20, 21, 30, 31]);
  });

  it("gives the pages with what they carry", async () => {
    expect((await collect(paginate(book(2)).pages())).map((page) => page.total)).toEqual([4, 4]);
  });

  it("fetches no page before it is asked for", async () => {
    const asked: number[] = [];
    const { fetchPage, first } = book(3);
    const list = paginate({
      first,
      fetchPage: (cursor) => {
        asked.push(cursor);
        return fetchPage(cursor);
      },
    });
    for await (const item of list) if (item === 11) break;
    expect(asked).toEqual([1]);
  });

  it("does not go round in circles, nor on for ever", async () => {
    const circle = paginate({
      first: "a",
      fetchPage: async (cursor: string) => ({ items: [cursor], next: cursor === "a" ? "b" : "a" }),
    });
    expect(await failureOf(collect(circle))).toMatchObject({ code: "pages-endless" });
    expect(await failureOf(collect(paginate({ ...book(100), maxPages: 5 })))).toMatchObject({
      code: "pages-endless",
    });
  });

  it("ends between pages when aborted", async () => {
    const controller = new AbortController();
    const list = paginate({ ...book(3), signal: controller.signal });
    const read = async () => {
      for await (const item of list) if (item === 11) controller.abort();
    };
    expect(await failureOf(read())).toMatchObject({ kind: "aborted" });
  });
});
