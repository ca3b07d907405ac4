import { describe, expect, it } from "vitest";
import { estimateRemainingMs } from "./remaining-time.ts";

describe("the time that is left", () => {
  it("is what is missing at the present rate, of all transfers together", () => {
    const one = { bytes: 500, totalBytes: 1_500, bytesPerSecond: 100 };
    expect(estimateRemainingMs([one])).toBe(10_000);
    expect(estimateRemainingMs([one, { bytes: null, totalBytes: 2_000, bytesPerSecond: 200 }])).toBe(10_000);
  });

  it("is not known where nothing comes or a length was not said", () => {
    expect(estimateRemainingMs([])).toBeNull();
    expect(estimateRemainingMs([{ bytes: 1, totalBytes: 2, bytesPerSecond: 0 }])).toBeNull();
    expect(estimateRemainingMs([{ bytes: 1, totalBytes: null, bytesPerSecond: 5 }])).toBeNull();
  });
});
