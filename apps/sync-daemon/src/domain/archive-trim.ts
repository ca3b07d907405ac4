/** A kept archive as trimming sees it. `sha256` may occur more than once: products can share a zip. */
export interface TrimCandidate {
  readonly sha256: string;
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
  readonly bytes: number;
  readonly fetchedAt: string;
  readonly refused: object | null;
}

/**
 * Which kept archives may go when they take more than `maxBytes`, oldest first: only those of a version that a newer
 * one on disk has replaced. What is installed, under way, removed by a person or refused stays, whatever it takes:
 * getting it back would cost a download. `excessBytes` is what is still too much after that.
 */
export function decideArchiveTrim(input: {
  archives: readonly TrimCandidate[];
  installed: readonly { readonly productId: number; readonly downloadId: string; readonly revision: string }[];
  maxBytes: number;
}): { remove: string[]; excessBytes: number } {
  const installedRevision = new Map(
    input.installed.map((asset) => [`${asset.productId}/${asset.downloadId}`, asset.revision]),
  );
  const byHash = Map.groupBy(input.archives, ({ sha256 }) => sha256);
  // Replaced is what was fetched before the archive of the installed version: a later one waits to be installed.
  const isReplaced = ({ productId, downloadId, revision, refused, fetchedAt }: TrimCandidate) => {
    const current = installedRevision.get(`${productId}/${downloadId}`);
    if (refused !== null || current === undefined || current === revision) return false;
    return input.archives.some(
      (other) =>
        other.productId === productId &&
        other.downloadId === downloadId &&
        other.revision === current &&
        other.fetchedAt > fetchedAt,
    );
  };
  let excessBytes = [...byHash.values()].reduce((sum, [first]) => sum + (first?.bytes ?? 0), 0) - input.maxBytes;
  const remove: string[] = [];
  const oldestFirst = input.archives.toSorted((left, right) => left.fetchedAt.localeCompare(right.fetchedAt));
  for (const { sha256, bytes } of oldestFirst) {
    if (excessBytes <= 0) break;
    if (remove.includes(sha256) || !byHash.get(sha256)?.every(isReplaced)) continue;
    remove.push(sha256);
    excessBytes -= bytes;
  }
  return { remove, excessBytes: Math.max(0, excessBytes) };
}
