import { setTimeout as sleep } from "node:timers/promises";
import { type Failure, restAskedForMs, toFailure } from "../domain/failure.ts";
import type { SyncParts } from "./parts.ts";
import { runSync, type SyncOutcome } from "./run-sync.ts";

/** Follows the source: a sync at the start, then at each poll, one at a time. */
export interface SyncLoop {
  /** A sync now; joins the one that is running, unless a refused feed is to be accepted. */
  syncNow(request: { acceptFeed: boolean }): Promise<SyncOutcome>;
  readonly isSyncing: boolean;
  /** Milliseconds since the epoch of the next poll by itself; null when it does not follow or is paused. */
  readonly nextPollAtMs: number | null;
  /** Looks again at once: after a pause ended, a library came back, or the configuration changed. */
  wake(): void;
  /** Resolves when nothing is under way any more; the signal given at the start must have been aborted. */
  stopped(): Promise<void>;
}

/** Timers cannot wait longer than 24 days; once a day something should be looked at in any case. */
const longestWaitMs = 24 * 60 * 60_000;

/** How soon a sync that waits notices that the pause is over; by the clock, which a suspended machine moves on. */
const pauseLookMs = 1_000;

/** Each wait is up to a fifth longer or shorter, so that many workstations do not ask at the same moment. */
const jitter = 0.2;

export function startSyncLoop(settings: {
  parts: SyncParts;
  follow: boolean;
  pollMs: () => number;
  /** Nothing is done by itself meanwhile; `untilMs` null: until somebody resumes. */
  pause: () => { readonly untilMs: number | null } | null;
  random: () => number;
  signal: AbortSignal;
}): SyncLoop {
  const { parts, signal } = settings;
  let running: Promise<SyncOutcome> | null = null;
  let nextPollAtMs: number | null = null;
  let waking = new AbortController();
  // The last plan left nothing to do, and nothing that could change it was heard of since.
  let isSettled = false;
  // By the wall clock; what lies before the last look was noted by a clock that was set back since.
  let lastLookMs: number | null = null;
  let nextLookMs = 0;
  // The shop asked to be left alone until then; only a person who says `sync` asks it all the same.
  let restUntilMs = 0;
  let isWoken = false;

  /** A row's next try may come between two polls; it is no reason to ask for news more often than was agreed. */
  function isLookDue(): boolean {
    const nowMs = parts.now();
    return lastLookMs === null || nowMs >= nextLookMs || nowMs < lastLookMs;
  }

  function noteLook(): void {
    lastLookMs = parts.now();
    restUntilMs = 0;
    nextLookMs = lastLookMs + settings.pollMs() * (1 - jitter + 2 * jitter * settings.random());
  }

  function sync(request: { acceptFeed: boolean; onlyOnNews: boolean; lookForNews: boolean }): Promise<SyncOutcome> {
    if (request.lookForNews) noteLook();
    // A sync begins only when nothing is paused; a pause whose time is over ends here.
    parts.queue.resume();
    const onNewsFailed = (failure: Failure): void => {
      restUntilMs = parts.now() + restAskedForMs(failure);
      nextLookMs = Math.max(nextLookMs, restUntilMs);
    };
    const started = runSync(parts, { ...request, onNewsFailed, signal });
    // One that begins meanwhile lets this sync wait, so nobody but this would notice its end.
    const pauseWatch = setInterval(resumeIfPauseEnded, pauseLookMs);
    running = started.finally(() => {
      clearInterval(pauseWatch);
      running = null;
    });
    return running;
  }

  function resumeIfPauseEnded(): void {
    try {
      if (settings.pause() === null) parts.queue.resume();
    } catch {
      // A state that cannot be read right now is read again at the next look.
    }
  }

  async function syncNow(request: { acceptFeed: boolean }): Promise<SyncOutcome> {
    if (running === null) return sync({ ...request, onlyOnNews: false, lookForNews: true });
    if (!request.acceptFeed) return running;
    await running.catch(() => undefined);
    return syncNow(request);
  }

  /** How long until the next look: a pause's end, the end of the quiet hours, a row's next try, or the poll. */
  function waitMs(): number {
    const nowMs = parts.now();
    const pause = settings.pause();
    const lookMs = isLookDue() ? 0 : nextLookMs - nowMs;
    if (pause !== null)
      return Math.min(
        longestWaitMs,
        settings.pollMs(),
        Math.max(1_000, (pause.untilMs ?? Number.POSITIVE_INFINITY) - nowMs),
      );
    // A time that has passed was looked at just now: what still stands in the way then is not a matter of waiting.
    const nextTryMs = (parts.store.journal.nextRetryAtMs(nowMs) ?? Number.POSITIVE_INFINITY) - nowMs;
    const quietMs = (parts.quietHours()?.untilMs ?? Number.POSITIVE_INFINITY) - nowMs;
    return Math.max(1_000, Math.min(longestWaitMs, lookMs, nextTryMs, quietMs));
  }

  /** A state that cannot be read right now must not end the following. */
  function waitOrPollMs(): number {
    try {
      return waitMs();
    } catch (error) {
      const failure = toFailure(error);
      parts.publish({ type: "sync-failed", code: failure.code, message: failure.message });
      return settings.pollMs();
    }
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      if (settings.pause() === null) {
        try {
          const wasSettled = isSettled;
          // Set before: who wakes the loop meanwhile unsettles it again.
          isSettled = true;
          const lookForNews = isLookDue() || (isWoken && parts.now() >= restUntilMs);
          isWoken = false;
          const { failed } = await (running ?? sync({ acceptFeed: false, onlyOnNews: wasSettled, lookForNews }));
          if (failed.length > 0) isSettled = false;
        } catch (error) {
          isSettled = false;
          const failure = toFailure(error);
          if (signal.aborted) return;
          parts.publish({ type: "sync-failed", code: failure.code, message: failure.message });
        }
      }
      const ms = waitOrPollMs();
      nextPollAtMs = parts.now() + ms;
      // Ends early when woken or stopped; both are looked at by the loop.
      await sleep(ms, undefined, { signal: AbortSignal.any([signal, waking.signal]) }).catch(() => undefined);
      nextPollAtMs = null;
      waking = new AbortController();
    }
  }

  const following = settings.follow ? follow() : Promise.resolve();
  return {
    syncNow,
    get isSyncing() {
      return running !== null;
    },
    get nextPollAtMs() {
      return nextPollAtMs;
    },
    wake() {
      isSettled = false;
      isWoken = true;
      waking.abort();
    },
    async stopped() {
      await following;
      await running?.catch(() => undefined);
    },
  };
}
