/** The sandbox's clock: the machine's, moved by an offset. Tokens, links, dates and `last_updated` are read from it. */
export interface Clock {
  /** Milliseconds since 1970, moved. */
  now(): number;
  offsetMs(): number;
  setOffset(offsetMs: number): void;
  /** Moves the clock so that it reads `atMs` now; it runs on from there. */
  setTime(atMs: number): void;
  advance(byMs: number): void;
  /** Calls the listener after each move; what waits for a time of the clock looks again then. */
  onMove(listener: () => void): void;
}

export function createClock(initialOffsetMs = 0): Clock {
  let offset = initialOffsetMs;
  const listeners: (() => void)[] = [];
  const move = (newOffset: number) => {
    offset = newOffset;
    for (const listener of listeners) listener();
  };
  return {
    now: () => Date.now() + offset,
    offsetMs: () => offset,
    setOffset: (offsetMs) => move(offsetMs),
    setTime: (atMs) => move(atMs - Date.now()),
    advance: (byMs) => move(offset + byMs),
    onMove: (listener) => {
      listeners.push(listener);
    },
  };
}

/** `2025-07-21T21:38:11Z`, as the blog's status answer writes it. */
export function formatUtcSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** `2025-06-28T17:07:07`, as the feeds write dates: no zone is given (WooCommerce's site time). */
export function formatFeedDate(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19);
}

/** `2025-07-01 01:40:08`, as the subscription answer writes dates. */
export function formatSubscriptionDate(atMs: number): string {
  return formatFeedDate(atMs).replace("T", " ");
}
