import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRetry, defaultRetrySettings, isRetryableStatus } from "./retry-policy.ts";

const failed = { kind: "transport", retryable: true, neverSent: false } as const;
const decide = (more: Partial<Parameters<typeof decideRetry>[0]> = {}) =>
  decideRetry({
    repeat: "repeatable",
    attempt: 1,
    error: failed,
    settings: defaultRetrySettings,
    random: () => 0.5,
    ...more,
  });

describe("decideRetry", () => {
  it("repeats what may be repeated, after a growing random wait", () => {
    expect(decide()).toEqual({ retry: true, delayMs: 500 });
    expect(decide({ attempt: 3 })).toEqual({ retry: true, delayMs: 2_000 });
    expect(decide({ attempt: 3, random: () => 0 })).toEqual({ retry: true, delayMs: 0 });
  });

  it("stops when the attempts are used up, or repeating would not help", () => {
    expect(decide({ attempt: 4 }).retry).toBe(false);
    expect(decide({ error: { ...failed, retryable: false } }).retry).toBe(false);
    expect(decide({ error: { ...failed, kind: "aborted" } }).retry).toBe(false);
  });

  it("repeats a creation only when it never left", () => {
    expect(decide({ repeat: "once" }).retry).toBe(false);
    expect(decide({ repeat: "once", error: { ...failed, neverSent: true } }).retry).toBe(true);
  });

  it("never repeats what spends, whatever happened", () => {
    const error = fc.record({
      kind: fc.constantFrom("transport", "refusal", "unreadable"),
      retryable: fc.boolean(),
      neverSent: fc.boolean(),
      retryAfterMs: fc.nat(),
    });
    fc.assert(
      fc.property(error, fc.integer({ min: 1, max: 10 }), (facts, attempt) => {
        expect(decide({ repeat: "spends", attempt, error: facts as typeof failed }).retry).toBe(false);
      }),
    );
  });

  it("waits as long as it is asked to, up to a limit", () => {
    expect(decide({ error: { ...failed, retryAfterMs: 7_000 } })).toEqual({ retry: true, delayMs: 7_000 });
    expect(decide({ error: { ...failed, retryAfterMs: 1e12 } })).toEqual({
      retry: true,
      delayMs: defaultRetrySettings.maxRetryAfterMs,
    });
  });

  it("never waits longer than its limits, through a storm of any length", () => {
    const settings = { maxAttempts: 2_000, baseDelayMs: 1_000, maxDelayMs: 900_000, maxRetryAfterMs: 86_400_000 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_999 }),
        fc.option(fc.nat({ max: 1e9 }), { nil: undefined }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, retryAfterMs, chance) => {
          const decision = decide({
            attempt,
            settings,
            random: () => chance,
            error: retryAfterMs === undefined ? failed : { ...failed, retryAfterMs },
          });
          if (!decision.retry) throw new Error("should retry");
          expect(decision.delayMs).toBeLessThanOrEqual(retryAfterMs === undefined ? 900_000 : 86_400_000);
          expect(decision.delayMs).toBeGreaterThanOrEqual(Math.min(retryAfterMs ?? 0, 86_400_000));
        },
      ),
    );
  });
});

describe("isRetryableStatus", () => {
  it("is true for 'later' and false for 'no'", () => {
    for (const status of [408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529])
      expect(isRetryableStatus(status), String(status)).toBe(true);
    for (const status of [200, 304, 400, 401, 403, 404, 409, 410, 422, 501, 505, 511, 525])
      expect(isRetryableStatus(status), String(status)).toBe(false);
  });
});
