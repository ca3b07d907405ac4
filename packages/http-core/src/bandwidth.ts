import type { Clock } from "./clock.ts";

/** A limit on bytes per second, shared by every download that was given it. */
export interface Bandwidth {
  /** Resolves when `bytes` more may be taken; rejects with the signal's reason when aborted. First come, first served. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
  /** Changes the limit for what is waiting and for what comes; `null` lifts it. */
  setLimit(bytesPerSecond: number | null): void;
  /** Bytes per second, `null` when unlimited. */
  readonly limit: number | null;
}

/** Makes a limit of `bytesPerSecond` (`null`: none until `setLimit`). */
export function createBandwidth(
  _bytesPerSecond: number | null,
  _options: { clock?: Clock | undefined } = {},
): Bandwidth {
  throw new Error("not written yet");
}
