import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

test.each([
  ["afterByte", "afterBytes"],
  ["STRICT", "not-strict"],
  ["prot", "port"],
  ["completely-else", undefined],
  ["", undefined],
])("%j means %j", (given, meant) => {
  expect(nearestName(given, ["afterBytes", "not-strict", "port"])).toBe(meant);
});
