/**
 * How Kaedim wants dates. Its table says MM-DD-YYYY and its sample sends YYYY-MM-DD, and nobody outside knows which is
 * right; a function covers anything else.
 */
export type DateFormat = "MM-DD-YYYY" | "YYYY-MM-DD" | ((date: Date) => string);

const dayMs = 24 * 60 * 60_000;

/** The UTC day of a date in the given format. */
export function formatWireDate(date: Date, format: DateFormat): string {
  if (typeof format === "function") return format(date);
  const [year = "", month = "", day = ""] = date.toISOString().slice(0, 10).split("-");
  return format === "MM-DD-YYYY" ? `${month}-${day}-${year}` : `${year}-${month}-${day}`;
}

/** A day earlier for `start`, a day later for `end`: days are cut in the server's unknown time zone, and its last one may be meant without its hours. */
export function widened(date: Date, bound: "start" | "end"): Date {
  return new Date(date.getTime() + (bound === "start" ? -dayMs : dayMs));
}
