import { monitorEventLoopDelay } from "node:perf_hooks";

/** How late the daemon's event loop was while it worked: for so long nobody else was answered. */
export interface EventLoopWatch {
  /** Measures from now on, until `end`. Costs a timer a hundredth of a second, which is why it rests while nothing happens. */
  begin(): void;
  end(): void;
  /** In milliseconds, over all that was measured; 0 before anything was. */
  read(): { p99Ms: number; maxMs: number };
}

/** The histogram counts the time between two ticks of its timer, of which this much is as it should be. */
const resolutionMs = 10;

export function createEventLoopWatch(): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  const late = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e6 - resolutionMs));
  return {
    begin: () => void histogram.enable(),
    end: () => void histogram.disable(),
    read: () =>
      histogram.count === 0
        ? { p99Ms: 0, maxMs: 0 }
        : { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) },
  };
}
