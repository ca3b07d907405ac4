import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../archive/hash-file.ts";
import { verifyArchive } from "../archive/verify-archive.ts";
import type { Download } from "../domain/download.ts";
import { Failure, toFailure } from "../domain/failure.ts";
import type { Work } from "./acquire-asset.ts";
import { requireRoom } from "./disk-room.ts";
import type { SyncParts } from "./parts.ts";

/** A zip of textures hardly shrinks, so unpacking needs about what the archive takes; the exact sum is checked later. */
const extractedToArchive = 1;

/**
 * From a link to an archive in the store, by its hash. Goes on with what an earlier try left, also after a restart.
 * Costs nothing while the link lives.
 */
export async function fetchToStore(
  parts: SyncParts,
  subject: { item: Work; row: Download; signal: AbortSignal },
): Promise<Download> {
  const { source, archives, store, publish } = parts;
  const { item, row, signal } = subject;
  const { product } = item;
  const path = join(parts.partialFolder, `${row.id}.zip`);
  const { sha256, bytes, lengthSaid } = await fetchOrFind(parts, { ...subject, path });
  const { downloadId, revision, archiveName } = row;
  const fetchedAt = new Date(parts.now()).toISOString();
  const receipt = { source: source.id, productId: product.id, downloadId, revision, archiveName, bytes, fetchedAt };
  try {
    await verifyArchive({ path, name: archiveName, expectedBytes: lengthSaid, signal });
  } catch (error) {
    // Paid for all the same: kept for the shop's support, and so that it is not fetched again by itself.
    const failure = toFailure(error);
    if (failure.code.startsWith("archive-")) {
      await archives.keep({ path, sha256, receipt });
      await archives.markRefused(sha256, { code: failure.code, message: failure.message });
    }
    throw failure;
  }
  await archives.keep({ path, sha256, receipt });
  publish({ type: "download-fetched", productId: product.id, title: product.title, bytes });
  return store.journal.markFetched(row.id, { archiveSha256: sha256, archiveBytes: bytes });
}

async function fetchOrFind(
  parts: SyncParts,
  subject: { item: Work; row: Download; path: string; signal: AbortSignal },
): Promise<{ sha256: string; bytes: number; lengthSaid: number | null }> {
  const { item, row, path, signal } = subject;
  const { product } = item;
  // A file without `.part` was published whole; the process ended before it could be kept.
  if (existsSync(path)) {
    const { size } = await stat(path);
    return { sha256: await hashFile(path, signal), bytes: size, lengthSaid: null };
  }
  if (row.link === null)
    throw new Failure("unexpected", `The row of "${product.title}" says it has a link, but holds none.`);
  const about = { productId: product.id, title: product.title };
  // A shop may count each request, so one that can only end in a full disk again is not made.
  const announced = parts.progress.announcedBytes(row.id);
  if (announced !== null) await requireRoomFor(parts, { item, path, archiveBytes: announced });
  parts.publish({ type: "download-started", ...about, resumed: existsSync(`${path}.part`) });

  // The length is known with the first answer: room for archive and asset is asked for before it is filled.
  const noRoom = new AbortController();
  let lengthSaid: number | null = null;
  let roomProblem: unknown;
  const fetching = parts.source.fetchArchive({
    link: row.link,
    path,
    maxArchiveBytes: parts.settings().limits.maxArchiveBytes,
    signal: AbortSignal.any([signal, noRoom.signal]),
    onStart: ({ totalBytes }) => {
      lengthSaid = totalBytes;
      parts.progress.announce(row.id, totalBytes);
      requireRoomFor(parts, { item, path, archiveBytes: totalBytes }).catch((error: unknown) => {
        roomProblem = error;
        noRoom.abort(error);
      });
    },
    onProgress: (transfer) => {
      parts.progress.set(row.id, { ...about, state: "downloading", transfer });
      parts.publish({ type: "download-progressed", ...about, ...transfer });
    },
  });
  try {
    const { sha256, bytes } = await fetching;
    parts.progress.announce(row.id, 0);
    return { sha256, bytes, lengthSaid };
  } catch (error) {
    throw roomProblem ?? error;
  }
}

async function requireRoomFor(
  parts: SyncParts,
  wanted: { item: Work; path: string; archiveBytes: number },
): Promise<void> {
  const { item, path, archiveBytes } = wanted;
  const { product } = item;
  const library = parts.libraries.get(product.assetType);
  // What is here already takes no more room.
  const present = await stat(`${path}.part`).then(
    ({ size }) => size,
    () => 0,
  );
  const needs = [
    { folder: parts.partialFolder, bytes: Math.max(0, archiveBytes - present), files: 2 },
    { folder: library.folder, library, bytes: archiveBytes * extractedToArchive, files: 2 },
  ];
  await requireRoom(parts, { needs, what: `"${product.title}"` });
}
