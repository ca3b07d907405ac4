import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeToken } from "./__fixtures__/nock-shop.ts";
import { decideReplaceAtMs, readTokenLife } from "./json-web-token.ts";

const unknown = { issuedAtMs: null, expiresAtMs: null };

describe("readTokenLife", () => {
  it("reads iat and exp", () => {
    expect(readTokenLife(makeToken({ iat: 1_000, exp: 2_000 }))).toEqual({
      issuedAtMs: 1_000_000,
      expiresAtMs: 2_000_000,
    });
  });

  it.each([
    "",
    "abc",
    "a.b.c",
    "a..c",
    `a.${Buffer.from("null").toString("base64url")}.c`,
    `a.${Buffer.from('{"exp":"soon"}').toString("base64url")}.c`,
  ])("%j says nothing", (token) => {
    expect(readTokenLife(token)).toEqual(unknown);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void readTokenLife(text)));
  });
});

describe("decideReplaceAtMs", () => {
  const minute = 60_000;
  const week = 7 * 24 * 60 * minute;
  it.each([
    [
      "a fresh one: its length of life counts",
      { issuedAtMs: 0, expiresAtMs: week },
      5 * week,
      true,
      6 * week - 5 * minute,
    ],
    ["a short one: a tenth early", { issuedAtMs: 0, expiresAtMs: 10 * minute }, 0, true, 9 * minute],
    ["a kept one: the shop's date counts", { issuedAtMs: 0, expiresAtMs: week }, 5 * week, false, week - 5 * minute],
    ["without iat", { issuedAtMs: null, expiresAtMs: week }, 0, true, week - 5 * minute],
    ["without iat, expired on arrival", { issuedAtMs: null, expiresAtMs: week }, 2 * week, true, null],
    ["without exp", { issuedAtMs: 0, expiresAtMs: null }, 0, true, null],
    ["exp before iat, kept", { issuedAtMs: week, expiresAtMs: minute * 6 }, 0, false, minute],
  ])("%s", (_what, life, now, justIssued, replaceAtMs) => {
    expect(decideReplaceAtMs(life, { now, justIssued })).toBe(replaceAtMs);
  });
});
