import type { Download } from "../domain/download.ts";
import { Failure, toFailure } from "../domain/failure.ts";
import { expectRoom, type RoomNeed, roomOfFiles } from "../domain/limits.ts";
import type { Manifest } from "../domain/manifest.ts";
import { decideSpend } from "../domain/quota.ts";
import type { Link } from "../domain/source.ts";
import { verifyAsset } from "../library/verify-asset.ts";
import type { Work } from "./acquire-asset.ts";
import { requireRoom } from "./disk-room.ts";
import { createGraceSignal } from "./grace-signal.ts";
import type { SyncParts } from "./parts.ts";

const linkEvidence = "The shop handed out a link.";

/** When the daemon stops, the answer to a question that may have been counted is waited for this long. */
const linkGraceMs = 2_500;

/**
 * **Spends one download**: reserves it on disk, asks for the link once, and keeps link and spend in one step. Everything
 * that could make the download useless is looked at before. `countSpend` is called once if it cost one, or may have.
 * `signal` ends it before the question; from then on only `stopping` does, a little later: a person who holds a download
 * must not make its answer get lost.
 * An answer that could not be written down the last time is written down first; then nothing is asked.
 */
export async function spendOnLink(
  parts: SyncParts,
  subject: { item: Work; row: Download; signal: AbortSignal; stopping: AbortSignal; countSpend: () => void },
): Promise<Download> {
  const { store, source, publish } = parts;
  const { item, row, signal, stopping, countSpend } = subject;
  const about = { productId: item.product.id, downloadId: row.downloadId };
  const waiting = store.recordWaitingLink(row.id);
  if (waiting !== undefined) {
    publish({ type: "spend-confirmed", ...about, message: linkEvidence });
    return waiting;
  }
  await requireUsefulness(parts, item, signal);
  signal.throwIfAborted();
  settleEarlierTry(parts, row);
  requireTrust(parts, item);
  requireLeave(parts, item, row);

  const { requester } = item;
  const { revision } = row;
  const spend = store.spends.reserve({
    ...about,
    revision,
    requester,
    downloadRowId: row.id,
    evidence: item.reason.message,
  });
  publish({ type: "spend-reserved", ...about, message: item.reason.message });
  const grace = createGraceSignal(stopping, linkGraceMs);
  let link: Link;
  try {
    link = await source.requestLink({ ...about, signal: grace.signal });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.spendOutcome === "not-spent") {
      if (failure.code === "quota-exhausted" || failure.code === "product-unknown") parts.linkTrust.answered();
      store.spends.release(spend.id, failure.message);
      if (failure.code === "quota-exhausted") store.spends.recordRefusal({ ...about, evidence: failure.message });
      publish({ type: "spend-released", ...about, message: failure.message });
    } else {
      countSpend();
      // One that we ended ourselves says nothing about the shop.
      if (failure.code !== "stopped") parts.linkTrust.unanswered(parts.now());
      store.spends.markInDoubt(spend.id, failure.message);
      publish({ type: "spend-in-doubt", ...about, message: failure.message });
    }
    throw failure;
  } finally {
    grace.release();
  }
  countSpend();
  parts.linkTrust.answered();
  const linked = store.recordLink({ spendId: spend.id, downloadRowId: row.id, link, evidence: linkEvidence });
  publish({ type: "spend-confirmed", ...about, message: linkEvidence });
  return linked;
}

/** Nothing is spent that could not be used: the library must be there, room for what it will probably take, the old asset untouched. */
async function requireUsefulness(parts: SyncParts, item: Work, signal: AbortSignal): Promise<void> {
  const { product, replaces } = item;
  const library = parts.libraries.get(product.assetType);
  const what = `"${product.title}"`;
  const { archive, extracted } = expectRoom({
    previous: replaces === null ? null : roomOf(replaces.manifest),
    keptArchiveBytes: parts.archives.list().map(({ bytes }) => bytes),
  });
  const needs = [
    { folder: parts.partialFolder, ...archive },
    { folder: library.folder, library, ...extracted },
  ];
  await requireRoom(parts, { needs, what });
  if (replaces === null || item.requester === "person") return;
  const { edited, foreign } = await verifyAsset({ library, asset: replaces, thorough: true, signal });
  const [first] = [...edited, ...foreign];
  if (first === undefined) return;
  throw new Failure(
    "asset-edited",
    `"${product.title}" holds changes of yours, for example ${first}, so it is not updated by itself.`,
    {
      productId: product.id,
    },
  );
}

function roomOf(manifest: Manifest): { archive: RoomNeed; extracted: RoomNeed } {
  return {
    archive: { bytes: manifest.archive?.bytes ?? sumOf(manifest), files: 3 },
    extracted: roomOfFiles(manifest.files),
  };
}

/** A zip that nobody here has seen is taken for as large as its files: textures hardly shrink. */
function sumOf({ files }: Manifest): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A shop that leaves question after question open may count each of them: rules stop asking for a while. */
function requireTrust(parts: SyncParts, item: Work): void {
  const nowMs = parts.now();
  const restUntilMs = item.requester === "person" ? null : parts.linkTrust.restUntilMs(nowMs);
  if (restUntilMs === null) return;
  throw new Failure(
    "provider-error",
    `The shop gave no usable answer for several products in a row and may have counted each, so "${item.product.title}" was not asked for.`,
    { productId: item.product.id, retryAfterMs: restUntilMs - nowMs },
  );
}

/** A reservation whose outcome could not be written down, because the disk was full for example, is in doubt. */
function settleEarlierTry(parts: SyncParts, row: Download): void {
  const { spends } = parts.store;
  for (const spend of spends.spendsOfRevision(row.productId, row.downloadId, row.revision)) {
    if (spend.state === "reserved") spends.markInDoubt(spend.id, "Its outcome could not be written down.");
  }
}

/** Decided again at the last moment, since other work may have spent meanwhile; and never beyond what the plan priced. */
function requireLeave(parts: SyncParts, item: Work, row: Download): void {
  const { product } = item;
  const { downloadLimit, keepInReserve } = parts.settings();
  if (item.cost === 0) {
    throw new Failure(
      "spend-needs-person",
      `What was kept of "${product.title}" is gone, and another download of it was not planned.`,
      {
        productId: product.id,
      },
    );
  }
  const decision = decideSpend({
    quota: parts.store.spends.quotaOf(product.id, downloadLimit),
    title: product.title,
    requester: item.requester,
    spendLast: item.spendLast,
    keepInReserve,
    revisionSpends: parts.store.spends.spendsOfRevision(product.id, row.downloadId, row.revision),
  });
  if (!decision.allowed) throw new Failure(decision.code, decision.message, { productId: product.id });
}
