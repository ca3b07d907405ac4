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

export const defaultRetrySettings: Readonly<RetrySettings> = {
  maxAttempts: 4,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 120_000,
};
