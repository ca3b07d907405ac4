/** How an upload is getting on. */
export interface UploadProgress {
  /** Bytes that have left, the multipart frame included. */
  sentBytes: number;
  /** `undefined` when a stream's length is not known. */
  totalBytes: number | undefined;
}

/** Four times a second is as often as anybody can read. */
const reportEveryMs = 250;

/** Tells about bytes at most four times a second, and when all have left. */
export function progressReporter(
  onProgress: ((progress: UploadProgress) => void) | undefined,
  totalBytes: number | undefined,
): ((sentBytes: number) => void) | undefined {
  if (onProgress === undefined) return undefined;
  let told = Number.NEGATIVE_INFINITY;
  return (sentBytes) => {
    const now = performance.now();
    if (now - told < reportEveryMs && sentBytes !== totalBytes) return;
    told = now;
    onProgress({ sentBytes, totalBytes });
  };
}
