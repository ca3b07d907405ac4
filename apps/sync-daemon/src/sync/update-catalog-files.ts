import { toFailure } from "../domain/failure.ts";
import { updateCatalogFile } from "../library/update-catalog-file.ts";
import type { SyncParts } from "./parts.ts";

export interface CatalogFileProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * Brings each library's catalog file up to what the shop served, keeping what a person changed. Derived from the
 * catalog: a merge that was missed is made up for by the next sync. Returns what could not be done.
 */
export async function updateCatalogFiles(parts: SyncParts): Promise<CatalogFileProblem[]> {
  const { store, libraries, publish } = parts;
  const problems: CatalogFileProblem[] = [];
  for (const { assetType } of libraries.ready()) {
    const served = store.catalogs.servedCatalogFile(assetType);
    if (served === null) continue;
    try {
      const base = store.catalogs.mergedCatalogFile(assetType);
      const { changed, problem } = await libraries.use(assetType, (open) =>
        updateCatalogFile({ library: open, base, theirs: served }),
      );
      if (problem !== null) problems.push({ code: "catalog-file-kept", message: problem });
      else store.catalogs.markCatalogFileMerged(assetType, served);
      if (changed) publish({ type: "catalog-file-updated", assetType });
    } catch (error) {
      const { code, message } = toFailure(error);
      problems.push({ code, message });
    }
  }
  return problems;
}
