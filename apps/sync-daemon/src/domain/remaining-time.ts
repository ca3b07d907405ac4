/** How much of a transfer is here, how fast it comes, and how much there will be, as far as it is known. */
export interface TransferState {
  readonly bytes: number | null;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
}

/** How long what is under way takes together at the present rate; null where a length is not known or nothing comes. */
export function estimateRemainingMs(transfers: readonly TransferState[]): number | null {
  let missingBytes = 0;
  let bytesPerSecond = 0;
  for (const transfer of transfers) {
    if (transfer.totalBytes === null) return null;
    missingBytes += Math.max(0, transfer.totalBytes - (transfer.bytes ?? 0));
    bytesPerSecond += transfer.bytesPerSecond ?? 0;
  }
  return bytesPerSecond > 0 ? Math.round((missingBytes / bytesPerSecond) * 1_000) : null;
}
