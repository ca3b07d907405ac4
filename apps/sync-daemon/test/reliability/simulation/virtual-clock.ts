/** The simulation's time: one that only goes on, and what a wall clock set by somebody makes of it. */
export interface VirtualClock {
  /** Milliseconds since the epoch, as `Date.now()` says it. May jump. */
  now(): number;
  /** Milliseconds since the simulation began. Never jumps. */
  monotonicMs(): number;
  advance(ms: number): void;
  /** Somebody sets the wall clock. */
  set(nowMs: number): void;
}

export function createVirtualClock(startMs: number): VirtualClock {
  let elapsedMs = 0;
  let offsetMs = startMs;
  return {
    now: () => offsetMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    advance(ms) {
      elapsedMs += Math.ceil(ms);
    },
    set(nowMs) {
      offsetMs = nowMs - elapsedMs;
    },
  };
}
