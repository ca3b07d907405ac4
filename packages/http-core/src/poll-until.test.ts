import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { pollUntil } from "./poll-until.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { createFakeClock } from "./testing/fake-clock.ts";

const hiccup = (retryAfterMs?: number) =>
  new ApiError({ kind: "transport", code: "connection-reset", message: "x", retryable: true, retryAfterMs });

function scripted(states: (string | Error)[]) {
  const clock = createFakeClock();
  const askedAt: number[] = [];
  const check = async () => {
    askedAt.push(clock.monotonicMs());
    const state = states[Math.min(askedAt.length - 1, states.length - 1)];
    if (state instanceof Error) throw state;
    return state ?? "";
  };
  const isFinished = (state: string) => state === "done" || state === "failed";
  return {
    clock,
    askedAt,
    base: { name: "Kaedim wait", check, isFinished, intervalMs: 1_000, deadlineMs: 60_000, clock },
  };
}

describe("pollUntil", () => {
  it("asks after the first delay, then at each interval; unknown states wait", async () => {
    const { clock, askedAt, base } = scripted(["queued", "polishing (new)", "done"]);
    const seen: string[] = [];
    const outcome = pollUntil({ ...base, firstDelayMs: 300, onProgress: (state) => void seen.push(state) });
    await clock.advance(10_000);
    expect(await outcome).toBe("done");
    expect(askedAt).toEqual([300, 1_300, 2_300]);
    expect(seen).toEqual(["queued", "polishing (new)", "done"]);
  });

  it("ends at the deadline", async () => {
    const { clock, askedAt, base } = scripted(["running"]);
    const outcome = failureOf(pollUntil({ ...base, deadlineMs: 5_500 }));
    await clock.advance(100_000);
    expect(await outcome).toMatchObject({ kind: "aborted", code: "deadline-passed", retryable: true });
    expect(askedAt.length).toBe(6);
    expect(clock.sleepers).toBe(0);
  });

  it("takes passing failures for 'not yet', and waits as long as they ask", async () => {
    const { clock, askedAt, base } = scripted([hiccup(4_000), hiccup(), "done"]);
    const outcome = pollUntil(base);
    await clock.advance(10_000);
    expect(await outcome).toBe("done");
    expect(askedAt).toEqual([0, 4_000, 5_000]);
  });

  it("gives up after too many of them, and at once for others", async () => {
    const many = scripted([hiccup()]);
    const outcome = failureOf(pollUntil({ ...many.base, maxFailures: 2 }));
    await many.clock.advance(60_000);
    expect(await outcome).toMatchObject({ code: "connection-reset" });
    expect(many.askedAt.length).toBe(3);
    const broken = scripted([new Error("bug")]);
    await expect(pollUntil(broken.base)).rejects.toThrow("bug");
  });

  it("ends when aborted", async () => {
    const controller = new AbortController();
    const { clock, base } = scripted(["running"]);
    const outcome = failureOf(pollUntil({ ...base, signal: controller.signal }));
    await clock.advance(1_500);
    controller.abort();
    expect(await outcome).toMatchObject({ kind: "aborted", code: "aborted" });
    expect(clock.sleepers).toBe(0);
  });
});
