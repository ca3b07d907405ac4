import { decideArchiveTrim } from "../domain/archive-trim.ts";
import { formatBytes } from "../domain/byte-size.ts";
import type { InstalledAsset } from "../domain/manifest.ts";
import type { Problem } from "../domain/plan.ts";
import type { SyncParts } from "./parts.ts";

/** Keeps the archive store within its limit as far as that costs nobody a download; says so when that is not enough. */
export async function trimArchives(parts: SyncParts, assets: readonly InstalledAsset[]): Promise<Problem | null> {
  const { maxArchiveStoreBytes } = parts.settings().limits;
  const { remove, excessBytes } = decideArchiveTrim({
    archives: parts.archives.list(),
    installed: assets.map(({ manifest }) => manifest),
    maxBytes: maxArchiveStoreBytes,
  });
  for (const sha256 of remove) await parts.archives.remove(sha256);
  if (excessBytes === 0) return null;
  return {
    code: "archive-store-full",
    message: `The kept archives take ${formatBytes(excessBytes)} more than \`limits.archiveStoreGigabytes\` allows.`,
  };
}
