import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findQuietHours, type QuietHours, weekdays } from "./quiet-hours.ts";

const office: QuietHours = {
  days: ["monday", "tuesday", "wednesday", "thursday", "friday"],
  fromMinute: 9 * 60,
  toMinute: 18 * 60,
};
const night: QuietHours = { days: [], fromMinute: 22 * 60, toMinute: 6 * 60 };

const ask = (hours: QuietHours[], at: string, timeZone = "UTC") => {
  const found = findQuietHours({ hours, nowMs: Date.parse(at), timeZone });
  return found?.untilMs == null ? found : new Date(found.untilMs).toISOString().slice(0, 16);
};

describe("quiet hours", () => {
  it.each<[string, QuietHours[], string, string | null]>([
    ["before they begin", [office], "2026-11-30T08:59:59.999Z", null],
    ["at their first moment, on a Monday", [office], "2026-11-30T09:00:00Z", "2026-11-30T18:00"],
    ["at their last", [office], "2026-11-30T17:59:59.999Z", "2026-11-30T18:00"],
    ["after them", [office], "2026-11-30T18:00:00Z", null],
    ["on another day", [office], "2026-11-29T12:00:00Z", null],
    ["over midnight, before it", [night], "2026-11-30T23:10:00Z", "2026-12-01T06:00"],
    ["over midnight, after it", [night], "2026-12-01T05:59:00Z", "2026-12-01T06:00"],
    [
      "over midnight that began on a named day",
      [{ ...night, days: ["friday"] }],
      "2026-11-28T01:00:00Z",
      "2026-11-28T06:00",
    ],
    ["over midnight, the night after", [{ ...night, days: ["friday"] }], "2026-11-29T01:00:00Z", null],
    [
      "until the end of the day",
      [{ days: [], fromMinute: 0, toMinute: 1440 - 60 }],
      "2026-11-30T00:00:00Z",
      "2026-11-30T23:00",
    ],
    [
      "two that touch are one",
      [office, { days: [], fromMinute: 18 * 60, toMinute: 1440 }],
      "2026-11-30T10:00:00Z",
      "2026-12-01T00:00",
    ],
    ["without any", [], "2026-11-30T10:00:00Z", null],
  ])("%s", (_, hours, at, until) => {
    expect(ask(hours, at)).toBe(until);
  });

  it("that fill the week never end", () => {
    expect(ask([{ days: [], fromMinute: 0, toMinute: 1440 }], "2026-11-30T10:00:00Z")).toEqual({ untilMs: null });
  });

  it("go by the clock on the wall where it is moved", () => {
    const berlin = "Europe/Berlin";
    // Clocks go from 2:00 to 3:00, so the night from 22:00 to 6:00 has seven hours.
    expect(ask([night], "2026-03-28T21:00:00Z", berlin)).toBe("2026-03-29T04:00");
    // And from 3:00 back to 2:00: nine hours.
    expect(ask([night], "2026-10-24T20:00:00Z", berlin)).toBe("2026-10-25T05:00");
    const skipped: QuietHours = { days: [], fromMinute: 2 * 60, toMinute: 2 * 60 + 30 };
    expect(ask([skipped], "2026-03-29T00:59:00Z", berlin)).toBeNull();
    expect(ask([skipped], "2026-03-29T01:00:00Z", berlin)).toBeNull();
    // 2:30 comes twice; the first time it ends them, and 2:00 begins them again.
    expect(ask([skipped], "2026-10-25T00:10:00Z", berlin)).toBe("2026-10-25T00:30");
    expect(ask([skipped], "2026-10-25T01:10:00Z", berlin)).toBe("2026-10-25T01:30");
    expect(ask([office], "2026-11-30T03:30:00Z", "Asia/Kathmandu")).toBe("2026-11-30T12:15");
    // The clock is moved by half an hour there.
    expect(ask([night], "2026-10-03T12:00:00Z", "Australia/Lord_Howe")).toBe("2026-10-03T19:00");
  });

  it("end at the first moment that is not quiet, whatever the hours, the moment and the zone", () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const hours = fc.array(
      fc.record({
        days: fc.subarray([...weekdays]),
        fromMinute: minute,
        toMinute: fc.integer({ min: 1, max: 1440 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham", "Australia/Lord_Howe");
    const at = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(hours, at, zone, fc.double({ min: 0, max: 1, noNaN: true }), (given, nowMs, timeZone, part) => {
        const look = (ms: number) => findQuietHours({ hours: given, nowMs: ms, timeZone });
        const found = look(nowMs);
        if (found?.untilMs == null) return;
        expect(look(found.untilMs)).toBeNull();
        expect(look(found.untilMs - 1)).toEqual(found);
        expect(look(Math.floor(nowMs + part * (found.untilMs - 1 - nowMs)))).toEqual(found);
      }),
      { numRuns: 100 },
    );
  });
});
