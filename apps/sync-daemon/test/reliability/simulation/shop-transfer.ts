import { existsSync } from "node:fs";
import { open as openFile, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { Failure, toFailure } from "../../../src/domain/failure.ts";
import type { AssetSource, FetchedArchive } from "../../../src/domain/source.ts";
import type { Random } from "./random.ts";
import type { ChargingModel } from "./shop.ts";
import { flipBit, type ServedArchive, sha256Of } from "./shop-goods.ts";

/** A link that was handed out, and what was made of it so far. */
export interface OpenLink {
  archive: ServedArchive;
  hadFirstByte: boolean;
  isComplete: boolean;
  isExpired: boolean;
}

type Travel = <T>(name: string, signal: AbortSignal, act: () => T) => Promise<T>;

interface Transfer {
  readonly request: Parameters<AssetSource["fetchArchive"]>[0];
  readonly open: OpenLink;
  readonly random: Random;
  readonly trouble: () => number;
  readonly travel: Travel;
  readonly charge: (when: ChargingModel) => void;
  readonly note: (what: string) => void;
  readonly serve: (archive: ServedArchive) => void;
}

/**
 * Both ends of a transfer: the shop's, which charges, breaks off, lies and expires; and ours, which keeps `path` + `.part`
 * as the port promises. Its files go through the gate like those of the product.
 */
export async function fetchServed(transfer: Transfer): Promise<FetchedArchive> {
  try {
    return await fetchWhole(transfer);
  } catch (error) {
    throw toFailure(error);
  }
}

async function fetchWhole(transfer: Transfer): Promise<FetchedArchive> {
  const { request, open, travel, charge, note } = transfer;
  const { path, link, signal } = request;
  const part = `${path}.part`;
  const from = await partSize(part, link.url);
  await travel(`${link.url} asked from ${from}`, signal, () => {
    if (open.isExpired) throw new Failure("link-expired", "The link no longer works.");
    charge("every-request");
    misbehave(transfer);
  });
  const { archive } = open;
  const { bytes } = archive;
  request.onStart?.({ totalBytes: bytes.length });
  if (bytes.length > request.maxArchiveBytes) throw new Failure("archive-too-large", "The archive is too large.");
  if (from === 0) await begin(part, link.url);
  const cutAt = transfer.random.chance(transfer.trouble() * 3) ? transfer.random.below(bytes.length) : null;
  const file = await openFile(part, "r+");
  try {
    const step = Math.ceil(bytes.length / 2);
    for (let at = from; at < bytes.length; at += step) {
      await travel(`${link.url} sends from ${at}`, signal, () => {
        if (!open.hadFirstByte) charge("first-byte");
        open.hadFirstByte = true;
        if (cutAt === null || cutAt >= at + step) return;
        note("transfer cut");
        throw new Failure("download-interrupted", "The connection was cut.");
      });
      const piece = bytes.subarray(at, Math.min(bytes.length, at + step));
      await file.write(piece, 0, piece.length, at);
      request.onProgress?.({ bytes: at + piece.length, totalBytes: bytes.length, bytesPerSecond: 1 });
    }
    if (!open.isComplete) charge("completion");
    open.isComplete = true;
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await rm(`${part}.link`, { force: true });
  return { path, bytes: bytes.length, sha256: archive.sha256, resumedFromBytes: from };
}

/** Whatever is wrong, it is the shop's doing, and the engine must see it in what arrives. */
function misbehave({ open, random, trouble, note, serve }: Transfer): void {
  if (open.hadFirstByte || !random.chance(trouble() / 2)) return;
  const kind = random.pick(["announces too little", "sends other bytes", "sends a page"] as const);
  note(kind);
  const { bytes } = open.archive;
  const wrong = {
    "announces too little": bytes.subarray(0, bytes.length - 10),
    "sends other bytes": flipBit(bytes, 45),
    "sends a page": Buffer.from("<html>Please sign in</html>"),
  }[kind];
  open.archive = { ...open.archive, bytes: wrong, sha256: sha256Of(wrong), files: null };
  serve(open.archive);
}

async function partSize(part: string, url: string): Promise<number> {
  if (!existsSync(part) || !existsSync(`${part}.link`)) return 0;
  return (await readFile(`${part}.link`, "utf8")) === url ? (await stat(part)).size : 0;
}

async function begin(part: string, url: string): Promise<void> {
  const file = await openFile(part, "w", 0o600);
  await file.close();
  const about = await openFile(`${part}.link`, "w", 0o600);
  try {
    await writeFile(about, url);
    await about.sync();
  } finally {
    await about.close();
  }
}
