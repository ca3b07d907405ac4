import fc from "fast-check";
import { expect, it } from "vitest";
import { parseCategories } from "./categories.ts";

it("reads every type, known or not, and reports what has no name", () => {
  const { categories, skipped } = parseCategories({
    model: [
      {
        id: "5",
        name: "A &amp; B",
        slug: "a",
        description: "d",
        subcategories: [{ id: 6, name: "C" }, null, { id: 7 }],
      },
      "x",
    ],
    material: false,
    hdri: { "0": { id: 8, name: "Skies", slug: "skies", subcategories: "" } },
    fx: "later",
  });
  expect(categories).toEqual([
    {
      assetType: "model",
      id: 5,
      name: "A &amp; B",
      title: "A & B",
      slug: "a",
      description: "d",
      subcategories: [{ id: 6, name: "C", title: "C", slug: "", description: "" }],
    },
    { assetType: "hdri", id: 8, name: "Skies", title: "Skies", slug: "skies", description: "", subcategories: [] },
  ]);
  expect(skipped.map(({ index, reason }) => [index, reason])).toEqual([
    [1, "a category without a name"],
    [3, "“fx” holds no list"],
  ]);
});

it("never throws", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (feed) => void parseCategories(feed)));
});
