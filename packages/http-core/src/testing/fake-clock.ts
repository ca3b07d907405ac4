import type { Clock } from "../clock.ts";

/** A clock that stands still until told. */
export interface FakeClock extends Clock {
  /** Moves time on and lets everything due run, in order. */
  advance(ms: number): Promise<void>;
  /** How many sleep at this moment. */
  readonly sleepers: number;
}

/** Makes a clock that shows `startMs` (default 2026-01-01 UTC). */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let elapsed = 0;
  let waiting: { at: number; wake: () => void }[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => startMs + elapsed,
    monotonicMs: () => elapsed,
    get sleepers() {
      return waiting.length;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          waiting = waiting.filter((one) => one !== entry);
          reject(signal?.reason);
        };
        const entry = {
          at: elapsed + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(entry);
      });
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (;;) {
        const due = waiting.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        elapsed = Math.max(elapsed, due.at);
        waiting = waiting.filter((one) => one !== due);
        due.wake();
        await settle();
      }
      elapsed = end;
    },
  };
}
