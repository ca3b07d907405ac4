import { type Download, isOpen } from "../domain/download.ts";
import { decideAfterFailure, Failure, toFailure } from "../domain/failure.ts";
import { assetFolderCandidates } from "../domain/library-layout.ts";
import { isSuperseded, linkMayWork } from "../domain/paid-download.ts";
import { isWork, type PlanItem, type PlannedProduct, type PlannedWork } from "../domain/plan.ts";
import { fetchAgain, mayFetchAgain } from "./fetch-again.ts";
import { fetchToStore } from "./fetch-to-store.ts";
import { type Installed, installAsset, requireArchive } from "./install-asset.ts";
import { noteSignInRefusal } from "./make-plan.ts";
import type { SyncParts } from "./parts.ts";
import { tellQuietHours, waitsForQuietHours } from "./quiet-hours.ts";
import { findDoneMeanwhile, refuseMeanwhile } from "./since-the-plan.ts";
import { spendOnLink } from "./spend-on-link.ts";

/** An item of the plan that is carried out. */
export type Work = PlannedWork;

export interface Acquired {
  readonly productId: number;
  /** Where the asset is now, relative to its library; null if it failed. */
  readonly folder: string | null;
  /** What a person should know about how it was installed; null where there is nothing to say. */
  readonly note: string | null;
  /** Downloads spent on the way, confirmed or in doubt. */
  readonly spent: number;
  readonly failure: Failure | null;
}

/** A person waits for what they asked for by name; rules can wait. */
const priorities = { person: 1, rule: 0 } as const;

/** The work of a plan, in the order in which it should be begun: what is already paid for first. */
export function workOf<P extends PlannedProduct>(items: readonly PlanItem<P>[]): PlannedWork<P>[] {
  return items.filter(isWork).toSorted((left, right) => left.cost - right.cost);
}

/**
 * Brings one planned product into its library: reserve, ask for the link, fetch, keep, install. Never throws: a failure
 * is written to the row with the time of the next try, and returned. Asked twice at once it does the work once.
 */
export function acquireAsset(parts: SyncParts, item: Work, signal: AbortSignal): Promise<Acquired> {
  const key = acquisitionKey({ productId: item.product.id, downloadId: item.archive.downloadId });
  return parts.queue.once(key, (held) => acquire(parts, item, { stopping: signal, held }));
}

/** Under which the acquisition queue knows what is under way. */
export function acquisitionKey({ productId, downloadId }: Pick<Download, "productId" | "downloadId">): string {
  return `${productId}/${downloadId}`;
}

/** `stopping` ends all work, `held` this one: a person held or cancelled it. */
async function acquire(
  parts: SyncParts,
  planned: Work,
  { stopping, held }: { stopping: AbortSignal; held: AbortSignal },
): Promise<Acquired> {
  const { product } = planned;
  const priority = priorities[planned.requester];
  const done = await findDoneMeanwhile(parts, planned);
  if (done !== null) return { productId: product.id, folder: done, note: null, spent: 0, failure: null };
  const refusal = refuseMeanwhile(parts, planned);
  if (refusal !== null) return { productId: product.id, folder: null, note: null, spent: 0, failure: refusal };
  const signal = AbortSignal.any([stopping, held]);
  let row = openRow(parts, planned);
  // What is paid for of a version that the shop has moved on from is finished, and never paid for again.
  const item = row.revision === product.revision ? planned : { ...planned, cost: 0 as const };
  let spent = 0;
  const report = (state: "waiting" | "linking" | "downloading" | "installing") => {
    parts.progress.set(row.id, { productId: product.id, title: product.title, state, transfer: null });
    parts.publish({ type: "downloads-changed" });
  };
  const fetch = async () => {
    if (row.state === "linked" && item.cost === 1) row = await tryOldLink(parts, { item, row, signal });
    if (row.state === "planned") {
      // They may have begun while it waited for its turn.
      if (waitsForQuietHours(parts, item)) throw tellQuietHours(parts, 1);
      report("linking");
      const countSpend = () => {
        spent += 1;
      };
      row = await spendOnLink(parts, { item, row, signal, stopping, countSpend });
      signal.throwIfAborted();
    }
    report("downloading");
    if (row.state !== "fetched") row = await fetchToStore(parts, { item, row, signal });
  };
  const install = () => {
    report("installing");
    return installDownload(parts, item, row, signal);
  };
  const bring = async () => {
    row = useKeptArchive(parts, row);
    if (row.state !== "fetched") await parts.queue.transfer(fetch, { id: String(row.id), priority, signal });
    return parts.queue.install(install, { priority, signal });
  };
  const mend = async (error: unknown) => {
    const failure = toFailure(error);
    if (!mayFetchAgain(parts, { item, row, failure })) throw failure;
    report("downloading");
    const again = () => fetchAgain(parts, { item, row, failure, signal });
    try {
      row = await parts.queue.transfer(again, { id: String(row.id), priority, signal });
    } catch (unmended) {
      if (item.cost === 0 || spent > 0 || signal.aborted || toFailure(unmended).code === "stopped") throw unmended;
      // The old link brought nothing better, and the person who asked was told the price of another one.
      row = parts.store.journal.replan(row.id);
      return bring();
    }
    return parts.queue.install(install, { priority, signal });
  };
  report("waiting");
  try {
    const { folder, note } = await bring().catch(mend);
    return { productId: product.id, folder, note, spent, failure: null };
  } catch (error) {
    const failure = held.aborted && held.reason instanceof Failure ? held.reason : toFailure(error);
    // Nothing went wrong with it: the next sync after them takes the row up as it is.
    if (failure.code !== "quiet-hours") recordFailure(parts, item, row, failure);
    return { productId: product.id, folder: null, note: null, spent, failure };
  } finally {
    parts.progress.remove(row.id);
    parts.publish({ type: "downloads-changed" });
  }
}

/** The journal's row for this item; a person's request clears an old failure and may ask for a new link. */
function openRow(parts: SyncParts, item: Work): Download {
  const { journal } = parts.store;
  const { product, archive, requester } = item;
  // Other work may have taken the row further, or given it up, since the plan was made.
  let row = (item.row === null ? undefined : journal.find(item.row.id)) ?? null;
  if (row !== null && !isOpen(row)) row = null;
  const isOlder = row !== null && row.revision !== product.revision;
  if (row !== null && isOlder && (isSuperseded(row, product) || (item.cost === 1 && !isWorthFinishing(row)))) {
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
  // The plan priced a new link although the row has one: the old link brought nothing that is of use. Or other work paid
  // for it since the plan was made: then it is gone on with.
  const { failure } = row;
  const isSpoilt = failure !== null && mayFetchAgain(parts, { item, row, failure });
  const isOfUse = isWorthFinishing(row) || isWorthAnotherTry(row) || isSpoilt;
  if (item.cost === 1 && row.state !== "planned" && !isOfUse) row = journal.replan(row.id);
  if (row.heldAtMs !== null) row = journal.resume(row.id);
  return row.failure === null ? row : journal.clearFailure(row.id);
}

/** Is there a link that may bring it, or an archive that was brought? */
function isWorthFinishing(row: Download): boolean {
  return row.state !== "planned" && linkMayWork(row);
}

const refusedLinks: readonly (Failure["code"] | undefined)[] = ["link-expired", "link-refused"];

/** Nothing came over it yet: its host may have been in trouble, or may be allowed by now. */
function isWorthAnotherTry(row: Download): boolean {
  return row.state === "linked" && row.link !== null && refusedLinks.includes(row.failure?.code);
}

/** Asks the link that is paid for once more, which is free, before another one is paid for. */
async function tryOldLink(
  parts: SyncParts,
  subject: { item: Work; row: Download; signal: AbortSignal },
): Promise<Download> {
  try {
    return await fetchToStore(parts, subject);
  } catch (error) {
    const failure = toFailure(error);
    if (!refusedLinks.includes(failure.code)) throw failure;
    return parts.store.journal.replan(subject.row.id);
  }
}

/** Makes row and archive store agree: what is kept need not be fetched, what is gone must be. */
function useKeptArchive(parts: SyncParts, row: Download): Download {
  const { productId, downloadId, revision } = row;
  const kept = parts.archives.find({ productId, downloadId, revision });
  if (row.state === "fetched") return kept === undefined ? parts.store.journal.markArchiveMissing(row.id) : row;
  if (kept?.refused !== null) return row;
  return parts.store.journal.markFetched(row.id, { archiveSha256: kept.sha256, archiveBytes: kept.bytes });
}

async function installDownload(parts: SyncParts, item: Work, row: Download, signal: AbortSignal): Promise<Installed> {
  const { product } = item;
  const { slug, title, assetType, licence, blenderVersion } = product;
  const { downloadId, revision, archiveName } = row;
  const archive = requireArchive(row);
  const isAdopted = parts.archives.find({ productId: product.id, downloadId, revision })?.adopted === true;
  const installed = await installAsset(
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
        archive,
        ...(isAdopted ? { adopted: true } : {}),
      },
      candidatesFor: (topFolder) => assetFolderCandidates({ product, archiveName, topFolder }),
      replaces: item.replaces,
      allowEdited: item.requester === "person",
    },
    signal,
  );
  parts.store.journal.markCommitted(row.id, { folder: installed.folder });
  if (item.requester === "person") parts.store.sourceState.setHeldBack(product.id, false);
  return installed;
}

/** Failures of the account are the account's, not this product's: the row stays as it is and the plan says why. */
const accountFailures: readonly Failure["code"][] = ["sign-in-failed", "sign-in-missing", "stopped"];
/** What a person did is no failure of the download. */
const wishes: readonly Failure["code"][] = ["held", "cancelled"];

function recordFailure(parts: SyncParts, item: Work, row: Download, failure: Failure): void {
  if (wishes.includes(failure.code)) return;
  noteSignInRefusal(parts, failure);
  // Said to a fetch: the shop counts those too, so its count is the higher one.
  if (failure.code === "quota-exhausted" && row.state === "linked") {
    parts.store.spends.recordRefusal({ productId: row.productId, evidence: failure.message });
  }
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
