import { adoptArchives } from "./adopt-archives.ts";
import { adoptFolders } from "./adopt-folders.ts";
import type { Adoption, AdoptRequest } from "./adoption.ts";
import type { SyncParts } from "./parts.ts";
import { refreshCatalog } from "./refresh-catalog.ts";

/**
 * Takes over what was fetched before asset-sync came: folders of iMeshh's own add-on in the libraries get a manifest,
 * zips named like a product's are copied into the archive store. Costs no download, and each counts as one that was
 * spent. Person's files are read and never changed. May be done again at any time.
 */
export async function adopt(parts: SyncParts, request: AdoptRequest): Promise<Adoption> {
  await parts.libraries.refresh();
  if (parts.store.catalogs.currentRevision() === null)
    await refreshCatalog(parts, { acceptFeed: false, signal: request.signal });
  const folders = await adoptFolders(parts, request);
  const archives = await adoptArchives(parts, request);
  return {
    adopted: [...folders.adopted, ...archives.adopted],
    passed: [...folders.passed, ...archives.passed],
  };
}
