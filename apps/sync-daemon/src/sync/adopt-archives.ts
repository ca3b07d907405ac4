import { randomUUID } from "node:crypto";
import { lstat, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { copyArchive } from "../archive/copy-archive.ts";
import { hashFile } from "../archive/hash-file.ts";
import { verifyArchive } from "../archive/verify-archive.ts";
import { Failure, toFailure } from "../domain/failure.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import type { Product, ProductArchive } from "../domain/product.ts";
import { systemErrorCode } from "../library/durable-rename.ts";
import { type Adopted, type Adoption, type AdoptRequest, countAsSpent, type PassedOver } from "./adoption.ts";
import { requireRoom } from "./disk-room.ts";
import type { SyncParts } from "./parts.ts";
import { readAssetsOrLetGo } from "./reachable-assets.ts";

interface FoundZip {
  readonly path: string;
  readonly name: string;
}

interface Offer {
  readonly product: Product;
  readonly archive: ProductArchive;
}

/** Zips in `library.root` and the given folders, not below them, whose whole name is that of one zip of the shop. */
export async function adoptArchives(parts: SyncParts, request: AdoptRequest): Promise<Adoption> {
  const { signal } = request;
  const adopted: Adopted[] = [];
  const passed: PassedOver[] = [];
  const zips: FoundZip[] = [];
  for (const folder of new Set([
    await realpath(parts.libraries.root).catch(() => parts.libraries.root),
    ...request.folders,
  ])) {
    try {
      zips.push(...(await listZips(folder)));
    } catch (error) {
      const { code, message } = toFailure(error);
      if (systemErrorCode(error) === "ENOENT")
        passed.push({ path: folder, code: "folder-missing", message: "There is no such folder." });
      else passed.push({ path: folder, code, message: `The folder cannot be looked through: ${message}` });
    }
  }
  if (zips.length === 0) return { adopted, passed };
  const offers = await findOffers(parts, new Set(zips.map(({ name }) => name)), signal);
  const { assets } = await readAssetsOrLetGo(parts, signal);

  for (const zip of zips) {
    signal.throwIfAborted();
    const [offer, ...others] = offers.get(zip.name) ?? [];
    if (offer === undefined) continue;
    if (others.length > 0) {
      const titles = [offer, ...others].map(({ product }) => `"${product.title}" (${product.id})`).join(", ");
      passed.push({
        path: zip.path,
        code: "ambiguous",
        message: `Several products have a zip of this name: ${titles}.`,
      });
      continue;
    }
    try {
      const taken = await takeOver(parts, { zip, offer, assets, request });
      if (taken === null) continue;
      if ("code" in taken) passed.push(taken);
      else adopted.push(taken);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === "stopped") throw failure;
      passed.push({ path: zip.path, code: failure.code, message: failure.message });
    }
  }
  return { adopted, passed };
}

async function listZips(folder: string): Promise<FoundZip[]> {
  // Who says which folder may be a page that was led astray: a link shows it another one.
  if ((await lstat(folder)).isSymbolicLink())
    throw new Failure("library-unsafe-path", "it is a link; name the folder that it leads to.", { path: folder });
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.zip$/i.test(entry.name))
    .map(({ name }) => ({ path: join(folder, name), name: name.normalize("NFC") }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function findOffers(
  parts: SyncParts,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, Offer[]>> {
  const found = new Map<string, Offer[]>();
  for (const page of parts.store.catalogs.listPages()) {
    for (const product of page) {
      for (const archive of product.archives) {
        const name = archive.name.normalize("NFC");
        if (names.has(name)) found.set(name, [...(found.get(name) ?? []), { product, archive }]);
      }
    }
    await letOthersRun(undefined, { signal });
  }
  return found;
}

/** Null where it is kept already: there is nothing to say about that. */
async function takeOver(
  parts: SyncParts,
  subject: { zip: FoundZip; offer: Offer; assets: readonly InstalledAsset[]; request: AdoptRequest },
): Promise<Adopted | PassedOver | null> {
  const { zip, offer, assets, request } = subject;
  const { product, archive } = offer;
  const { signal } = request;
  const asset = assets.find(
    ({ manifest }) => manifest.productId === product.id && manifest.downloadId === archive.downloadId,
  );
  const revision = asset?.manifest.revision ?? product.revision;
  const download = { productId: product.id, downloadId: archive.downloadId, revision };
  if (parts.archives.find(download)?.refused === null) return null;
  if (asset !== undefined && (await hashFile(zip.path, signal)) !== asset.manifest.archive?.sha256) {
    const message = `"${product.title}" is installed from another zip, or from one that nobody knows; this one may be older.`;
    return { path: zip.path, code: "other-bytes", message };
  }
  const whole = { product, archive, path: zip.path, kind: "zip" as const };
  if (request.dryRun) {
    await demandWhole(parts, zip.path, archive.name, signal);
    return { ...whole, message: "Would be copied into the archive store." };
  }
  const { size } = await lstat(zip.path);
  const needs = [{ folder: parts.partialFolder, bytes: size, files: 2 }];
  await requireRoom(parts, { needs, what: `a copy of ${zip.name}` });
  // What is checked is the copy: nobody can exchange it between the look and the use.
  const copy = join(parts.partialFolder, `adopted-${randomUUID()}.zip`);
  try {
    const { sha256, bytes } = await copyArchive({ from: zip.path, to: copy, signal });
    await demandWhole(parts, copy, archive.name, signal);
    // One that is byte for byte what is installed is known; of any other only its name is.
    const isKnown = asset !== undefined && asset.manifest.adopted !== true;
    const fetchedAt = new Date(parts.now()).toISOString();
    const about = { source: parts.source.id, ...download, archiveName: archive.name, bytes, fetchedAt };
    await parts.archives.keep({ path: copy, sha256, receipt: isKnown ? about : { ...about, adopted: true } });
  } finally {
    await rm(copy, { force: true });
  }
  countAsSpent(parts, download);
  const message = `Copied into the archive store: installing it costs no download.`;
  return { ...whole, message };
}

async function demandWhole(parts: SyncParts, path: string, name: string, signal: AbortSignal): Promise<void> {
  await verifyArchive({ path, name, expectedBytes: null, signal });
  await parts.extractor.inspectArchive({ path, name, limits: parts.settings().limits, signal });
}
