import { argumentInvalid } from "./imagine-error.ts";

/** How patiently to look; every look costs a credit (a render's, one per 20 images). */
export interface WaitOptions {
  /** Before the first look. Default 4 minutes: the document says 3 to 5. */
  firstDelayMs?: number | undefined;
  /** Between looks. Default 150 seconds: the document says 2 to 3 minutes. */
  intervalMs?: number | undefined;
  /** From the call. Default 1 hour; nobody promises a time. */
  deadlineMs?: number | undefined;
  /** Credits to keep: a look that would leave fewer ends the wait with `credit-budget-reached`. */
  creditBudget?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The waits with every gap filled; throws `argument-invalid` for what is no time. */
export function completeWait(operation: string, options: WaitOptions) {
  const { firstDelayMs = 4 * 60_000, intervalMs = 150_000, deadlineMs = 60 * 60_000 } = options;
  for (const [name, value] of Object.entries({ firstDelayMs, intervalMs, deadlineMs })) {
    if (!Number.isFinite(value) || value < 0) throw argumentInvalid(operation, name, "be milliseconds, 0 or more");
  }
  // One that could not be looked at before the deadline would never be.
  return { firstDelayMs: Math.min(firstDelayMs, deadlineMs), intervalMs, deadlineMs };
}
