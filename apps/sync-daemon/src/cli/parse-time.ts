const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `1h`, `2d`, also together as in `1h30m`. Undefined for anything else, and for nothing at all. */
export function parseDuration(written: string): number | undefined {
  const text = written.replaceAll(" ", "").toLowerCase();
  if (!/^(\d+(\.\d+)?(s|min|m|h|d))+$/.test(text)) return undefined;
  let durationMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(s|min|m|h|d)/g))
    durationMs += Number(amount) * (unitsMs[unit ?? ""] ?? 0);
  return durationMs > 0 ? Math.round(durationMs) : undefined;
}

/**
 * `tomorrow` (its first minute), `18:30` (the next time the clock here shows that), or a date such as
 * `2026-08-01` or `2026-08-01T09:00`. Undefined for anything else.
 */
export function parseMoment(written: string, nowMs: number): number | undefined {
  const text = written.trim().toLowerCase();
  const moment = new Date(nowMs);
  if (text === "tomorrow") {
    moment.setDate(moment.getDate() + 1);
    moment.setHours(0, 0, 0, 0);
    return moment.getTime();
  }
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock !== null) {
    moment.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (moment.getTime() <= nowMs) moment.setDate(moment.getDate() + 1);
    return moment.getTime();
  }
  if (!/^\d{4}-\d{2}-\d{2}(t\d{2}:\d{2}(:\d{2})?(z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return undefined;
  // A bare date means midnight here; the language's own rule would make it midnight in Greenwich.
  const parsed = Date.parse(text.length === 10 ? `${text}T00:00` : text.toUpperCase());
  return Number.isNaN(parsed) ? undefined : parsed;
}
