import { z } from "zod";
import type { Language } from "../words/languages.ts";

/** As the configuration writes them, from Monday on. */
export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const quietHoursSchema = z.object({
  from: z.string(),
  to: z.string(),
  days: z.array(z.enum(weekdays)).optional(),
});
export type QuietHours = z.infer<typeof quietHoursSchema>;

/** As the setting holds them; what is none is left out. */
export const parseQuietHours = (value: unknown): readonly QuietHours[] =>
  z.array(quietHoursSchema).safeParse(value).data ?? [];

/** The short name of a weekday, counted as in `weekdays`. */
export function formatWeekday(place: number, language: Language): string {
  // The first of January 2024 was a Monday.
  const day = new Date(Date.UTC(2024, 0, 1 + place));
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(day);
}
