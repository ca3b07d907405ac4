import { abortedError } from "./aborted-error.ts";
import { ApiError } from "./api-error.ts";
import { type Clock, systemClock } from "./clock.ts";

export interface PollOptions<T> {
  /** For errors: `Kaedim waitForRequest`. */
  name: string;
  /** Asks once; gets the signal that ends at abort. */
  check: (signal: AbortSignal | undefined) => Promise<T>;
  /** True for the states known to be final; every other state, known or not, waits. */
  isFinished: (state: T) => boolean;
  /** Before the first check. Default 0. */
  firstDelayMs?: number | undefined;
  intervalMs: number;
  /** How long to go on, from the call; then an `ApiError` `deadline-passed`. */
  deadlineMs: number;
  onProgress?: ((state: T, elapsedMs: number) => void) | undefined;
  /** Checks in a row that may fail with a retryable `ApiError` and count as "not yet". Default 5. */
  maxFailures?: number | undefined;
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
}

/** Asks again and again until the state is final, the deadline passes or the signal ends it. Throws `ApiError`. */
export async function pollUntil<T>(options: PollOptions<T>): Promise<T> {
  const { name, check, isFinished, intervalMs, deadlineMs, signal, clock = systemClock, maxFailures = 5 } = options;
  const request = { operation: name, method: "", url: "" };
  const started = clock.monotonicMs();
  const elapsed = () => clock.monotonicMs() - started;

  async function pause(ms: number): Promise<void> {
    try {
      signal?.throwIfAborted();
      if (ms > 0) await clock.sleep(ms, signal);
    } catch (interruption) {
      throw abortedError(request, { reason: interruption });
    }
  }

  let failures = 0;
  await pause(options.firstDelayMs ?? 0);
  for (;;) {
    let askedToWaitMs = 0;
    try {
      const state = await check(signal);
      failures = 0;
      options.onProgress?.(state, elapsed());
      if (isFinished(state)) return state;
    } catch (error) {
      failures += 1;
      if (!ApiError.isInstance(error) || !error.retryable || failures > maxFailures) throw error;
      askedToWaitMs = error.retryAfterMs ?? 0;
    }
    const waitMs = Math.max(intervalMs, askedToWaitMs);
    if (elapsed() + waitMs > deadlineMs) {
      throw new ApiError({
        kind: "aborted",
        code: "deadline-passed",
        message: `${name} was not finished within ${Math.round(deadlineMs / 1000)} s. It may finish yet: ask again later.`,
        retryable: true,
        request,
      });
    }
    await pause(waitMs);
  }
}
