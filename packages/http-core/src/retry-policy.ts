import type { ApiError } from "./api-error.ts";
import type { Repeat } from "./http-settings.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** How patiently a repeatable operation is tried again. */
export interface RetrySettings {
  /** Requests in all, the first included. */
  maxAttempts: number;
  /** The first wait is a random time up to this; it doubles each time. */
  baseDelayMs: number;
  /** No wait of our own choosing is longer. */
  maxDelayMs: number;
  /** A longer `Retry-After` is cut to this. */
  maxRetryAfterMs: number;
}

/** A person waits for most of these calls, so the four attempts are over within a minute; the daemon asks for more. */
export const defaultRetrySettings: Readonly<RetrySettings> = {
  maxAttempts: 4,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 120_000,
};

/** The retry settings with every gap filled. */
export function completeRetrySettings(settings: Partial<RetrySettings> | undefined): RetrySettings {
  return { ...defaultRetrySettings, ...withoutUndefined(settings ?? {}) };
}

export type RetryDecision = { retry: true; delayMs: number } | { retry: false; reason: string };

/** Whether a status says "later" rather than "no". */
export function isRetryableStatus(status: number): boolean {
  switch (status) {
    case 408: // the server gave up waiting for the request
    case 425: // too early: the server does not want to risk a replay yet
    case 429: // too many requests
    case 500: // a fault of the moment as often as not
    case 502: // a gateway without its server
    case 503: // down or overloaded, and says so
    case 504: // a gateway that waited in vain
    case 529: // overloaded, used by some hosts
      return true;
    default:
      // Cloudflare's own words for 502 and 504; iMeshh's archives lie behind it.
      return status >= 520 && status <= 524;
  }
}

/** Whether and when to send again. `attempt` counts from 1: the one that has just failed. */
export function decideRetry(facts: {
  repeat: Repeat;
  attempt: number;
  error: Pick<ApiError, "retryable" | "neverSent" | "kind" | "retryAfterMs">;
  settings: RetrySettings;
  random: () => number;
}): RetryDecision {
  const { repeat, attempt, error, settings, random } = facts;
  // It may have cost the user something, and only the user's ledger may decide to pay again.
  if (repeat === "spends") return { retry: false, reason: "a request that spends is never repeated" };
  // Whoever aborted does not want another one.
  if (error.kind === "aborted") return { retry: false, reason: "aborted" };
  // The cause said that the same request would fail the same way.
  if (!error.retryable) return { retry: false, reason: "repeating would not help" };
  // The far side may have done it already; a second one would make two of them.
  if (repeat === "once" && !error.neverSent) return { retry: false, reason: "the request may have arrived" };
  // Enough: whoever called knows better what to do next.
  if (attempt >= settings.maxAttempts) return { retry: false, reason: "no attempts left" };
  const own = backoffDelayMs(attempt, settings, random);
  // The far side knows when it will be ready; but not for longer than we are willing to wait.
  const asked = Math.min(error.retryAfterMs ?? 0, settings.maxRetryAfterMs);
  return { retry: true, delayMs: Math.max(own, asked) };
}

/**
 * Full jitter: anything between nothing and the doubled delay, so that clients that failed together do not come back
 * together (AWS Architecture Blog, "Exponential Backoff and Jitter").
 */
function backoffDelayMs(attempt: number, settings: RetrySettings, random: () => number): number {
  const ceiling = Math.min(settings.maxDelayMs, settings.baseDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random() * ceiling);
}
