import { type FailureCode, isFailureCode } from "../domain/failure.ts";

/**
 * Says what a kept archive is: which source, product and download it came from. With receipts a lost database costs no
 * download. Two products may share one archive, so there may be several receipts for one hash.
 */
export interface ArchiveReceipt {
  readonly format: 1;
  readonly source: string;
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
  /** The zip's file name in the shop. */
  readonly archiveName: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly fetchedAt: string;
  /** It was found on this computer, not fetched: `revision` is what the shop offered then, and may be newer than the zip. */
  readonly adopted?: true;
  /** Why it was not extracted, if so. Such an archive is kept and not fetched again by itself. */
  readonly refused: { readonly code: FailureCode; readonly message: string } | null;
}

/** What the one who fetched it knows; the store adds the rest. */
export type NewReceipt = Omit<ArchiveReceipt, "format" | "sha256" | "refused">;

/** What a receipt is found by. */
export type ReceiptKey = Pick<ArchiveReceipt, "productId" | "downloadId" | "revision">;

export function isSameDownload(left: ReceiptKey, right: ReceiptKey): boolean {
  return left.productId === right.productId && left.downloadId === right.downloadId && left.revision === right.revision;
}

/** `<sha256>.json`: every receipt of one archive. */
export function formatReceipts(receipts: readonly ArchiveReceipt[]): string {
  return `${JSON.stringify({ format: 1, receipts }, null, 2)}\n`;
}

/** Reads a receipt file; `null` if it is none of ours or is damaged. Receipts that are not readable are left out. */
export function parseReceipts(text: string): ArchiveReceipt[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(parsed) || parsed.format !== 1 || !Array.isArray(parsed.receipts)) return null;
  return parsed.receipts.map(parseReceipt).filter((receipt) => receipt !== null);
}

export function isSha256(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parseReceipt(value: unknown): ArchiveReceipt | null {
  if (!isRecord(value)) return null;
  const { source, productId, downloadId, revision, archiveName, bytes, sha256, fetchedAt } = value;
  if (typeof source !== "string" || typeof downloadId !== "string" || typeof revision !== "string") return null;
  if (typeof archiveName !== "string" || typeof fetchedAt !== "string" || !isSha256(sha256)) return null;
  if (typeof productId !== "number" || !Number.isSafeInteger(productId)) return null;
  if (typeof bytes !== "number" || !Number.isSafeInteger(bytes)) return null;
  const refused = parseRefusal(value.refused);
  const adopted = value.adopted === true ? ({ adopted: true } as const) : {};
  return {
    format: 1,
    source,
    productId,
    downloadId,
    revision,
    archiveName,
    bytes,
    sha256,
    fetchedAt,
    ...adopted,
    refused,
  };
}

function parseRefusal(value: unknown): ArchiveReceipt["refused"] {
  if (!isRecord(value) || typeof value.code !== "string" || typeof value.message !== "string") return null;
  return { code: isFailureCode(value.code) ? value.code : "unexpected", message: value.message };
}
