import { describe, expect, it } from "vitest";
import { parseContentRange, parseUnsatisfiedRange } from "./content-range.ts";

describe("parseContentRange", () => {
  it.each([
    ["bytes 5-9/10", { start: 5, end: 9, total: 10 }],
    ["Bytes 0-0/1", { start: 0, end: 0, total: 1 }],
    ["bytes 5-9/*", { start: 5, end: 9 }],
    ["bytes 9-5/10", undefined],
    ["bytes 5-10/10", undefined],
    ["bytes */10", undefined],
    ["items 5-9/10", undefined],
    ["bytes 5-9", undefined],
    ["bytes -5-9/10", undefined],
    [undefined, undefined],
  ])("%s", (value, expected) => {
    expect(parseContentRange(value)).toEqual(expected);
  });
});

describe("parseUnsatisfiedRange", () => {
  it.each([
    ["bytes */10", 10],
    ["bytes 0-1/10", undefined],
    ["bytes */*", undefined],
    [undefined, undefined],
  ])("%s", (value, expected) => {
    expect(parseUnsatisfiedRange(value)).toBe(expected);
  });
});
