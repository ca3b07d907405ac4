import type { Clock } from "./clock.ts";

/** How a transfer is getting on. */
export interface DownloadProgress {
  /** Bytes of the file that are here, those kept from before included. */
  bytes: number;
  totalBytes: number | undefined;
  /** Over the last few seconds. */
  bytesPerSecond: number;
}

/** Four times a second is as often as anybody can read. */
const reportEveryMs = 250;

/** The rate is that of the last so many reports: long enough to be calm, short enough to be true. */
const samplesKept = 20;

/** Counts bytes and tells about them, at most four times a second and once at the end. */
export interface ProgressReporter {
  update(bytes: number, totalBytes: number | undefined): void;
  finish(bytes: number, totalBytes: number | undefined): void;
}

export function createProgressReporter(
  onProgress: ((progress: DownloadProgress) => void) | undefined,
  startBytes: number,
  clock: Clock,
): ProgressReporter {
  if (onProgress === undefined) return { update: () => {}, finish: () => {} };
  let samples = [{ at: clock.monotonicMs(), bytes: startBytes }];

  function report(bytes: number, totalBytes: number | undefined, now: number): void {
    // A file that was begun anew has fewer bytes than before; rates do not go backwards.
    if (bytes < (samples.at(-1)?.bytes ?? 0)) samples = [{ at: now, bytes }];
    samples = [...samples, { at: now, bytes }].slice(-samplesKept);
    const oldest = samples[0] ?? { at: now, bytes };
    const elapsedMs = now - oldest.at;
    const bytesPerSecond = elapsedMs > 0 ? Math.round(((bytes - oldest.bytes) * 1000) / elapsedMs) : 0;
    onProgress?.({ bytes, totalBytes, bytesPerSecond });
  }

  return {
    update(bytes, totalBytes) {
      const now = clock.monotonicMs();
      if (now - (samples.at(-1)?.at ?? 0) >= reportEveryMs) report(bytes, totalBytes, now);
    },
    finish(bytes, totalBytes) {
      report(bytes, totalBytes, clock.monotonicMs());
    },
  };
}
