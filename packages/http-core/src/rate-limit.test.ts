import { describe, expect, it } from "vitest";
import { createRateLimit } from "./rate-limit.ts";
import { createFakeClock } from "./testing/fake-clock.ts";

describe("createRateLimit", () => {
  it("lets so many through in any span, in the order they came", async () => {
    const clock = createFakeClock();
    const limit = createRateLimit({ requests: 2, perMs: 1_000, clock });
    const passed: [number, number][] = [];
    const all = Array.from({ length: 6 }, (_none, index) =>
      limit.wait().then(() => void passed.push([index, clock.monotonicMs()])),
    );
    await clock.advance(5_000);
    await Promise.all(all);
    expect(passed).toEqual([
      [0, 0],
      [1, 0],
      [2, 1_000],
      [3, 1_000],
      [4, 2_000],
      [5, 2_000],
    ]);
  });

  it("lets the others pass when one gives up", async () => {
    const clock = createFakeClock();
    const limit = createRateLimit({ requests: 1, perMs: 1_000, clock });
    await limit.wait();
    const gone = new AbortController();
    const first = limit.wait(gone.signal);
    const second = limit.wait();
    await clock.advance(500);
    gone.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    await clock.advance(500);
    await second;
    expect(clock.monotonicMs()).toBe(1_000);
  });

  it("refuses settings that make no sense", () => {
    expect(() => createRateLimit({ requests: 0, perMs: 1 })).toThrow(RangeError);
    expect(() => createRateLimit({ requests: 1, perMs: Number.NaN })).toThrow(RangeError);
  });
});
