import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";

interface DownloadGroups {
  /** Under way, held and waiting, in the order in which they come. */
  readonly open: readonly DownloadEntry[];
  readonly failed: readonly DownloadEntry[];
  /** Installed and given up, newest first. */
  readonly ended: readonly DownloadEntry[];
}

export const isMoving = ({ state }: DownloadEntry): boolean =>
  state === "linking" || state === "downloading" || state === "installing";

/** What the view shows where; the order within each group stays as it came. */
export function groupDownloads(downloads: readonly DownloadEntry[]): DownloadGroups {
  const isEnded = ({ state }: DownloadEntry) => state === "installed" || state === "cancelled";
  return {
    open: downloads.filter((one) => !isEnded(one) && one.state !== "failed"),
    failed: downloads.filter(({ state }) => state === "failed"),
    ended: downloads.filter(isEnded),
  };
}
