import fc from "fast-check";
import { expect, it } from "vitest";
import type { AssetList, ListedAsset } from "./asset-list.ts";
import { flattenAssetList } from "./asset-list.ts";
import { decideAdvance } from "./list-call.ts";
import { pagedList, readTotal } from "./paged-list.ts";

/** A service with so many items, that allows so many at once. */
function service(facts: { items: number; cap: number; total?: boolean }) {
  const windows: { offset: number; limit: number }[] = [];
  const list = (limit: number, signal?: AbortSignal) =>
    pagedList<number, number[]>({
      name: "listUsers",
      window: () => ({ offset: 0, limit }),
      fetch: async (window) => {
        windows.push(window);
        const end = Math.min(facts.items, window.offset + Math.min(window.limit, facts.cap));
        const answer: number[] = [];
        for (let item = window.offset; item < end; item += 1) answer.push(item);
        return { answer, total: facts.total ? facts.items : undefined };
      },
      itemsOf: (answer) => answer,
      signal,
    });
  return { list, windows };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

it("is one request when awaited, however often, and nothing before", async () => {
  const { list, windows } = service({ items: 25, cap: 100 });
  const asked = list(10);
  expect(windows).toEqual([]);
  expect(await asked).toEqual(numbers(10));
  expect(await asked).toEqual(numbers(10));
  expect(await Promise.all([asked])).toHaveLength(1);
  expect(windows).toEqual([{ offset: 0, limit: 10 }]);
});

it.each([true, false])("gives every item once, whatever the service allows at once (total told: %s)", async (total) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(80),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 10, max: 50 }),
      async (items, limit, cap) => {
        const got: number[] = [];
        for await (const item of service({ items, cap, total }).list(limit)) got.push(item);
        expect(got).toEqual(numbers(items));
      },
    ),
  );
});

it("asks not once more when the count is reached or the page is short", async () => {
  const counted = service({ items: 20, cap: 100, total: true });
  for await (const _ of counted.list(10));
  expect(counted.windows).toHaveLength(2);
  const short = service({ items: 13, cap: 100 });
  for await (const _ of short.list(10));
  expect(short.windows).toHaveLength(2);
});

it("shows its pages, and stops when nobody asks for more or the signal says so", async () => {
  const { list, windows } = service({ items: 100, cap: 100, total: true });
  for await (const page of list(10).pages()) {
    expect(page).toMatchObject({ items: numbers(10), total: 100, offset: 0 });
    break;
  }
  expect(windows).toHaveLength(1);
  const walk = async () => {
    for await (const _ of list(10, AbortSignal.abort()));
  };
  await expect(walk()).rejects.toMatchObject({ code: "aborted" });
});

it("rejects, as any promise does, with what went wrong", async () => {
  const failing = pagedList({
    name: "listUsers",
    window: () => {
      throw new Error("no window");
    },
    fetch: async () => ({ answer: [], total: undefined }),
    itemsOf: (answer: never[]) => answer,
    signal: undefined,
  });
  await expect(failing).rejects.toThrow("no window");
  expect(await failing.catch(() => "caught")).toBe("caught");
  await expect(
    (async () => {
      for await (const _ of failing);
    })(),
  ).rejects.toThrow("no window");
});

it.each([
  ["all", true],
  ["all", false],
  ["container", true],
  ["container", false],
])("gives every asset once if limit counts %s (total told: %s)", async (counting, told) => {
  const amounts = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      amounts,
      fc.constantFrom(3, 10, 20, 100),
      fc.integer({ min: 10, max: 40 }),
      async (sizes, limit, cap) => {
        const every = sizes.flatMap((size, at) => numbers(size).map((n) => [`c${at}`, `${at}-${n}`] as const));
        const got: string[] = [];
        const list = pagedList<ListedAsset, AssetList>({
          name: "listAssets",
          window: () => ({ offset: 0, limit }),
          fetch: async ({ offset, limit: asked }) => {
            const end = offset + Math.min(asked, cap);
            const shown =
              counting === "all"
                ? every.slice(offset, end)
                : every.filter(([container, id]) => {
                    const place = every.filter(([other]) => other === container).findIndex(([, other]) => other === id);
                    return place >= offset && place < end;
                  });
            const answer: AssetList = {};
            for (const [container, asset_id] of shown) {
              answer[container] = [...(answer[container] ?? []), { asset_id, name: "" }];
            }
            return { answer, total: told ? every.length : undefined };
          },
          itemsOf: flattenAssetList,
          signal: undefined,
          grouped: { advance: decideAdvance, keyOf: (one) => one.asset_id },
        });
        for await (const { asset_id } of list) got.push(asset_id);
        expect([...got].sort()).toEqual(every.map(([, id]) => id).sort());
      },
    ),
    { numRuns: 200 },
  );
});

it.each([
  ["12", 12],
  ['{"total":3,"mesh":3}', 3],
  ["many", undefined],
  ["-1", undefined],
  ["null", undefined],
  ['{"mesh":3}', undefined],
  [undefined, undefined],
])("reads the count header %j as %j", (header, total) => {
  expect(readTotal(header)).toBe(total);
});
