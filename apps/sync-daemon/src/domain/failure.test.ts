import { describe, expect, it } from "vitest";
import { decideAfterFailure, Failure, failureRules, toFailure } from "./failure.ts";

describe("decideAfterFailure", () => {
  it.each([
    ["download-interrupted", 1, undefined, { action: "retry", afterMs: 60_000 }],
    ["download-interrupted", 3, undefined, { action: "retry", afterMs: 240_000 }],
    ["download-interrupted", 50, undefined, { action: "retry", afterMs: 6 * 3_600_000 }],
    ["rate-limited", 1, 7_200_000, { action: "retry", afterMs: 7_200_000 }],
    ["rate-limited", 1, 1e12, { action: "retry", afterMs: 24 * 3_600_000 }],
    ["disk-full", 1, undefined, { action: "retry", afterMs: 60_000 }],
    ["disk-full", 50, undefined, { action: "retry", afterMs: 60_000 }],
    ["library-missing", 9, undefined, { action: "retry", afterMs: 60_000 }],
    ["link-expired", 1, undefined, { action: "wait-for-person" }],
    ["archive-unsafe-path", 1, undefined, { action: "wait-for-new-revision" }],
  ] as const)("%s, attempt %i", (code, attempt, retryAfterMs, expected) => {
    expect(decideAfterFailure({ code, attempt, retryAfterMs })).toEqual(expected);
  });
});

describe("toFailure", () => {
  it("knows what Node's rmSync throws when the disk fails, although it has no code", () => {
    const thrown = Object.assign(new Error(", Unknown error: Input/output error '/a'"), {
      code: "",
      errno: -4094,
      syscall: "rm",
      path: "/a",
    });
    expect(toFailure(thrown)).toMatchObject({ code: "disk-failed", path: "/a" });
  });

  it.each([
    ["ENOSPC", "disk-full"],
    ["EDQUOT", "disk-full"],
    ["EROFS", "access-denied"],
    ["EACCES", "access-denied"],
    ["EIO", "disk-failed"],
    ["EWHATEVER", "unexpected"],
  ])("%s is %s", (code, expected) => {
    expect(toFailure(Object.assign(new Error("write"), { code, path: "/x" }))).toMatchObject({
      code: expected,
      path: "/x",
    });
  });

  it("leaves a failure as it is and names an abort", () => {
    const failure = new Failure("disk-full", "full");
    expect(toFailure(failure)).toBe(failure);
    expect(toFailure(AbortSignal.abort().reason).code).toBe("stopped");
  });
});

it("every failure tells a person what happens next, in a sentence", () => {
  for (const { advice } of Object.values(failureRules)) expect(advice).toMatch(/^[A-Z].*[.!]$/);
});
