import type { Clock } from "./clock.ts";

export interface PollOptions<T> {
  /** For errors: `Kaedim waitForRequest`. */
  name: string;
  check: (signal: AbortSignal | undefined) => Promise<T>;
  /** True for the states known to be final; every other state, known or not, waits. */
  isFinished: (state: T) => boolean;
  /** Before the first check. Default 0. */
  firstDelayMs?: number | undefined;
  intervalMs: number;
  /** From the call; then an `ApiError` `deadline-passed`. */
  deadlineMs: number;
  onProgress?: ((state: T, elapsedMs: number) => void) | undefined;
  /** Checks in a row that may fail with a retryable `ApiError`. Default 5. */
  maxFailures?: number | undefined;
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
}

/** Asks again and again until the state is final, the deadline passes or the signal ends it. */
export function pollUntil<T>(_options: PollOptions<T>): Promise<T> {
  throw new Error("not written yet");
}
