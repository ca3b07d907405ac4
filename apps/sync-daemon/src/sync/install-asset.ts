import { Failure, failureRules, toFailure } from "../domain/failure.ts";
import { roomOfFiles } from "../domain/limits.ts";
import { type InstalledAsset, type Manifest, manifestFormat } from "../domain/manifest.ts";
import { type CommittedAsset, commitAsset } from "../library/commit-asset.ts";
import type { Library } from "../library/open-library.ts";
import { createStagingFolder, removeStagingFolder } from "../library/staging.ts";
import { requireRoom } from "./disk-room.ts";
import type { SyncParts } from "./parts.ts";

/** What is to be installed: everything of the manifest that is known before the archive was opened. */
export interface Installation {
  readonly about: Omit<Manifest, "format" | "source" | "files" | "installedAt" | "archive"> & KnownArchive;
  /** Folders the asset may take, best first, once the archive's single top-level folder is known. */
  readonly candidatesFor: (topFolder: string | null) => string[];
  readonly replaces: InstalledAsset | null;
  /** A person asked: files they changed are kept aside instead of standing in the way. */
  readonly allowEdited: boolean;
}

/** What is installed here comes out of a zip that is kept. */
export interface KnownArchive {
  readonly archive: NonNullable<Manifest["archive"]>;
}

export interface Installed {
  /** Relative to its library. */
  readonly folder: string;
  /** What a person should know about it, in one or two sentences; null where there is nothing to say. */
  readonly note: string | null;
}

/**
 * From a kept archive to an asset in the library: inspect, extract into staging, commit by rename. Costs no download and
 * may be done again after any crash.
 */
export async function installAsset(
  parts: SyncParts,
  installation: Installation,
  signal: AbortSignal,
): Promise<Installed> {
  return parts.libraries.use(installation.about.assetType, (library) => install(parts, library, installation, signal));
}

async function install(
  parts: SyncParts,
  library: Library,
  installation: Installation,
  signal: AbortSignal,
): Promise<Installed> {
  const { archives, extractor } = parts;
  const { about } = installation;
  const { sha256, name } = about.archive;
  const path = archives.pathOf(sha256);
  const { limits } = parts.settings();
  const contents = await refusing(parts, sha256, () => extractor.inspectArchive({ path, name, limits, signal }));
  await requireRoom(parts, {
    needs: [{ folder: library.folder, library, ...roomOfFiles(contents.entries) }],
    what: `the files of "${about.title}"`,
  });

  const stagingFolder = await createStagingFolder(library);
  try {
    const files = await refusing(parts, sha256, () =>
      extractor.extractArchive({ path, name, contents, into: stagingFolder, signal }),
    );
    const installedAt = new Date(parts.now()).toISOString();
    const committed = await commitAsset({
      library,
      stagingFolder,
      candidates: installation.candidatesFor(contents.topFolder),
      manifest: { format: manifestFormat(about), source: parts.source.id, ...about, files, installedAt },
      replaces: installation.replaces,
      allowEdited: installation.allowEdited,
      signal,
    });
    const { productId, title, assetType } = about;
    const { folder } = committed;
    const note = describeCommit(committed);
    parts.publish({
      type: "asset-committed",
      productId,
      title,
      assetType,
      folder,
      ...(note === null ? {} : { note }),
    });
    return { folder, note };
  } catch (error) {
    await removeStagingFolder(library, stagingFolder);
    throw error;
  }
}

function describeCommit({ carried, keptAside, asideProblem }: CommittedAsset): string | null {
  const [first] = carried;
  const count = carried.length === 1 ? "1 file" : `${carried.length} files`;
  const sentences = [
    ...(first === undefined
      ? []
      : [
          `${count} that you changed or added came along, for example ${first}; the old version stays in ${keptAside}.`,
        ]),
    ...(asideProblem === null ? [] : [`An earlier version could not be removed: ${asideProblem}`]),
  ];
  return sentences.length === 0 ? null : sentences.join(" ");
}

/** A zip that was refused once will be refused again: remembered beside it, so that it is never fetched for that. */
async function refusing<T>(parts: SyncParts, sha256: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const failure = toFailure(error);
    const isArchivesFault = failure.code.startsWith("archive-") && failureRules[failure.code].class !== "transient";
    if (isArchivesFault) await parts.archives.markRefused(sha256, { code: failure.code, message: failure.message });
    throw failure;
  }
}

/** Guards a row that claims to have its archive. */
export function requireArchive(row: {
  archiveSha256: string | null;
  archiveBytes: number | null;
  archiveName: string;
}): KnownArchive["archive"] {
  if (row.archiveSha256 === null || row.archiveBytes === null) {
    throw new Failure("unexpected", `The journal says that ${row.archiveName} is kept, but not which file it is.`);
  }
  return { name: row.archiveName, sha256: row.archiveSha256, bytes: row.archiveBytes };
}
