import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { libraryFolders, markerFileName } from "../domain/library-layout.ts";
import { assetTypes } from "../domain/product.ts";
import { openStore } from "../store/open-store.ts";
import { createLibrarySet } from "./library-set.ts";

it("looked at by several at once marks and recovers each library once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-test-"));
  const store = openStore({ folder, now: Date.now });
  onTestFinished(async () => {
    store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const root = join(folder, "library");
  const { sourceState } = store;
  const libraries = createLibrarySet({ root, source: "imeshh", sourceState, isNewHome: true, publish: () => {} });

  await Promise.all(Array.from({ length: 6 }, () => libraries.refresh()));
  for (const assetType of assetTypes) {
    const marker = await readFile(join(root, libraryFolders[assetType], markerFileName), "utf8");
    expect(JSON.parse(marker)).toMatchObject({ assetType, id: sourceState.libraryId(assetType) });
    expect(libraries.get(assetType).id).toBe(sourceState.libraryId(assetType));
  }
  expect(await libraries.refresh()).toEqual(Object.fromEntries(assetTypes.map((type) => [type, { state: "ready" }])));
});
