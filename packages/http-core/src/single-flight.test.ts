import { describe, expect, it } from "vitest";
import { createSingleFlight } from "./single-flight.ts";

describe("createSingleFlight", () => {
  it("does the work once for all who ask at the same time, and again later", async () => {
    const share = createSingleFlight<number>();
    let count = 0;
    const work = async () => {
      count += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return count;
    };
    expect(await Promise.all([share("a", work), share("a", work), share("b", work)])).toEqual([2, 2, 2]);
    expect(count).toBe(2);
    expect(await share("a", work)).toBe(3);
  });

  it("shares a failure, also one thrown at once, and forgets it", async () => {
    const share = createSingleFlight<string>();
    const fail = () => {
      throw new Error("no");
    };
    const both = await Promise.allSettled([share("a", fail), share("a", async () => "fine")]);
    expect(both.map((one) => one.status)).toEqual(["rejected", "rejected"]);
    expect(await share("a", async () => "fine")).toBe("fine");
  });
});
