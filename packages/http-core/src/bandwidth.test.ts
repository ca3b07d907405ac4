import { describe, expect, it } from "vitest";
import { createBandwidth } from "./bandwidth.ts";
import { createFakeClock } from "./testing/fake-clock.ts";

describe("createBandwidth", () => {
  it("lets through as many bytes as the limit says, whoever takes them", async () => {
    const clock = createFakeClock();
    const bandwidth = createBandwidth(1_000_000, { clock });
    const taken = [0, 0, 0];
    const stop = new AbortController();
    const takers = taken.map(async (_none, index) => {
      for (;;) {
        await bandwidth.take(64_000, stop.signal);
        taken[index] = (taken[index] ?? 0) + 64_000;
      }
    });
    for (let step = 0; step < 100; step += 1) await clock.advance(100);
    const total = taken.reduce((sum, one) => sum + one, 0);
    // Ten seconds, the burst at the start, and one piece for each taker on credit.
    expect(total).toBeGreaterThan(9_800_000);
    expect(total).toBeLessThan(10_000_000 + 200_000 + 3 * 64_000);
    for (const one of taken) expect(Math.abs(one - total / 3)).toBeLessThanOrEqual(64_000);
    stop.abort(new Error("stop"));
    await Promise.allSettled(takers);
    expect(clock.sleepers).toBe(0);
  });

  it("lets a piece larger than the burst through", async () => {
    const clock = createFakeClock();
    const bandwidth = createBandwidth(1_000, { clock });
    await bandwidth.take(50_000);
    let passed = false;
    const second = bandwidth.take(1).then(() => {
      passed = true;
    });
    await clock.advance(49_000);
    expect(passed).toBe(false);
    await clock.advance(1_500);
    await second;
  });

  it("obeys a new limit at once, also for those who wait", async () => {
    const clock = createFakeClock();
    const bandwidth = createBandwidth(1_000, { clock });
    await bandwidth.take(1_000_000);
    const waiting = bandwidth.take(1);
    bandwidth.setLimit(null);
    await waiting;
    expect(bandwidth.limit).toBeNull();
    await bandwidth.take(1e9);
    bandwidth.setLimit(5);
    expect(bandwidth.limit).toBe(5);
    expect(() => bandwidth.setLimit(0)).toThrow(RangeError);
    expect(() => createBandwidth(Number.NaN)).toThrow(RangeError);
  });

  it("lets go of one who gives up, and serves the others", async () => {
    const clock = createFakeClock();
    const bandwidth = createBandwidth(1_000, { clock });
    await bandwidth.take(2_000);
    const gone = new AbortController();
    const first = bandwidth.take(1e9, gone.signal);
    const second = bandwidth.take(1);
    gone.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    await clock.advance(3_000);
    await second;
    expect(clock.sleepers).toBe(0);
    await expect(bandwidth.take(1, gone.signal)).rejects.toThrow("gone");
  });
});
