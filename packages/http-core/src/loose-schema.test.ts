import { describe, expect, it } from "vitest";
import { z } from "zod";
import { looseArray } from "./loose-schema.ts";

const product = z.object({ id: z.number(), name: z.string(), tags: z.array(z.string()).nullish() });

describe("looseArray", () => {
  it("drops bad records with a reason and keeps unknown fields of the good ones", () => {
    const parsed = looseArray(product).parse([
      { id: 1, name: "Chair", colour: "red" },
      { id: "2", name: "Table" },
      null,
      { id: 3, name: "Lamp", tags: null },
      { slug: "no-id", name: 5 },
    ]);
    expect(parsed.items).toEqual([
      { id: 1, name: "Chair", colour: "red" },
      { id: 3, name: "Lamp", tags: null },
    ]);
    expect(parsed.skipped.map((one) => one.index)).toEqual([1, 2, 4]);
    expect(parsed.skipped[0]).toMatchObject({ reason: expect.stringMatching(/^id: /), summary: "id 2, name Table" });
    expect(parsed.skipped[2]?.reason).toContain("1 more");
  });

  it("transforms records too, and refuses what is no list", () => {
    const named = looseArray(z.looseObject({ n: z.string() }).transform(({ n }) => n.toUpperCase()));
    expect(named.parse([{ n: "a" }, {}]).items).toEqual(["A"]);
    expect(named.safeParse({ items: [] }).success).toBe(false);
  });

  it("shows no secret and no more than a little of a bad record", () => {
    const { skipped } = looseArray(product).parse([{ name: `token=abcdef ${"x".repeat(1_000)}` }, "y".repeat(1_000)]);
    expect(JSON.stringify(skipped)).not.toContain("abcdef");
    expect(JSON.stringify(skipped).length).toBeLessThan(600);
  });

  it("fits into a schema around it", () => {
    const feed = z.looseObject({ data: looseArray(product) });
    expect(feed.parse({ data: [{ id: 1, name: "a" }], more: 1 })).toMatchObject({
      data: { items: [{ id: 1, name: "a" }], skipped: [] },
    });
  });
});
