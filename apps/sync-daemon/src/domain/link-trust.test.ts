import { expect, it } from "vitest";
import { createLinkTrust } from "./link-trust.ts";

const hourMs = 60 * 60_000;

it("lets rules rest for an hour after three questions in a row without an answer", () => {
  const trust = createLinkTrust();
  trust.unanswered(1_000);
  trust.unanswered(2_000);
  expect(trust.restUntilMs(3_000)).toBeNull();
  trust.unanswered(3_000);
  expect(trust.restUntilMs(3_000)).toBe(3_000 + hourMs);
  expect(trust.restUntilMs(3_000 + hourMs)).toBeNull();
});

it("begins anew with each answer", () => {
  const trust = createLinkTrust();
  for (let count = 0; count < 3; count += 1) trust.unanswered(1_000);
  trust.answered();
  trust.unanswered(2_000);
  expect(trust.restUntilMs(2_000)).toBeNull();
});

it("does not rest by a clock that was set back", () => {
  const trust = createLinkTrust();
  for (let count = 0; count < 3; count += 1) trust.unanswered(9 * hourMs);
  expect(trust.restUntilMs(hourMs)).toBeNull();
});
