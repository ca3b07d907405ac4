import { existsSync } from "node:fs";
import { join } from "node:path";
import { verifyArchive } from "../archive/verify-archive.ts";
import type { Download } from "../domain/download.ts";
import { decideAfterFailure, Failure, toFailure } from "../domain/failure.ts";
import { assetFolderCandidates } from "../domain/library-layout.ts";
import { isWork, type PlanItem } from "../domain/plan.ts";
import { decideSpend } from "../domain/quota.ts";
import type { Link } from "../domain/source.ts";
import { requireRoom } from "./disk-room.ts";
import { createGraceSignal } from "./grace-signal.ts";
import { installAsset, requireArchive } from "./install-asset.ts";
import { noteSignInRefusal } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";

type Work = Extract<PlanItem, { action: "download" | "update" }>;

export interface Acquired {
  readonly productId: number;
  /** Where the asset is now, relative to its library; null if it failed. */
  readonly folder: string | null;
  /** Downloads spent on the way, confirmed or in doubt. */
  readonly spent: number;
  readonly failure: Failure | null;
}

/** When the daemon stops, the answer to a question that may have been counted is waited for this long. */
const linkGraceMs = 2_500;

/** A person waits for what they asked for by name; rules can wait. */
const priorities = { person: 1, rule: 0 } as const;

/**
 * Brings one planned product into its library: reserve, ask for the link, fetch, keep, install. Never throws: a failure
 * is written to the row with the time of the next try, and returned. Asked twice at once it does the work once.
 */
export function acquireAsset(parts: SyncParts, item: Work, signal: AbortSignal): Promise<Acquired> {
  return parts.queue.once(`${item.product.id}/${item.archive.downloadId}`, () => acquire(parts, item, signal));
}

async function acquire(parts: SyncParts, item: Work, signal: AbortSignal): Promise<Acquired> {
  const { product } = item;
  const priority = priorities[item.requester];
  let row = openRow(parts, item);
  let spent = 0;
  const report = (state: "waiting" | "linking" | "downloading" | "installing") =>
    parts.progress.set(row.id, { productId: product.id, title: product.title, state, transfer: null });
  report("waiting");
  try {
    if (row.state !== "fetched") {
      const kept = parts.archives.find({ productId: product.id, downloadId: row.downloadId, revision: row.revision });
      if (kept !== undefined) {
        row = parts.store.journal.markFetched(row.id, { archiveSha256: kept.sha256, archiveBytes: kept.bytes });
      } else {
        await parts.queue.transfer(
          async () => {
            if (row.state === "planned") {
              report("linking");
              row = await spendOnLink(parts, item, row, signal, () => {
                spent += 1;
              });
            }
            report("downloading");
            row = await fetchArchive(parts, item, row, signal);
          },
          { priority, signal },
        );
      }
    }
    const folder = await parts.queue.install(
      () => {
        report("installing");
        return installDownload(parts, item, row, signal);
      },
      { priority, signal },
    );
    return { productId: product.id, folder, spent, failure: null };
  } catch (error) {
    const failure = toFailure(error);
    recordFailure(parts, item, row, failure);
    return { productId: product.id, folder: null, spent, failure };
  } finally {
    parts.progress.remove(row.id);
  }
}

/** The journal's row for this item; a person's request clears an old failure and may ask for a new link. */
function openRow(parts: SyncParts, item: Work): Download {
  const { journal } = parts.store;
  const { product, archive, requester } = item;
  let row = item.row;
  if (row !== null && item.cost === 1 && row.revision !== product.revision) {
    journal.abandon(row.id);
    row = null;
  }
  row ??= journal.planDownload({
    productId: product.id,
    downloadId: archive.downloadId,
    revision: product.revision,
    assetType: product.assetType,
    archiveName: archive.name,
    requester,
  });
  // The plan priced a new link although the row has one: the old link is known not to work any more.
  if (item.cost === 1 && row.state !== "planned") row = journal.replan(row.id);
  return row.failure === null ? row : journal.clearFailure(row.id);
}

async function spendOnLink(
  parts: SyncParts,
  item: Work,
  row: Download,
  signal: AbortSignal,
  countSpend: () => void,
): Promise<Download> {
  const { store, source, publish } = parts;
  const { product } = item;
  const { downloadLimit, keepInReserve } = parts.settings();
  // Nothing is spent that could not be kept: the library must be there and the disk above its floor.
  parts.libraries.get(product.assetType);
  await requireRoom(parts, { folder: parts.partialFolder, neededBytes: 0, what: `"${product.title}"` });
  signal.throwIfAborted();

  // Decided again at the last moment: other work may have spent since the plan was made.
  const decision = decideSpend({
    quota: store.spends.quotaOf(product.id, downloadLimit),
    title: product.title,
    requester: item.requester,
    spendLast: item.spendLast,
    keepInReserve,
    revisionSpends: store.spends.spendsOfRevision(product.id, row.downloadId, row.revision),
  });
  if (!decision.allowed) throw new Failure(decision.code, decision.message, { productId: product.id });

  const about = { productId: product.id, downloadId: row.downloadId };
  const spend = store.spends.reserve({
    ...about,
    revision: row.revision,
    requester: item.requester,
    downloadRowId: row.id,
    evidence: item.reason.message,
  });
  publish({ type: "spend-reserved", ...about, message: item.reason.message });
  let link: Link;
  const grace = createGraceSignal(signal, linkGraceMs);
  try {
    link = await source.requestLink({ ...about, signal: grace.signal });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.spendOutcome === "not-spent") {
      store.spends.release(spend.id, failure.message);
      if (failure.code === "quota-exhausted")
        store.spends.recordRefusal({ productId: product.id, evidence: failure.message });
      publish({ type: "spend-released", ...about, message: failure.message });
    } else {
      store.spends.markInDoubt(spend.id, failure.message);
      countSpend();
      publish({ type: "spend-in-doubt", ...about, message: failure.message });
    }
    throw failure;
  } finally {
    grace.release();
  }
  const linked = store.recordLink({
    spendId: spend.id,
    downloadRowId: row.id,
    link,
    evidence: "The shop handed out a link.",
  });
  countSpend();
  publish({ type: "spend-confirmed", ...about, message: "The shop handed out a link." });
  return linked;
}

async function fetchArchive(parts: SyncParts, item: Work, row: Download, signal: AbortSignal): Promise<Download> {
  const { source, archives, store, publish, progress } = parts;
  const { product } = item;
  const { limits } = parts.settings();
  if (row.link === null)
    throw new Failure("unexpected", `The row of "${product.title}" says it has a link, but holds none.`);
  const path = join(parts.partialFolder, `${row.id}.zip`);
  const isResumed = existsSync(`${path}.part`);
  publish({ type: "download-started", productId: product.id, title: product.title, resumed: isResumed });
  let lengthSaid: number | null = null;
  const fetched = await source.fetchArchive({
    link: row.link,
    path,
    maxArchiveBytes: limits.maxArchiveBytes,
    signal,
    onStart: ({ totalBytes }) => {
      lengthSaid = totalBytes;
    },
    onProgress: (transfer) => {
      progress.set(row.id, { productId: product.id, title: product.title, state: "downloading", transfer });
      publish({ type: "download-progressed", productId: product.id, title: product.title, ...transfer });
    },
  });
  await verifyArchive({ path, name: row.archiveName, expectedBytes: lengthSaid, signal });
  const { sha256, bytes } = fetched;
  await archives.keep({
    path,
    sha256,
    receipt: {
      source: source.id,
      productId: product.id,
      downloadId: row.downloadId,
      revision: row.revision,
      archiveName: row.archiveName,
      bytes,
      fetchedAt: new Date(parts.now()).toISOString(),
    },
  });
  publish({ type: "download-fetched", productId: product.id, title: product.title, bytes });
  return store.journal.markFetched(row.id, { archiveSha256: sha256, archiveBytes: bytes });
}

async function installDownload(parts: SyncParts, item: Work, row: Download, signal: AbortSignal): Promise<string> {
  const { product } = item;
  const { slug, title, assetType, licence, blenderVersion } = product;
  const { downloadId, revision, archiveName } = row;
  const folder = await installAsset(
    parts,
    {
      about: {
        productId: product.id,
        slug,
        title,
        assetType,
        licence,
        blenderVersion,
        downloadId,
        revision,
        archive: requireArchive(row),
      },
      candidatesFor: (topFolder) => assetFolderCandidates({ product, archiveName, topFolder }),
      replaces: item.replaces,
      allowEdited: item.requester === "person",
    },
    signal,
  );
  parts.store.journal.markCommitted(row.id, { folder });
  return folder;
}

/** Failures of the account are the account's, not this product's: the row stays as it is and the plan says why. */
const accountFailures: readonly Failure["code"][] = ["sign-in-failed", "sign-in-missing", "stopped"];

function recordFailure(parts: SyncParts, item: Work, row: Download, failure: Failure): void {
  noteSignInRefusal(parts, failure);
  if (!accountFailures.includes(failure.code)) {
    const attempt = (item.row?.failure?.attempt ?? 0) + 1;
    const next = decideAfterFailure({ code: failure.code, attempt, retryAfterMs: failure.retryAfterMs });
    parts.store.journal.markFailed(row.id, {
      code: failure.code,
      message: failure.message,
      attempt,
      retryAtMs: next.action === "retry" ? parts.now() + next.afterMs : null,
    });
  }
  const { id, title } = item.product;
  parts.publish({ type: "download-failed", productId: id, title, code: failure.code, message: failure.message });
}

/** The work of a plan, in the order in which it should be begun: what is already paid for first. */
export function workOf(items: readonly PlanItem[]): Work[] {
  return items.filter(isWork).toSorted((left, right) => left.cost - right.cost);
}
