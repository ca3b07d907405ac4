/** Lets so many pieces of work run at once; of those that wait, the latest comes first. */
export interface Turns {
  /** Runs `work` when its turn has come. `work` must not throw. */
  take(work: () => Promise<void>): Promise<void>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async take(work) {
      if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        await work();
      } finally {
        // The turn is handed on, so that nobody who comes now gets between.
        const next = waiting.pop();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
