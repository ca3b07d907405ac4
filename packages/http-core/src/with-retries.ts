import { abortedError } from "./aborted-error.ts";
import { ApiError } from "./api-error.ts";
import { systemClock } from "./clock.ts";
import type { HttpSettings, Repeat } from "./http-settings.ts";
import { completeRetrySettings, decideRetry } from "./retry-policy.ts";

/** The only loop that sends a request again; what it may do is decided by `decideRetry`. */
export async function withRetries<T>(
  facts: {
    repeat: Repeat;
    http: HttpSettings | undefined;
    signal: AbortSignal | undefined;
    operation: string;
    /** Asked after each failure: whether something was gained that a further attempt can build on. Then patience begins anew. */
    hasProgressed?: () => boolean;
  },
  attemptOnce: (attempt: number) => Promise<T>,
): Promise<T> {
  const { http, signal } = facts;
  const settings = completeRetrySettings(http?.retry);
  for (let attempt = 1, sent = 1; ; attempt += 1, sent += 1) {
    try {
      return await attemptOnce(sent);
    } catch (error) {
      if (!ApiError.isInstance(error)) throw error;
      if (facts.hasProgressed?.()) attempt = 1;
      const decision = decideRetry({
        repeat: facts.repeat,
        attempt,
        error,
        settings,
        random: http?.random ?? Math.random,
      });
      if (!decision.retry) throw error;
      http?.logger?.warn(
        { operation: facts.operation, code: error.code, status: error.status, attempt, delayMs: decision.delayMs },
        `${facts.operation} failed (${error.code}); next attempt in ${decision.delayMs} ms`,
      );
      try {
        await (http?.clock ?? systemClock).sleep(decision.delayMs, signal);
      } catch (interruption) {
        throw abortedError(error.request, { reason: interruption });
      }
    }
  }
}
