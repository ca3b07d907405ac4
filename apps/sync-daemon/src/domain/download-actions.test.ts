import { describe, expect, it } from "vitest";
import { makeDownload, makeProduct } from "./__fixtures__/shop.ts";
import type { Download } from "./download.ts";
import { decideActions } from "./download-actions.ts";

const failure = { code: "link-expired", message: "It ended.", attempt: 1, atMs: 0, retryAtMs: null } as const;

function actionsOf(row: Partial<Download>, changes: Partial<Parameters<typeof decideActions>[0]> = {}): string {
  const actions = decideActions({
    row: makeDownload(makeProduct(), row),
    underWay: null,
    cost: 0,
    isAskable: true,
    left: 3,
    keepInReserve: 1,
    ...changes,
  });
  return actions.map(({ action, cost }) => `${action} ${cost}`).join(", ");
}

describe("what can be done about a download", () => {
  it.each(["waiting", "linking", "downloading"] as const)(
    "while it is %s: hold or cancel it, for nothing",
    (underWay) => {
      expect(actionsOf({ state: "linked" }, { underWay })).toBe("hold 0, cancel 0");
    },
  );

  it("while it is installed, and once it is: nothing", () => {
    expect(actionsOf({ state: "fetched" }, { underWay: "installing" })).toBe("");
    expect(actionsOf({ state: "committed" })).toBe("");
  });

  it("that is held: go on, at the price of what is missing, or cancel it", () => {
    expect(actionsOf({ state: "linked", heldAtMs: 1 })).toBe("resume 0, cancel 0");
    expect(actionsOf({ state: "planned", heldAtMs: 1 }, { cost: 1 })).toBe("resume 1, cancel 0");
    expect(actionsOf({ state: "planned", heldAtMs: 1 }, { cost: 1, left: 1 })).toBe("get-last 1, cancel 0");
    expect(actionsOf({ state: "planned", heldAtMs: 1 }, { cost: 1, left: 0 })).toBe("cancel 0");
  });

  it("that is held and was withdrawn: what is paid for can still be had", () => {
    expect(actionsOf({ state: "linked", heldAtMs: 1 }, { isAskable: false })).toBe("resume 0, cancel 0");
  });

  it("that failed: ask for it again, the last one by its own name, and nothing where none is left", () => {
    expect(actionsOf({ state: "linked", failure }, { cost: 1 })).toBe("get 1, cancel 0");
    expect(actionsOf({ state: "linked", failure }, { cost: 1, left: 1 })).toBe("get-last 1, cancel 0");
    expect(actionsOf({ state: "linked", failure }, { cost: 1, left: 0 })).toBe("cancel 0");
    expect(actionsOf({ state: "linked", failure }, { left: 0 })).toBe("get 0, cancel 0");
  });

  it("that failed and is tried again by itself: also to let it wait", () => {
    expect(actionsOf({ state: "linked", failure: { ...failure, retryAtMs: 5 } })).toBe("get 0, hold 0, cancel 0");
  });

  it("that was cancelled: have it after all, unless the shop withdrew it or it was superseded", () => {
    expect(actionsOf({ state: "abandoned", cancelledAtMs: 1 })).toBe("get 0");
    expect(actionsOf({ state: "abandoned", cancelledAtMs: 1 }, { isAskable: false })).toBe("");
    expect(actionsOf({ state: "abandoned" })).toBe("");
  });
});
