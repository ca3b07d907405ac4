import type { KaedimSettings } from "./settings.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** `start` and `end` of `fetchAll` as days in UTC, the last one included; a missing one is open. */
export function parseDateRange(
  query: URLSearchParams,
  settings: Pick<KaedimSettings, "dateFormat" | "otherDates">,
): { fromMs: number; toMs: number } | { reason: string } {
  const range = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  for (const name of ["start", "end"]) {
    const text = query.get(name);
    if (text === null || text === "") continue;
    const dayStartMs = parseDay(text, settings.dateFormat);
    if (dayStartMs === undefined) {
      if (settings.otherDates === "ignore") continue;
      return { reason: `${name} not being a date in the form ${settings.dateFormat}` };
    }
    if (name === "start") range.fromMs = dayStartMs;
    else range.toMs = dayStartMs + dayMs;
  }
  return range;
}

function parseDay(text: string, format: KaedimSettings["dateFormat"]): number | undefined {
  const american = format === "YYYY-MM-DD" ? null : /^(\d{2})-(\d{2})-(\d{4})$/.exec(text);
  const iso = format === "MM-DD-YYYY" ? null : /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] =
    american !== null ? [american[3], american[1], american[2]] : iso !== null ? iso.slice(1) : [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const atMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC takes the 31st of February for the 3rd of March.
  return new Date(atMs).toISOString().startsWith(`${year}-${month}-${day}`) ? atMs : undefined;
}
