import { join } from "node:path";
import type { ArchiveContents } from "../../src/archive/archive-contents.ts";
import { listFolders } from "../../src/archive/extract-archive.ts";
import { inspectArchive } from "../../src/archive/inspect-archive.ts";
import { verifyArchive } from "../../src/archive/verify-archive.ts";
import { emptyFolder, makeFolders, writeEntries } from "../../src/archive/write-entries.ts";
import type { ArchiveLimits } from "../../src/domain/limits.ts";
import type { ManifestFile } from "../../src/domain/manifest.ts";

const { signal } = new AbortController();
const report = { wrote: () => undefined, flushing: () => undefined, breathe: async () => undefined };

/**
 * Verifies, inspects and extracts with the functions that the daemon's own processes call, in this process: a process for
 * each of many thousand archives would take hours. Throws as they do, with `into` emptied.
 */
export async function extractInProcess(archive: {
  path: string;
  into: string;
  limits: ArchiveLimits;
}): Promise<{ contents: ArchiveContents; files: ManifestFile[] }> {
  const { path, into, limits } = archive;
  await verifyArchive({ path, expectedBytes: null, signal });
  const contents = await inspectArchive({ path, limits, signal });
  const target = { reach: (name: string) => join(into, name) };
  const entries = contents.entries.filter(({ kind }) => kind === "file");
  try {
    makeFolders(target, listFolders(contents.entries));
    const files = await writeEntries({ path, entries, durable: false }, target, report);
    return { contents, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  } catch (error) {
    emptyFolder(target);
    throw error;
  }
}
