import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countQuota, decideSpend, type SpendState } from "./quota.ts";

const of = (...states: SpendState[]) => states.map((state) => ({ state }));
const quota = (...states: SpendState[]) =>
  countQuota({ productId: 1, spends: of(...states), limit: 4, refusedByShop: false });

describe("countQuota", () => {
  it("counts what is in doubt and what is reserved as spent", () => {
    expect(quota("confirmed", "reserved", "in-doubt", "released")).toMatchObject({ spent: 1, inDoubt: 2, left: 1 });
  });

  it("believes the shop's own refusal more than its own count", () => {
    expect(countQuota({ productId: 1, spends: [], limit: 4, refusedByShop: true }).left).toBe(0);
  });

  it("never leaves less than nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("reserved", "confirmed", "released", "in-doubt")), (states) => {
        const { left, spent, inDoubt } = quota(...states);
        expect(left).toBe(Math.max(0, 4 - spent - inDoubt));
      }),
    );
  });
});

describe("decideSpend", () => {
  const ask = (changes: Partial<Parameters<typeof decideSpend>[0]>) => {
    const decision = decideSpend({
      quota: quota(),
      title: "Oak",
      requester: "rule",
      spendLast: false,
      keepInReserve: 1,
      revisionSpends: [],
      ...changes,
    });
    return decision.allowed ? "allowed" : decision.code;
  };

  it.each([
    ["a first one, for a rule", {}, "allowed"],
    ["nothing left", { quota: quota("confirmed", "confirmed", "confirmed", "in-doubt") }, "quota-exhausted"],
    ["only the reserve left", { quota: quota("confirmed", "confirmed", "confirmed") }, "quota-last"],
    [
      "the reserve, for a person who did not say so",
      { quota: quota("confirmed", "confirmed", "confirmed"), requester: "person" },
      "quota-last",
    ],
    [
      "the reserve, for a person who said so",
      { quota: quota("confirmed", "confirmed", "confirmed"), requester: "person", spendLast: true },
      "allowed",
    ],
    [
      "the reserve, for a rule that cannot say so",
      { quota: quota("confirmed", "confirmed", "confirmed"), spendLast: true },
      "quota-last",
    ],
    ["no reserve kept", { quota: quota("confirmed", "confirmed", "confirmed"), keepInReserve: 0 }, "allowed"],
    ["a second one on the same content, for a rule", { revisionSpends: of("confirmed") }, "spend-needs-person"],
    [
      "a second one on the same content, for a person",
      { revisionSpends: of("confirmed"), requester: "person" },
      "allowed",
    ],
    ["after one refused by the shop", { revisionSpends: of("released") }, "allowed"],
    ["after a crash between request and answer", { revisionSpends: of("in-doubt") }, "allowed"],
    ["after two such crashes", { revisionSpends: of("in-doubt", "in-doubt") }, "spend-in-doubt"],
    ["after a crash and a spend", { revisionSpends: of("in-doubt", "confirmed") }, "spend-needs-person"],
  ] as const)("%s", (_what, changes, expected) => {
    expect(ask(changes)).toBe(expected);
  });
});
