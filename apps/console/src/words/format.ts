import type { Language } from "./languages.ts";

export interface Formats {
  number(value: number): string;
  /** Decimal units, as shops and file managers count: `12.4 MB`. */
  bytes(bytes: number): string;
  bytesPerSecond(bytes: number): string;
  /** Day and time of day. */
  dateTime(iso: string): string;
  date(iso: string): string;
  time(iso: string): string;
  /** `3 minutes ago`, `in 2 hours`. */
  relative(iso: string, nowMs: number): string;
  /** Roughly, in the two largest units: `1 h 5 min`. */
  duration(ms: number): string;
  list(items: readonly string[]): string;
}

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const relativeUnits = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

export function createFormats(language: Language): Formats {
  const number = new Intl.NumberFormat(language);
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const list = new Intl.ListFormat(language, { type: "conjunction" });

  const inUnit = (value: number, unit: string, digits: number): string =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit,
      // "0 byte" is no English.
      unitDisplay: unit === "byte" ? "long" : "short",
      maximumFractionDigits: digits,
    }).format(value);

  const bytes = (value: number): string => {
    const rank = Math.min(byteUnits.length - 1, value < 1_000 ? 0 : Math.floor(Math.log10(value) / 3));
    const scaled = value / 1_000 ** rank;
    return inUnit(scaled, byteUnits[rank] ?? "byte", rank === 0 || scaled >= 100 ? 0 : 1);
  };

  return {
    number: (value) => number.format(value),
    bytes,
    bytesPerSecond: (value) => `${bytes(value)}/s`,
    dateTime: (iso) => dateTime.format(new Date(iso)),
    date: (iso) => date.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    relative(iso, nowMs) {
      const ms = Date.parse(iso) - nowMs;
      for (const [unit, unitMs] of relativeUnits) {
        if (Math.abs(ms) >= unitMs) return relative.format(Math.round(ms / unitMs), unit);
      }
      return relative.format(0, "second");
    },
    duration(ms) {
      const seconds = Math.max(0, Math.round(ms / 1_000));
      if (seconds < 60) return inUnit(seconds, "second", 0);
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return inUnit(minutes, "minute", 0);
      const hours = inUnit(Math.floor(minutes / 60), "hour", 0);
      return minutes % 60 === 0 ? hours : `${hours} ${inUnit(minutes % 60, "minute", 0)}`;
    },
    list: (items) => list.format(items),
  };
}
