/** Runs `work` unless one with the same key is under way; then its outcome is shared. */
export type SingleFlight<T> = (key: string, work: () => Promise<T>) => Promise<T>;

/**
 * Makes a `SingleFlight`: ten callers that need a new token cause one login. A failure is shared like a result, and
 * nothing is remembered once the work has ended.
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, work) => {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const started = (async () => work())().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}
