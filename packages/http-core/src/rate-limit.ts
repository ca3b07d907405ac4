import type { Clock } from "./clock.ts";

export interface RateLimitSettings {
  /** So many requests … */
  requests: number;
  /** … in any span of this length. */
  perMs: number;
  clock?: Clock | undefined;
}

export interface RateLimit {
  /** Resolves when one more request may be sent; first come, first served. */
  wait(signal?: AbortSignal): Promise<void>;
}

/** Makes a limit that the far side states; the caller names its source. */
export function createRateLimit(_settings: RateLimitSettings): RateLimit {
  throw new Error("not written yet");
}
