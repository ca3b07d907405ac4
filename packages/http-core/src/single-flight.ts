/** Runs `work` unless one with the same key is under way; then its outcome is shared. */
export type SingleFlight<T> = (key: string, work: () => Promise<T>) => Promise<T>;

/** Makes a `SingleFlight`; nothing is remembered once the work has ended. */
export function createSingleFlight<T>(): SingleFlight<T> {
  throw new Error("not written yet");
}
