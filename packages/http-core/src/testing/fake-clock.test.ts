import { describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import { createFakeClock } from "./fake-clock.ts";

describe("createFakeClock", () => {
  it("wakes sleepers in order, also those who go to sleep again on the way", async () => {
    const clock = createFakeClock(1_000);
    const woken: string[] = [];
    const sleepTwice = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now()}`);
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now()}`);
    };
    const all = [sleepTwice("b", 30), sleepTwice("a", 20)];
    await clock.advance(100);
    await Promise.all(all);
    expect(woken).toEqual(["a 1020", "b 1030", "a 1040", "b 1060"]);
    expect(clock.now()).toBe(1_100);
  });
});

describe("every clock", () => {
  it.each([
    ["the system's", systemClock],
    ["a fake one", createFakeClock()],
  ])("lets go of a sleeper who is aborted: %s", async (_name, clock) => {
    const controller = new AbortController();
    const sleeping = clock.sleep(1e10, controller.signal);
    controller.abort(new Error("up"));
    await expect(sleeping).rejects.toThrow("up");
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow("up");
  });
});
