import { Failure } from "../domain/failure.ts";

/** So many may work at once, whoever they are; the others wait in the order they came. */
export interface Slots {
  /** Resolves with what gives the slot back. Rejects with `stopped` when `signal` aborts first. */
  take(signal: AbortSignal): Promise<() => void>;
  /** As `take` where one is free right now; `null` otherwise. */
  tryTake(): (() => void) | null;
}

export function createSlots(size: number): Slots {
  let free = size;
  const waiting: (() => void)[] = [];

  const giveBackOnce = (): (() => void) => {
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    };
  };

  return {
    async take(signal) {
      const stopped = (): Failure => new Failure("stopped", "The work on the archive was stopped before it began.");
      if (signal.aborted) throw stopped();
      if (free > 0) {
        free -= 1;
        return giveBackOnce();
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(resolve), 1);
        reject(stopped());
      };
      waiting.push(resolve);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        await promise;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
      return giveBackOnce();
    },
    tryTake() {
      if (free === 0) return null;
      free -= 1;
      return giveBackOnce();
    },
  };
}
