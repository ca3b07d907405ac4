/** Resolves after `ms`, or at once when `signal` aborts. */
export function waitUpTo(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done, { once: true });
  });
}

const firstWaitMs = 500;
const longestWaitMs = 5_000;

/** Half a second first, then twice as long each time, and 5 s at most: a daemon that starts anew is back within seconds. */
export function reconnectWaitMs(failures: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.max(0, failures - 1));
}
