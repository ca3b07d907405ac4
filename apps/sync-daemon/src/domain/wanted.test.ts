import { describe, expect, it } from "vitest";
import { makeProduct } from "./__fixtures__/shop.ts";
import { chooseArchive } from "./archive-choice.ts";
import { findRule, isSelected } from "./wanted.ts";

const lamp = makeProduct({
  id: 132633,
  slug: "desk-lamp-01",
  title: "Étagère & Lampe Ø 01",
  assetType: "model",
  category: { name: "Lamps &amp; Lighting", title: "Lamps & Lighting", slug: "lamps-and-lighting" },
  subCategory: { name: "Table Lamps", title: "Table Lamps", slug: "table-lamps" },
  isFreebie: false,
  tags: ["Bronze"],
});

describe("isSelected", () => {
  it.each([
    [{}, false],
    [{ freebie: false }, true],
    [{ freebie: true }, false],
    [{ assetType: "model" }, true],
    [{ assetType: "material" }, false],
    [{ category: "Lamps & Lighting" }, true],
    [{ category: "Lamps &amp; Lighting" }, true],
    [{ category: "lamps-and-lighting" }, true],
    [{ category: "LAMPS  & lighting" }, true],
    [{ category: "Lamps" }, false],
    [{ subCategory: "table-lamps" }, true],
    [{ tag: "bronze" }, true],
    [{ tag: "bron" }, false],
    [{ search: "etagere lighting" }, true],
    [{ search: "etagere sofa" }, false],
    [{ productId: 132633 }, true],
    [{ productId: 1 }, false],
    [{ assetType: "model", category: "Furniture" }, false],
    [{ download: "8k" }, false],
    [{ updates: "auto" }, false],
  ] as const)("%j: %s", (rule, expected) => {
    expect(isSelected(rule, lamp)).toBe(expected);
  });

  it("lets the first rule win", () => {
    const rules = [{ assetType: "model", download: "a" } as const, { productId: lamp.id, download: "b" }];
    expect(findRule(rules, lamp)?.download).toBe("a");
  });
});

describe("chooseArchive", () => {
  const named = (...names: string[]) => ({ archives: names.map((name) => ({ downloadId: name, name })) });
  it.each([
    [named("A_GLTF.zip", "A_Blender.zip"), undefined, "A_Blender.zip"],
    [named("W_16k.zip", "W_1+2+4k.zip"), undefined, "W_1+2+4k.zip"],
    [named("W_8k.zip", "W_1-2-4k.zip"), undefined, "W_1-2-4k.zip"],
    [named("W_8k.zip", "W_124k.zip"), undefined, "W_124k.zip"],
    [named("odd.zip", "other.zip"), undefined, "odd.zip"],
    [named("W_1+2+4k.zip", "W_16K.zip"), "16k", "W_16K.zip"],
    [named("W_1+2+4k.zip"), "32k", undefined],
  ])("%j, asked for %s: %s", (product, part, expected) => {
    expect(chooseArchive(product, part)?.name).toBe(expected);
  });
});
