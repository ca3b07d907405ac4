import { stat } from "node:fs/promises";
import path from "node:path";
import type { Finding } from "../domain/diagnosis/finding.ts";
import { judgeLibrary, judgeLibraryRoot, type LibraryFacts } from "../domain/diagnosis/judge-library.ts";
import { toFailure } from "../domain/failure.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import { type AssetType, assetTypes } from "../domain/product.ts";
import { inspectLibrary } from "../library/open-library.ts";

/** The root and the four libraries. `ids` are those they had when they were opened last, where that is known. */
export async function lookAtLibraries(from: {
  root: string;
  ids: Partial<Record<AssetType, string>>;
}): Promise<Finding[]> {
  const { root, ids } = from;
  const isThere = await stat(root).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  const libraries = await Promise.all(
    assetTypes.map((assetType) => look(assetType, path.join(root, libraryFolders[assetType]), ids[assetType] ?? null)),
  );
  return [
    judgeLibraryRoot({ root, isThere, hadLibraries: Object.keys(ids).length > 0 }),
    ...libraries.map(judgeLibrary),
  ];
}

async function look(assetType: AssetType, folder: string, expectedId: string | null): Promise<LibraryFacts> {
  try {
    const state = await inspectLibrary({ folder, assetType, source: "imeshh", expectedId });
    return { folder, assetType, outcome: { state } };
  } catch (error) {
    const { code, message } = toFailure(error);
    return { folder, assetType, outcome: { state: "unusable", code, message } };
  }
}
