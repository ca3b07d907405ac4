import { expect, test } from "vitest";
import { parseQuery } from "./query.ts";

const parsed = (text: string) => parseQuery(new URLSearchParams(text));

test("brackets nest, numbers in them order a list, and names may come several times", () => {
  expect(parsed("a=1&b[c]=2&b[d][1]=y&b[d][0]=x&e[]=3&e[]=4&f=5&f=6&g[0][h]=7")).toEqual({
    a: "1",
    b: { c: "2", d: ["x", "y"] },
    e: ["3", "4"],
    f: ["5", "6"],
    g: [{ h: "7" }],
  });
  expect(parsed("b%5Bc%5D=%26+%2B")).toEqual({ b: { c: "& +" } });
  expect(parsed("a[10]=z&a[9]=y")).toEqual({ a: ["y", "z"] });
});

test.each(["a[b=1", "[a]=1", "a]=1", "a[b]c=1", "a=1&a[b]=2", "a[b]=1&a=2"])("%s is refused", (text) => {
  expect(() => parsed(text)).toThrow(/not well-formed|contradicts/);
});

test("names that objects have of themselves are names like others", () => {
  expect(Object.keys(parsed("__proto__=1&constructor[prototype]=2"))).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>).prototype).toBeUndefined();
});
