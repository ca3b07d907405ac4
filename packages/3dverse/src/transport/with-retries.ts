import { ApiError, defaultRetrySettings, type HttpSettings, type Repeat, systemClock } from "@org/http-core";
import { abortedError } from "./transport-error.ts";

/**
 * Patience after something was created or granted: the vendor's own library repeats 403 and 404, so what is new may
 * not be visible at once. `true` is 15 s; never on unless asked.
 */
export type AfterCreate = boolean | { deadlineMs: number };

/** The waits of the vendor's library end after about 7 s; twice that is the default. */
const defaultAfterCreateMs = 15_000;
const firstAfterCreateMs = 250;
const longestAfterCreateMs = 4_000;

/** The only loop that sends a request again, by the rules of http-core's retry policy. */
export async function withRetries<T>(
  facts: {
    operation: string;
    repeat: Exclude<Repeat, "spends">;
    http: HttpSettings;
    signal: AbortSignal | undefined;
    afterCreate: AfterCreate | undefined;
  },
  attemptOnce: (attempt: number) => Promise<T>,
): Promise<T> {
  const { http, signal } = facts;
  const clock = http.clock ?? systemClock;
  const started = clock.monotonicMs();
  let failures = 0;
  let refusals = 0;
  for (let sent = 1; ; sent += 1) {
    try {
      return await attemptOnce(sent);
    } catch (error) {
      if (!ApiError.isInstance(error)) throw error;
      let delayMs: number | undefined;
      if (error.kind === "refusal" && (error.status === 403 || error.status === 404)) {
        delayMs = afterCreateDelayMs(facts.afterCreate, refusals, clock.monotonicMs() - started);
        refusals += 1;
      } else {
        failures += 1;
        delayMs = retryDelayMs({ error, attempt: failures, repeat: facts.repeat, http });
      }
      if (delayMs === undefined) throw error;
      http.logger?.warn(
        { operation: facts.operation, code: error.code, status: error.status, attempt: sent, delayMs },
        `${facts.operation} failed (${error.code}); next attempt in ${delayMs} ms`,
      );
      try {
        await clock.sleep(delayMs, signal);
      } catch (interruption) {
        throw abortedError(error.request, { reason: interruption });
      }
    }
  }
}

function retryDelayMs(facts: {
  error: ApiError;
  attempt: number;
  repeat: Exclude<Repeat, "spends">;
  http: HttpSettings;
}): number | undefined {
  const { error, attempt, repeat, http } = facts;
  const given = http.retry ?? {};
  const {
    maxAttempts = defaultRetrySettings.maxAttempts,
    baseDelayMs = defaultRetrySettings.baseDelayMs,
    maxDelayMs = defaultRetrySettings.maxDelayMs,
    maxRetryAfterMs = defaultRetrySettings.maxRetryAfterMs,
  } = given;
  if (error.kind === "aborted" || !error.retryable) return undefined;
  // The far side may have done it already; a second one would make two of them.
  if (repeat === "once" && !error.neverSent) return undefined;
  if (attempt >= maxAttempts) return undefined;
  const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 30));
  const own = Math.round((http.random ?? Math.random)() * ceiling);
  return Math.max(own, Math.min(error.retryAfterMs ?? 0, maxRetryAfterMs));
}

function afterCreateDelayMs(afterCreate: AfterCreate | undefined, refusals: number, elapsedMs: number) {
  if (afterCreate === undefined || afterCreate === false) return undefined;
  const deadlineMs = afterCreate === true ? defaultAfterCreateMs : afterCreate.deadlineMs;
  const delayMs = Math.min(firstAfterCreateMs * 2 ** Math.min(refusals, 10), longestAfterCreateMs);
  return elapsedMs + delayMs <= deadlineMs ? delayMs : undefined;
}
