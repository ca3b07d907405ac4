import { Failure } from "../domain/failure.ts";
import type { PlannedProduct, PlannedWork } from "../domain/plan.ts";
import { findQuietHours, type QuietHours } from "../domain/quiet-hours.ts";
import type { SyncParts } from "./parts.ts";

/**
 * Must this work wait for the end of the quiet hours? Only what a rule asks for and what is not paid for waits: a link
 * does not live for ever, and who asks for a product by name wants it now (docs/decisions/0048).
 */
export function waitsForQuietHours(
  parts: Pick<SyncParts, "quietHours">,
  item: Pick<PlannedWork<PlannedProduct>, "requester" | "cost">,
): boolean {
  return item.requester === "rule" && item.cost > 0 && parts.quietHours() !== null;
}

/**
 * The quiet hours as of now, for who asks often: looked up once a minute, since they begin and end with whole minutes,
 * and when they are changed.
 */
export function createQuietHours(settings: {
  readonly hours: () => readonly QuietHours[];
  readonly timeZone: () => string;
  readonly now: () => number;
}): SyncParts["quietHours"] {
  let known: { hours: readonly QuietHours[]; minute: number; answer: ReturnType<typeof findQuietHours> } | null = null;
  return () => {
    const hours = settings.hours();
    if (hours.length === 0) return null;
    const nowMs = settings.now();
    const minute = Math.floor(nowMs / 60_000);
    if (known === null || known.hours !== hours || known.minute !== minute)
      known = { hours, minute, answer: findQuietHours({ hours, nowMs, timeZone: settings.timeZone() }) };
    return known.answer;
  };
}

/** Says how many products wait, and until when. */
export function tellQuietHours(parts: Pick<SyncParts, "quietHours">, waiting: number): Failure {
  const quiet = parts.quietHours();
  const until = quiet?.untilMs == null ? "" : ` until ${formatClock(quiet.untilMs)}`;
  const products = waiting === 1 ? "1 product waits" : `${waiting} products wait`;
  return new Failure("quiet-hours", `Quiet hours${until}: ${products}.`);
}

/** As the clock on the wall of this machine will show it. */
function formatClock(atMs: number): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(atMs);
}
