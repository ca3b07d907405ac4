/** Where work passes that must not run beside some other work. */
export interface Gate {
  /** Runs `work`, after whoever holds the gate lets go. What waits is let go at once when the signal aborts. */
  pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Lets nothing more through; resolves when what passed before has ended. Call what it returns to open the gate again. */
  hold(signal: AbortSignal): Promise<() => void>;
}

export function createGate(): Gate {
  let holder: PromiseWithResolvers<void> | null = null;
  let passing = 0;
  let whenEmpty: (() => void)[] = [];

  async function waitUntilOpen(signal: AbortSignal | undefined): Promise<void> {
    while (holder !== null) {
      if (signal === undefined) await holder.promise;
      else await abortable(holder.promise, signal);
    }
  }

  return {
    async pass(work, signal) {
      // No turn in between where nobody holds it: who comes first is first.
      if (holder !== null) await waitUntilOpen(signal);
      passing += 1;
      try {
        return await work();
      } finally {
        passing -= 1;
        if (passing === 0) for (const tell of whenEmpty.splice(0)) tell();
      }
    },
    async hold(signal) {
      if (holder !== null) await waitUntilOpen(signal);
      const held = Promise.withResolvers<void>();
      holder = held;
      const open = () => {
        if (holder === held) holder = null;
        held.resolve();
      };
      try {
        if (passing > 0) await abortable(new Promise<void>((resolve) => (whenEmpty = [...whenEmpty, resolve])), signal);
        return open;
      } catch (error) {
        open();
        throw error;
      }
    },
  };
}

async function abortable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stop = Promise.withResolvers<never>();
  const letGo = () => stop.reject(signal.reason);
  signal.addEventListener("abort", letGo, { once: true });
  try {
    await Promise.race([promise, stop.promise]);
  } finally {
    signal.removeEventListener("abort", letGo);
  }
}
