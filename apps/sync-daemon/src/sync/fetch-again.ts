import { isSameDownload } from "../archive/archive-receipt.ts";
import type { Download } from "../domain/download.ts";
import { type Failure, type FailureCode, toFailure } from "../domain/failure.ts";
import type { Work } from "./acquire-asset.ts";
import { fetchToStore } from "./fetch-to-store.ts";
import type { SyncParts } from "./parts.ts";

/**
 * What a zip looks like whose bytes were spoilt or lost on the way; one bit makes an entry encrypted or packed in an
 * unknown way. What would write outside its folder is taken for meant, and never fetched again by itself (I9).
 */
const damage: readonly FailureCode[] = [
  "archive-damaged",
  "archive-incomplete",
  "archive-not-zip",
  "archive-encrypted",
  "archive-unsupported",
];

/**
 * May a zip that arrived damaged be fetched once more on the link that is paid for? Only where a person asks: by three of
 * the four ways in which the shop may count it costs nothing, by the fourth, where each fetch counts, what a new link
 * would, and no rule decides that. See docs/decisions/0038.
 */
export function mayFetchAgain(
  parts: Pick<SyncParts, "now">,
  { item, row, failure }: { item: Work; row: Download; failure: Pick<Failure, "code"> },
): boolean {
  if (item.requester !== "person" || !damage.includes(failure.code) || row.link === null) return false;
  const { expiresAtMs } = row.link;
  return expiresAtMs === null || expiresAtMs > parts.now();
}

/**
 * Fetches it once more. The damaged ones stay kept and refused. Throws the first failure again if nothing better came:
 * bytes that were refused before are what the link has, and a link that fails now says less than the zip did.
 */
export async function fetchAgain(
  parts: SyncParts,
  subject: { item: Work; row: Download; failure: Failure; signal: AbortSignal },
): Promise<Download> {
  const { archives, store } = parts;
  const { item, failure, signal } = subject;
  const refused = archives.list().filter((one) => one.refused !== null && isSameDownload(one, subject.row));
  const row = subject.row.state === "fetched" ? store.journal.markArchiveMissing(subject.row.id) : subject.row;
  let again: Download;
  try {
    again = await fetchToStore(parts, { item, row, signal });
  } catch (error) {
    const second = toFailure(error);
    throw second.code === "stopped" ? second : failure;
  }
  if (refused.some(({ sha256 }) => sha256 === again.archiveSha256)) throw failure;
  return again;
}
