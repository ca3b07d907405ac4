import { describe, expect, it } from "vitest";
import { makeProduct } from "./__fixtures__/shop.ts";
import { explainShrunkenCatalog } from "./catalog-guard.ts";
import { assetFolderCandidates, categoryFolder, cleanArchiveName } from "./library-layout.ts";
import { explainMassMissing } from "./mass-missing.ts";

describe("cleanArchiveName", () => {
  // The add-on's own results: providers/imeshh.md §1.4.
  it.each([
    ["X_Blender.zip", "X"],
    ["Wood_01_1+2+4k.zip", "Wood_01_"],
    ["Wood_01_1-2-4k.zip", "Wood_01"],
    ["Tiles_07_124k.zip", "Tiles_07"],
    ["Wood_01_8k.zip", "Wood_01"],
    ["Chair_01_GLTF.zip", "Chair_01_"],
    ["Sofa_14k_Blender.zip", "Sofa_1"],
    ["Rock_2k.zip", "Rock_2k"],
    ["Rock_1k.zip", "Rock_1k"],
    ["../../evil.zip", ".._.._evil"],
  ])("%s → %s", (name, expected) => {
    const cleaned = cleanArchiveName(name);
    expect(cleaned).not.toMatch(/[/\\]/);
    if (!name.includes("/")) expect(cleaned).toBe(expected);
  });
});

it("keeps category names as the add-on writes them, entities included", () => {
  const lamps = { name: "Lamps &amp; Lighting", title: "Lamps & Lighting", slug: "lamps" };
  const tables = { name: "Table Lamps", title: "Table Lamps", slug: "table-lamps" };
  expect(categoryFolder({ category: lamps, subCategory: tables })).toBe("Lamps &amp; Lighting/Table Lamps");
});

it("cannot be led out of the library by a feed", () => {
  const evil = { name: "../../..", title: "", slug: "" };
  const product = makeProduct({ category: evil, subCategory: { ...evil, name: ".sync" } });
  for (const folder of assetFolderCandidates({ product, archiveName: "../x.zip", topFolder: "..\\.." })) {
    for (const segment of folder.split("/")) expect(segment).toMatch(/^[^./\\][^/\\]*$/);
    expect(folder.split("/")).toHaveLength(3);
  }
});

it("prefers the archive's own folder and never offers one name twice", () => {
  const product = makeProduct();
  expect(
    assetFolderCandidates({ product, archiveName: "Wood_Oak_Planks_01_8k.zip", topFolder: "Wood_Oak_Planks_01" }),
  ).toEqual([
    "Wood/Planks/Wood_Oak_Planks_01",
    "Wood/Planks/Wood_Oak_Planks_01_8k",
    `Wood/Planks/Wood_Oak_Planks_01_${product.id}`,
    `Wood/Planks/Wood_Oak_Planks_01_8k_${product.id}`,
  ]);
});

describe("guards", () => {
  it.each([
    [0, 0, true],
    [0, 5, false],
    [100, 0, true],
    [100, 49, true],
    [100, 50, false],
    [100, 400, false],
    [7, 1, false],
    [8, 3, true],
  ])("a catalog that went from %i to %i products is refused: %s", (before, after, refused) => {
    expect(explainShrunkenCatalog({ before, after }) !== null).toBe(refused);
  });

  it.each([
    [10, 0, false],
    [2, 2, false],
    [4, 3, true],
    [100, 5, false],
    [100, 6, true],
  ])("of %i assets %i missing at once stops everything: %s", (committed, missing, stops) => {
    expect(explainMassMissing({ committed, missing }) !== null).toBe(stops);
  });
});
