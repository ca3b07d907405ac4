import { describe, expect, it } from "vitest";
import { listAssetChanges } from "./asset-changes.ts";

const licence = { value: "1", label: "Royalty Free" };
const blenderVersion = { value: "6", label: "v4.2+" };
const manifest = {
  title: "Oak Table",
  licence,
  blenderVersion,
  downloadId: "a",
  revision: "1",
  archive: { name: "Oak.zip" },
};
const product = {
  title: "Oak Table",
  licence,
  blenderVersion,
  archives: [{ downloadId: "a", name: "Oak.zip" }],
  revision: "2",
};

describe("listAssetChanges", () => {
  it("says nothing where the shop offers what is installed", () => {
    expect(listAssetChanges(manifest, { ...product, revision: "1", title: "Another" })).toEqual([]);
  });

  it("takes the files for changed where nothing else is", () => {
    expect(listAssetChanges(manifest, product)).toEqual(["the files"]);
  });

  it("names what the shop says otherwise, and that the files may have stayed", () => {
    const changes = listAssetChanges(manifest, {
      ...product,
      title: "Oak Table II",
      licence: { value: "2", label: "Editorial" },
      blenderVersion: { value: "7", label: "v4.5+" },
      archives: [{ downloadId: "a", name: "Oak_2.zip" }],
    });
    expect(changes).toEqual([
      'title: "Oak Table" is now "Oak Table II"',
      'licence: "Royalty Free" is now "Editorial"',
      'Blender version: "v4.2+" is now "v4.5+"',
      'zip: "Oak.zip" is now "Oak_2.zip"',
      "perhaps the files",
    ]);
  });

  it("says that the zip is another one", () => {
    expect(listAssetChanges(manifest, { ...product, archives: [{ downloadId: "b", name: "Oak.zip" }] })).toEqual([
      "the zip is another one now",
      "perhaps the files",
    ]);
  });
});
