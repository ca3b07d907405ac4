/** What was noted of the page since `watchFrames`. */
export interface WatchedFrames {
  readonly frames: number;
  /** Frames in which part of the grid's place on the screen had no row yet: there the browser shows what lies behind. */
  readonly late: number;
  /** Frames that showed at least one card whose product had not come. */
  readonly withEmptyCards: number;
  /** Between two frames: the page stood still for so long. */
  readonly longestFrameMs: number;
}

export interface LayoutShift {
  readonly value: number;
  readonly atMs: number;
  /** Within half a second after a key or a click, which browsers do not hold against a page. */
  readonly isAfterInput: boolean;
  readonly moved: readonly string[];
}

/** After the last key, in milliseconds. */
export interface FoundAfter {
  /** The page asked the daemon; negative where it had asked already. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** The results are on the screen. */
  readonly resultsMs: number;
  /** So are the last of their pictures. */
  readonly picturesMs: number;
}

/** What the page itself can tell about its grid. */
export interface GridWatch {
  /** From the last key to the frame that shows what it asked for, and to the last of its pictures on the screen. */
  untilFound(text: string): Promise<FoundAfter & { titles: readonly string[] }>;
  /** From now to the frame in which every card on the screen has its product. */
  untilFilled(): Promise<number>;
  watchFrames(): void;
  takeFrames(): WatchedFrames;
  takeShifts(): readonly LayoutShift[];
}

declare global {
  interface Window {
    gridWatch: GridWatch;
  }
}

/** Runs in the page before its own scripts; so it must not refer to anything around it. */
export function watchGrid(): void {
  const gapPx = 12;
  const shifts: LayoutShift[] = [];
  let lastKeyMs = 0;
  let watched = { frames: 0, late: 0, withEmptyCards: 0, longestFrameMs: 0 };
  let frameBeforeMs: number | null = null;
  let isWatching = false;

  interface ShiftEntry extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly { readonly node: Node | null }[];
  }
  const describe = (node: Node | null): string => {
    const element = node instanceof Element ? node : node?.parentElement;
    return element == null
      ? "?"
      : `${element.tagName.toLowerCase()}.${element.className} "${element.textContent?.slice(0, 30)}"`;
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as ShiftEntry[]) {
      const moved = entry.sources.map(({ node }) => describe(node));
      shifts.push({ value: entry.value, atMs: entry.startTime, isAfterInput: entry.hadRecentInput, moved });
    }
  }).observe({ type: "layout-shift", buffered: true });
  addEventListener(
    "input",
    ({ timeStamp }) => {
      lastKeyMs = timeStamp;
    },
    true,
  );

  const isOnScreen = (cell: Element): boolean => {
    const { top, bottom } = cell.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const cells = (): Element[] => [...document.querySelectorAll("[data-cell]")].filter(isOnScreen);
  const isEmpty = (cell: Element): boolean => cell.querySelector("a") === null;

  /** How much of the grid's place on the screen is covered by no row of cards. */
  function tallestGap(): number {
    const grid = document.querySelector("[data-cell]")?.parentElement?.parentElement;
    if (grid == null) return 0;
    const place = grid.getBoundingClientRect();
    const end = Math.min(innerHeight, place.bottom);
    let covered = Math.max(0, place.top);
    let tallest = 0;
    const rows = cells().map((cell) => cell.getBoundingClientRect());
    for (const { top, bottom } of rows.toSorted((one, other) => one.top - other.top)) {
      tallest = Math.max(tallest, top - covered);
      covered = Math.max(covered, bottom);
    }
    return Math.max(tallest, end - covered);
  }
  const look = (nowMs: number): void => {
    if (frameBeforeMs !== null) watched.longestFrameMs = Math.max(watched.longestFrameMs, nowMs - frameBeforeMs);
    frameBeforeMs = nowMs;
    if (document.querySelector("[data-cell]") !== null) {
      watched.frames += 1;
      if (tallestGap() > gapPx + 1) watched.late += 1;
      if (cells().some(isEmpty)) watched.withEmptyCards += 1;
    }
    if (isWatching) requestAnimationFrame(look);
  };

  /** Resolves when the frame that first fulfils it is painted. Looks when something changes, so as not to take time itself. */
  const painted = (what: string, isSo: () => boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      const ask = () => {
        if (!isSo()) return;
        observer.disconnect();
        clearTimeout(timer);
        requestAnimationFrame(() => {
          // A message goes out after the frame that is being made now.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(null);
        });
      };
      const observer = new MutationObserver(ask);
      const timer = setTimeout(() => {
        observer.disconnect();
        const shown = document.querySelector("main")?.textContent.slice(0, 300);
        reject(new Error(`The page did not show ${what}, but "${shown}".`));
      }, 30_000);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      ask();
    });
  const isFilled = (): boolean => cells().length > 0 && !cells().some(isEmpty);
  const shows = (text: string): boolean => {
    if ((new URLSearchParams(location.search).get("text") ?? "") !== text) return false;
    return document.querySelector("search [data-updating]") === null && isFilled();
  };
  const hasPictures = (): boolean => !cells().some((cell) => cell.querySelector('[data-state="loading"]') !== null);

  window.gridWatch = {
    async untilFound(text) {
      const shownAtMs = await painted(`what "${text}" finds`, () => shows(text));
      const keyMs = lastKeyMs;
      const titles = cells().map((cell) => cell.querySelector("a")?.textContent ?? "");
      const calls = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      const call = calls.findLast(({ name }) => name.includes("/api/v1/products?"));
      const picturesAtMs = await painted("its pictures", hasPictures);
      performance.clearResourceTimings();
      return {
        titles,
        askedMs: (call?.startTime ?? Number.NaN) - keyMs,
        answeredMs: (call?.responseEnd ?? Number.NaN) - keyMs,
        resultsMs: shownAtMs - keyMs,
        picturesMs: picturesAtMs - keyMs,
      };
    },
    async untilFilled() {
      const startedMs = performance.now();
      return (await painted("all cards", isFilled)) - startedMs;
    },
    watchFrames() {
      watched = { frames: 0, late: 0, withEmptyCards: 0, longestFrameMs: 0 };
      frameBeforeMs = null;
      isWatching = true;
      requestAnimationFrame(look);
    },
    takeFrames() {
      isWatching = false;
      return watched;
    },
    takeShifts: () => shifts.splice(0),
  };
}
