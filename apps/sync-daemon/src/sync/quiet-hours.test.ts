import { expect, it } from "vitest";
import { createQuietHours, tellQuietHours, waitsForQuietHours } from "./quiet-hours.ts";

const quiet = { quietHours: () => ({ untilMs: new Date(2026, 10, 30, 18, 0).getTime() }) };
const loud = { quietHours: () => null };

it("only what a rule asks for and what is not paid for waits", () => {
  expect(waitsForQuietHours(quiet, { requester: "rule", cost: 1 })).toBe(true);
  expect(waitsForQuietHours(quiet, { requester: "rule", cost: 0 })).toBe(false);
  expect(waitsForQuietHours(quiet, { requester: "person", cost: 1 })).toBe(false);
  expect(waitsForQuietHours(loud, { requester: "rule", cost: 1 })).toBe(false);
  expect(tellQuietHours(quiet, 12)).toMatchObject({ message: "Quiet hours until 18:00: 12 products wait." });
});

it("are looked up once a minute, and when they are changed: a large plan asks for each of its products", () => {
  let looks = 0;
  let nowMs = Date.UTC(2026, 10, 30, 10, 0, 1);
  let hours = [{ days: [], fromMinute: 9 * 60, toMinute: 10 * 60 + 1 }];
  const ask = createQuietHours({
    hours: () => hours,
    now: () => nowMs,
    timeZone: () => {
      looks += 1;
      return "UTC";
    },
  });
  for (let times = 0; times < 1_000; times += 1) expect(ask()).toEqual({ untilMs: Date.UTC(2026, 10, 30, 10, 1) });
  expect(looks).toBe(1);
  nowMs = Date.UTC(2026, 10, 30, 10, 1);
  expect(ask()).toBeNull();
  hours = [{ days: [], fromMinute: 10 * 60, toMinute: 11 * 60 }];
  expect(ask()).toEqual({ untilMs: Date.UTC(2026, 10, 30, 11) });
  expect(looks).toBe(3);
  hours = [];
  expect(ask()).toBeNull();
});
