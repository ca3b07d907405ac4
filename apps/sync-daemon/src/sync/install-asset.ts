import type { Download } from "../domain/download.ts";
import { Failure, failureRules, toFailure } from "../domain/failure.ts";
import { assetFolderCandidates } from "../domain/library-layout.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { PlanItem } from "../domain/plan.ts";
import { commitAsset } from "../library/commit-asset.ts";
import { createStagingFolder, removeStagingFolder } from "../library/staging.ts";
import { requireRoom } from "./disk-room.ts";
import type { SyncParts } from "./parts.ts";

type Work = Extract<PlanItem, { action: "download" | "update" }>;

/**
 * From a kept archive to an asset in the library: inspect, extract into staging, commit by rename. Costs no download and
 * may be done again after any crash. Returns the asset's folder relative to its library.
 */
export async function installAsset(parts: SyncParts, item: Work, row: Download, signal: AbortSignal): Promise<string> {
  const { archives, extractor, store, publish } = parts;
  const { product } = item;
  if (row.archiveSha256 === null || row.archiveBytes === null) {
    throw new Failure("unexpected", `The row of "${product.title}" says its archive is kept, but not which.`);
  }
  const library = parts.libraries.get(product.assetType);
  const path = archives.pathOf(row.archiveSha256);
  const name = row.archiveName;
  const { limits } = parts.settings();
  const contents = await refusing(parts, row, () => extractor.inspectArchive({ path, name, limits, signal }));
  await requireRoom(parts, { folder: library.folder, neededBytes: contents.extractedBytes, what: `the files of "${product.title}"` });

  const stagingFolder = await createStagingFolder(library);
  try {
    const files = await refusing(parts, row, () => extractor.extractArchive({ path, name, contents, into: stagingFolder, signal }));
    const manifest: Manifest = {
      format: 1,
      source: parts.source.id,
      productId: product.id,
      slug: product.slug,
      title: product.title,
      assetType: product.assetType,
      revision: row.revision,
      downloadId: row.downloadId,
      licence: product.licence,
      blenderVersion: product.blenderVersion,
      archive: { name, sha256: row.archiveSha256, bytes: row.archiveBytes },
      files,
      installedAt: new Date(parts.now()).toISOString(),
    };
    const { folder } = await commitAsset({
      library,
      stagingFolder,
      candidates: assetFolderCandidates({ product, archiveName: name, topFolder: contents.topFolder }),
      manifest,
      replaces: item.replaces,
      allowEdited: item.requester === "person",
      signal,
    });
    store.journal.markCommitted(row.id, { folder });
    publish({ type: "asset-committed", productId: product.id, title: product.title, assetType: product.assetType, folder });
    return folder;
  } catch (error) {
    await removeStagingFolder(library, stagingFolder);
    throw error;
  }
}

/** A zip that was refused once will be refused again: remembered beside it, so that it is never fetched for that. */
async function refusing<T>(parts: SyncParts, row: Download, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const failure = toFailure(error);
    const isArchivesFault = failure.code.startsWith("archive-") && failureRules[failure.code].class !== "transient";
    if (isArchivesFault && row.archiveSha256 !== null) {
      await parts.archives.markRefused(row.archiveSha256, { code: failure.code, message: failure.message });
    }
    throw failure;
  }
}
