/** Whoever has its turn calls `done` when it needs it no longer. */
type Start = (done: () => void) => void;

/** Lets only some pictures load at a time. */
export interface PictureTurns {
  /**
   * Calls `start` when it is its turn: first those that are urgent, then in the order of the wishes. Call what comes back
   * when the picture is not wanted any more, or is there.
   */
  take(start: Start, options: { isUrgent: boolean }): () => void;
}

/**
 * A browser opens six connections to one address. The events hold one; with four for pictures one stays free, so that a
 * search never waits for pictures that come slowly from the shop.
 */
const atOnce = 4;

export function createPictureTurns(): PictureTurns {
  const waiting: (() => void)[] = [];
  let underWay = 0;

  const next = (): void => {
    while (underWay < atOnce) {
      const start = waiting.shift();
      if (start === undefined) return;
      underWay += 1;
      start();
    }
  };
  return {
    take(start, { isUrgent }) {
      let state: "waiting" | "under-way" | "done" = "waiting";
      const done = (): void => {
        if (state === "waiting") waiting.splice(waiting.indexOf(begin), 1);
        else if (state === "under-way") underWay -= 1;
        state = "done";
        next();
      };
      const begin = (): void => {
        state = "under-way";
        start(done);
      };
      if (isUrgent) waiting.unshift(begin);
      else waiting.push(begin);
      next();
      return done;
    },
  };
}
