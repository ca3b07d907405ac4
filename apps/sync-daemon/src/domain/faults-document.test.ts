import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FailureClass, type FailureCode, failureRules } from "./failure.ts";

const whoMends: Readonly<Record<FailureClass, string>> = {
  transient: "by itself",
  person: "a person",
  permanent: "a new version",
};

const readDocument = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8");

const rows = readDocument("faults.md")
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

describe("docs/recovery.md", () => {
  // Words of the same shape that are no failure codes: a state of a spend.
  const others = ["in-doubt"];
  const named = [...readDocument("recovery.md").matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, code = ""]) => code);

  it("names failure codes, and only such as there are", () => {
    expect(named.length).toBeGreaterThan(5);
    const unknown = named.filter((code) => !Object.hasOwn(failureRules, code) && !others.includes(code));
    expect(unknown).toEqual([]);
  });
});
