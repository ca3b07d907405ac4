import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

describe("parseRetryAfter", () => {
  it.each([
    ["120", 120_000],
    [" 5 ", 5_000],
    ["0", 0],
    ["1000000000", 1_000_000_000_000],
    ["Thu, 01 Jan 2026 12:00:30 GMT", 30_000],
    ["Thursday, 01-Jan-26 12:00:30 GMT", 30_000],
    ["Thu Jan  1 12:00:30 2026 GMT", 30_000],
    ["Thu, 01 Jan 2026 11:59:30 GMT", undefined],
    ["-5", undefined],
    ["5.5", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["12 apples", undefined],
    ["Thu, 99 Foo 2026", undefined],
    ["99999999999999999999", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%s", (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it("never gives anything but a wait, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (value) => {
          const waitMs = parseRetryAfter(value, now);
          expect(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0)).toBe(true);
        },
      ),
    );
  });
});
