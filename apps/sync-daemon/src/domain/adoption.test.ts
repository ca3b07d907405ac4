import { describe, expect, it } from "vitest";
import { findArchiveOfFolder, listAddOnFolders } from "./adoption.ts";

const wood = { name: "Wood", title: "Wood", slug: "wood" };
const planks = { name: "Planks &amp; Co", title: "Planks & Co", slug: "planks" };
const productOf = (...names: string[]) => ({
  category: wood,
  subCategory: planks,
  archives: names.map((name) => ({ downloadId: name, name })),
});
const find = (names: string[], folder: string, files: string[]) =>
  findArchiveOfFolder(productOf(...names), { folder: `Wood/Planks &amp; Co/${folder}`, files })?.name;

describe("a folder of iMeshh's own add-on", () => {
  it("lies under the cleaned name of the zip, with the shop's own spelling of the categories", () => {
    expect(listAddOnFolders(productOf("Oak_01_1+2+4k.zip"))).toEqual([
      "Wood/Planks &amp; Co/Oak_01_",
      "Wood/Planks &amp; Co/Oak_01",
      "Wood/Planks &amp; Co/Oak_01_1+2+4k",
    ]);
  });

  it("is of the only zip that may lie there", () => {
    expect(find(["Oak_01_Blender.zip"], "Oak_01", ["Oak_01.blend"])).toBe("Oak_01_Blender.zip");
    expect(find(["Oak_01_Blender.zip"], "Oak_02", ["Oak_02.blend"])).toBeUndefined();
  });

  it("is of the zip whose resolutions its files name", () => {
    const names = ["Oak_01_1+2+4k.zip", "Oak_01_8k.zip", "Oak_01_16k.zip"];
    expect(find(names, "Oak_01", ["Oak_01_8k.blend"])).toBe("Oak_01_8k.zip");
    expect(find(names, "Oak_01", ["Oak_01_1k.blend", "Oak_01_2k.blend", "t/Oak_01_4k.png"])).toBe("Oak_01_1+2+4k.zip");
    expect(find(["Oak_01_124k.zip", "Oak_01_8k.zip"], "Oak_01", ["a_1k.png", "a_2k.png", "a_4k.png"])).toBe(
      "Oak_01_124k.zip",
    );
  });

  it("is of none where more than one is possible", () => {
    const names = ["Oak_01_1+2+4k.zip", "Oak_01_8k.zip"];
    expect(find(names, "Oak_01", ["Oak_01.blend"])).toBeUndefined();
    expect(find(names, "Oak_01", ["Oak_01_8k.blend", "Oak_01_4k.blend"])).toBeUndefined();
  });

  it("is not of a zip for other programs", () => {
    expect(find(["Oak_01_Blender.zip", "Oak_01_GLTF.zip"], "Oak_01", ["Oak_01.blend"])).toBe("Oak_01_Blender.zip");
    expect(find(["Oak_01_Blender.zip", "Oak_01_GLTF.zip"], "Oak_01", ["Oak_01.glb"])).toBeUndefined();
  });
});
