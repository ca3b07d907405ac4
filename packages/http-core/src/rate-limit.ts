import { type Clock, systemClock } from "./clock.ts";

export interface RateLimitSettings {
  /** So many requests … */
  requests: number;
  /** … in any span of this length. */
  perMs: number;
  clock?: Clock | undefined;
}

export interface RateLimit {
  /** Resolves when one more request may be sent; first come, first served. Rejects with the signal's reason. */
  wait(signal?: AbortSignal): Promise<void>;
}

/** Makes a limit that the far side states; where the number comes from is for the caller to say. */
export function createRateLimit(settings: RateLimitSettings): RateLimit {
  const { requests, perMs, clock = systemClock } = settings;
  if (!(Number.isInteger(requests) && requests > 0 && perMs > 0)) {
    throw new RangeError(
      `A rate limit needs a positive number of requests and a positive span, not ${requests} per ${perMs} ms.`,
    );
  }
  /** When the last `requests` requests were let through, oldest first. */
  let passed: number[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  async function pass(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const oldest = passed.length < requests ? undefined : passed[0];
    if (oldest !== undefined) {
      const waitMs = oldest + perMs - clock.monotonicMs();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
    passed = [...passed, clock.monotonicMs()].slice(-requests);
  }

  return {
    wait(signal) {
      const mine = queue.then(() => pass(signal));
      // One that gives up must not take the others with it.
      queue = mine.catch(() => undefined);
      return mine;
    },
  };
}
