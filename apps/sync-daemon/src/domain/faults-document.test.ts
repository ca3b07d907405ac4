import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FailureClass, type FailureCode, failureRules } from "./failure.ts";

const whoMends: Readonly<Record<FailureClass, string>> = {
  transient: "by itself",
  person: "a person",
  permanent: "a new version",
};

const rows = readFileSync(new URL("../../../../docs/faults.md", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.slice(2, -2).split(" | "))
  .map(([code = "", fault = "", seen = "", mends = "", advice = ""]) => ({
    code: code.replaceAll("`", ""),
    fault,
    seen,
    mends,
    advice,
  }));

describe("docs/faults.md", () => {
  it("has one row for each failure code, and no other", () => {
    expect(rows.map(({ code }) => code).toSorted()).toEqual(Object.keys(failureRules).toSorted());
  });

  it.each(rows)("says of $code what the program does and advises", ({ code, fault, seen, mends, advice }) => {
    const rule = failureRules[code as FailureCode];
    expect(mends).toBe(whoMends[rule.class]);
    expect(advice).toBe(rule.advice);
    expect(fault).not.toBe("");
    expect(seen).toMatch(/^`.+\.`$/);
  });
});
