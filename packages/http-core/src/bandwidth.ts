import { type Clock, systemClock } from "./clock.ts";

/** A limit on bytes per second, shared by every download that was given it. */
export interface Bandwidth {
  /** Resolves when `bytes` more may be taken; rejects with the signal's reason when aborted. First come, first served. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
  /** Changes the limit for what is waiting and for what comes; `null` lifts it. */
  setLimit(bytesPerSecond: number | null): void;
  /** Bytes per second, `null` when unlimited. */
  readonly limit: number | null;
}

interface Waiter {
  bytes: number;
  go: () => void;
}

/** How much of a second's bytes may pass at once after a pause: enough to be smooth, too little to be noticed. */
const burstSeconds = 0.2;

/**
 * Makes a limit of `bytesPerSecond` (`null`: none until `setLimit`). Bytes may be taken on credit, one taker at a time,
 * so a piece larger than the burst passes too; takers are served in the order they came, which is fair as long as all
 * take pieces of about the same size, as downloads do.
 */
export function createBandwidth(bytesPerSecond: number | null, options: { clock?: Clock | undefined } = {}): Bandwidth {
  const clock = options.clock ?? systemClock;
  let limit = checkLimit(bytesPerSecond);
  let tokens = limit === null ? 0 : limit * burstSeconds;
  let filledAt = clock.monotonicMs();
  let queue: Waiter[] = [];
  let pumping = false;
  let changed = new AbortController();

  function refill(): void {
    const now = clock.monotonicMs();
    if (limit !== null) tokens = Math.min(limit * burstSeconds, tokens + ((now - filledAt) / 1000) * limit);
    filledAt = now;
  }

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    try {
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        refill();
        if (limit === null || tokens > 0) {
          tokens -= limit === null ? 0 : next.bytes;
          queue.shift();
          next.go();
          continue;
        }
        const signal = changed.signal;
        try {
          await clock.sleep(Math.ceil((-tokens / limit) * 1000) + 1, signal);
        } catch (error) {
          // Woken early because the limit or the queue has changed.
          if (!signal.aborted) throw error;
        }
      }
    } finally {
      pumping = false;
    }
  }

  function wakeUp(): void {
    changed.abort();
    changed = new AbortController();
  }

  return {
    get limit() {
      return limit;
    },
    setLimit(next) {
      refill();
      limit = checkLimit(next);
      // A debt made at one speed is not paid at another.
      tokens = limit === null ? 0 : Math.max(0, Math.min(tokens, limit * burstSeconds));
      wakeUp();
    },
    async take(bytes, signal) {
      signal?.throwIfAborted();
      if (limit === null && queue.length === 0) return;
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          queue = queue.filter((one) => one !== waiter);
          wakeUp();
          reject(signal?.reason);
        };
        const waiter: Waiter = {
          bytes,
          go: () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        queue.push(waiter);
        pump().catch(reject);
      });
    },
  };
}

function checkLimit(bytesPerSecond: number | null): number | null {
  if (bytesPerSecond !== null && !(bytesPerSecond > 0 && Number.isFinite(bytesPerSecond))) {
    throw new RangeError(`A bandwidth limit is a positive number of bytes per second or null, not ${bytesPerSecond}.`);
  }
  return bytesPerSecond;
}
