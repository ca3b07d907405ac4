import { expect, it } from "vitest";
import { tellQuietHours, waitsForQuietHours } from "./quiet-hours.ts";

const quiet = { quietHours: () => ({ untilMs: new Date(2026, 10, 30, 18, 0).getTime() }) };
const loud = { quietHours: () => null };

it("only what a rule asks for and what is not paid for waits", () => {
  expect(waitsForQuietHours(quiet, { requester: "rule", cost: 1 })).toBe(true);
  expect(waitsForQuietHours(quiet, { requester: "rule", cost: 0 })).toBe(false);
  expect(waitsForQuietHours(quiet, { requester: "person", cost: 1 })).toBe(false);
  expect(waitsForQuietHours(loud, { requester: "rule", cost: 1 })).toBe(false);
  expect(tellQuietHours(quiet, 12)).toMatchObject({ message: "Quiet hours until 18:00: 12 products wait." });
});
