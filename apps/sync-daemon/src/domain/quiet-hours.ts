/** Days of the week as people write them. */
export const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * A time of the day in which rules begin no download. `from` and `to` are minutes after midnight by the clock on the
 * wall, `to` at most 1440; a `to` before `from` is on the next day, and then `days` are those on which it begins.
 */
export interface QuietHours {
  /** All days where it is empty. */
  readonly days: readonly Weekday[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

const minutesOfDay = 1_440;
const minuteMs = 60_000;
/** The clock is moved forward or back at quarters of an hour, in every time zone since 1980. */
const steadyMinutes = 15;
/** All that can be said repeats after a week. */
const longestLookMinutes = 8 * minutesOfDay;

interface WallTime {
  /** 0 is Sunday. */
  readonly day: number;
  readonly minute: number;
}

/**
 * Is `nowMs` within the quiet hours, by the clock on the wall in `timeZone` (IANA, such as `Europe/Berlin`)? Null if not;
 * else with the moment at which they end, null where they never do. An hour that the clock leaves out or runs through
 * twice is judged by what the clock shows.
 */
export function findQuietHours(question: {
  readonly hours: readonly QuietHours[];
  readonly nowMs: number;
  readonly timeZone: string;
}): { readonly untilMs: number | null } | null {
  const { hours, nowMs } = question;
  if (hours.length === 0) return null;
  const readWall = createWallClock(question.timeZone);
  if (!isQuiet(hours, readWall(nowMs))) return null;
  const thisMinuteMs = Math.floor(nowMs / minuteMs) * minuteMs;
  let shown = readWall(thisMinuteMs);
  for (let ahead = 1; ahead <= longestLookMinutes; ahead += 1) {
    const atMs = thisMinuteMs + ahead * minuteMs;
    shown = (atMs / minuteMs) % steadyMinutes === 0 ? readWall(atMs) : minuteAfter(shown);
    if (!isQuiet(hours, shown)) return { untilMs: atMs };
  }
  return { untilMs: null };
}

function isQuiet(hours: readonly QuietHours[], { day, minute }: WallTime): boolean {
  return hours.some(({ days, fromMinute, toMinute }) => {
    const counts = (index: number) => days.length === 0 || days.includes(weekdays[(index + 7) % 7] ?? "sunday");
    if (fromMinute < toMinute) return counts(day) && minute >= fromMinute && minute < toMinute;
    return (counts(day) && minute >= fromMinute) || (counts(day - 1) && minute < toMinute);
  });
}

function minuteAfter({ day, minute }: WallTime): WallTime {
  return minute + 1 < minutesOfDay ? { day, minute: minute + 1 } : { day: (day + 1) % 7, minute: 0 };
}

function createWallClock(timeZone: string): (atMs: number) => WallTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const shown = parts.get("weekday")?.toLowerCase();
    const day = weekdays.indexOf(weekdays.find((name) => name === shown) ?? "sunday");
    return { day, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  };
}
