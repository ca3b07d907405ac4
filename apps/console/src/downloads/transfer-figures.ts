import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import type { TransferProgress } from "../events/transfer-progress.ts";

interface TransferFigures {
  readonly bytes: number | null;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly remainingMs: number | null;
  /** From 0 to 100; null where the size is not known. */
  readonly percent: number | null;
}

/** How far a download is: by the newest event, else by the last answer. What never moves back is not shown moving back. */
export function transferFigures(entry: DownloadEntry, live: TransferProgress | undefined): TransferFigures {
  const isLive = live !== undefined && (entry.state === "downloading" || entry.state === "held");
  const bytes = isLive ? Math.max(live.bytes, entry.bytes ?? 0) : entry.bytes;
  const totalBytes = (isLive ? live.totalBytes : null) ?? entry.totalBytes;
  const bytesPerSecond = isLive ? live.bytesPerSecond : entry.bytesPerSecond;
  const canTell = bytes !== null && totalBytes !== null && bytesPerSecond !== null && bytesPerSecond > 0;
  return {
    bytes,
    totalBytes,
    bytesPerSecond,
    remainingMs: canTell ? (Math.max(0, totalBytes - bytes) / bytesPerSecond) * 1_000 : entry.remainingMs,
    percent:
      bytes === null || totalBytes === null || totalBytes === 0 ? null : Math.min(100, (bytes / totalBytes) * 100),
  };
}
