import type { Random } from "./random.ts";
import { realTimers } from "./real-calls.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Waiting {
  readonly id: number;
  readonly dueMs: number;
  readonly act: () => void;
}

/**
 * Everything that the engine waits for (system calls, the shop, timers) waits here, and the seed decides what comes
 * next. Time stands still while there is something to do and leaps when there is not.
 */
export interface Scheduler {
  /** Does `act` when its turn comes, not before `afterMs` have passed. */
  add(act: () => void, afterMs?: number): number;
  cancel(id: number): void;
  /** Goes on until `work` is settled or `isOver` says so. Throws if nothing is left to do and `work` is not settled. */
  run(work: Promise<unknown>, isOver: () => boolean): Promise<"settled" | "over">;
  /** Goes on with what nobody waits for any more, until only time could bring more. */
  finish(isOver: () => boolean): Promise<void>;
  /** Forgets all that waits, as the end of a process does, and lets what still stirs come to rest. */
  clear(): Promise<void>;
  readonly waiting: number;
}

/** Promises and `setImmediate` chains of libraries (yauzl) come to rest within so many turns. */
const turnsOfRest = 12;

const turn = (): Promise<void> => new Promise((resolve) => realTimers.setImmediate(resolve));

export function createScheduler(settings: {
  random: Random;
  clock: VirtualClock;
  /** Called between two steps. */
  between: () => void;
}): Scheduler {
  const { random, clock, between } = settings;
  const waiting: Waiting[] = [];
  let lastId = 0;

  function takeNext(): Waiting | undefined {
    const nowMs = clock.monotonicMs();
    const ready = waiting.filter(({ dueMs }) => dueMs <= nowMs);
    if (ready.length === 0) return undefined;
    const next = random.pick(ready);
    waiting.splice(waiting.indexOf(next), 1);
    return next;
  }

  return {
    add(act, afterMs = 0) {
      lastId += 1;
      waiting.push({ id: lastId, dueMs: clock.monotonicMs() + afterMs, act });
      return lastId;
    },
    cancel(id) {
      const at = waiting.findIndex((one) => one.id === id);
      if (at >= 0) waiting.splice(at, 1);
    },
    get waiting() {
      return waiting.length;
    },
    async run(work, isOver) {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      work.then(settle, settle);
      for (let idleTurns = 0; ; ) {
        await turn();
        if (isOver()) return "over";
        if (isSettled) return "settled";
        const next = takeNext();
        if (next !== undefined) {
          idleTurns = 0;
          clock.advance(1);
          next.act();
          if (!isOver()) between();
          continue;
        }
        idleTurns += 1;
        if (idleTurns < turnsOfRest) continue;
        if (waiting.length === 0) throw new Error("The engine waits for something that will never come.");
        clock.advance(Math.min(...waiting.map(({ dueMs }) => dueMs)) - clock.monotonicMs());
        idleTurns = 0;
      }
    },
    async finish(isOver) {
      for (let idleTurns = 0; idleTurns < turnsOfRest && !isOver(); idleTurns += 1) {
        await turn();
        const next = takeNext();
        if (next === undefined) continue;
        idleTurns = 0;
        next.act();
      }
    },
    async clear() {
      waiting.length = 0;
      for (let turns = 0; turns < turnsOfRest; turns += 1) await turn();
      waiting.length = 0;
    },
  };
}
