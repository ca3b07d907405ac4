import type { Clock } from "@org/http-core";

/** A clock on which every wait is over at once, and counted. */
export interface SkippingClock extends Clock {
  readonly waits: readonly number[];
}

/** Makes one that shows `startMs` (default 2026-01-01 UTC). */
export function createSkippingClock(startMs = Date.UTC(2026, 0, 1)): SkippingClock {
  let elapsed = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => startMs + elapsed,
    monotonicMs: () => elapsed,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      elapsed += ms;
    },
  };
}
