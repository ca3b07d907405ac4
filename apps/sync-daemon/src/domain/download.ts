import type { FailureCode } from "./failure.ts";
import type { AssetType } from "./product.ts";
import type { Link } from "./source.ts";

/**
 * How far a product revision has come. Only dear facts are states: verifying and extracting are done again after a crash.
 *
 * - `planned`: decided; nothing spent for this row yet, or the spend is in doubt.
 * - `linked`: the shop handed out a link; one download is spent. The bytes may be partly in `partial/`.
 * - `fetched`: the whole archive is in `archives/`, by its hash.
 * - `committed`: the asset was renamed into the library.
 * - `abandoned`: superseded by a newer revision before anything was spent, or cancelled by a person; a cancelled row
 *   keeps its link and archive, so that what was paid for can still be had.
 */
export type DownloadState = "planned" | "linked" | "fetched" | "committed" | "abandoned";

/** Who asked for it: a rule of the configuration, or a person by name. */
export type Requester = "rule" | "person";

export interface DownloadFailure {
  readonly code: FailureCode;
  readonly message: string;
  /** How often in a row it failed. */
  readonly attempt: number;
  readonly atMs: number;
  /** When it is tried again by itself; null when a person or a new revision is needed. */
  readonly retryAtMs: number | null;
}

/** The row that follows one product revision from plan to library. */
export interface Download {
  readonly id: number;
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
  readonly assetType: AssetType;
  readonly archiveName: string;
  readonly requester: Requester;
  readonly state: DownloadState;
  readonly link: Link | null;
  readonly archiveSha256: string | null;
  readonly archiveBytes: number | null;
  /** Where it was committed, relative to the library's root. */
  readonly folder: string | null;
  readonly failure: DownloadFailure | null;
  /** Since when it waits because a person said so; only open rows are held. */
  readonly heldAtMs: number | null;
  /** When a person cancelled it. */
  readonly cancelledAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Is there still something to do for this row? */
export function isOpen(download: Pick<Download, "state">): boolean {
  return download.state === "planned" || download.state === "linked" || download.state === "fetched";
}

/** A cancelled row as it is when a person asks for it after all: as far as it had come. */
export function reopened(cancelled: Download): Download {
  const cameFar = cancelled.link === null ? "planned" : "linked";
  return { ...cancelled, state: cancelled.archiveSha256 === null ? cameFar : "fetched", cancelledAtMs: null };
}

/**
 * A link of a cancelled row is kept this long. No link signed in the way of S3 works longer than 7 days (AWS, "Signature
 * Version 4", `X-Amz-Expires`), so after a month nothing is lost with it, and the part file makes room.
 */
const cancelledLinkLifeMs = 30 * 24 * 60 * 60_000;

/** May the link and the part file of a cancelled row go? Never one that lies in the future: then the clock was wrong. */
export function isCancelledLinkOver(cancelled: Pick<Download, "cancelledAtMs">, nowMs: number): boolean {
  return cancelled.cancelledAtMs !== null && cancelled.cancelledAtMs + cancelledLinkLifeMs < nowMs;
}
