import { describe, expect, it } from "vitest";
import { judgeRules } from "./judge-rules.ts";

describe("rules that stand in no file yet", () => {
  it("are taken as the configuration takes them", () => {
    expect(judgeRules([{ freebie: true }, { assetType: "model", updates: "auto" }])).toEqual([
      { freebie: true },
      { assetType: "model", updates: "auto" },
    ]);
  });

  it.each([
    [[{ freebie: true }, { updates: "auto" }], /^Rule 2: .*selects something/],
    [[{ catgory: "Wood" }], /^Rule 1: .*did you mean "category"/],
    [[{ productId: 0 }], /^Rule 1: /],
  ])("that the configuration would refuse are refused with its words: %j", (rules, words) => {
    expect(() => judgeRules(rules)).toThrow(words);
  });
});
