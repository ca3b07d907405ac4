import {
  ApiError,
  abortedError,
  completeRetrySettings,
  decideRetry,
  type HttpSettings,
  type Repeat,
  systemClock,
} from "@org/http-core/policy";

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
  const { clock = systemClock, random = Math.random } = http;
  const settings = completeRetrySettings(http.retry);
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
        const decision = decideRetry({ error, attempt: failures, repeat: facts.repeat, settings, random });
        delayMs = decision.retry ? decision.delayMs : undefined;
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

function afterCreateDelayMs(afterCreate: AfterCreate | undefined, refusals: number, elapsedMs: number) {
  if (afterCreate === undefined || afterCreate === false) return undefined;
  const deadlineMs = afterCreate === true ? defaultAfterCreateMs : afterCreate.deadlineMs;
  const delayMs = Math.min(firstAfterCreateMs * 2 ** Math.min(refusals, 10), longestAfterCreateMs);
  return elapsedMs + delayMs <= deadlineMs ? delayMs : undefined;
}
