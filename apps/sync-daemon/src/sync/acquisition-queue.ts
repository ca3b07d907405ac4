import PQueue from "p-queue";
import type { Failure } from "../domain/failure.ts";
import { createGate } from "./gate.ts";
import { type Place, WaitingLine } from "./waiting-line.ts";

/**
 * The two places where work waits: transfers, as many at once as `limits.downloads`, and installs, so that unpacking
 * overlaps the next transfer. A product and archive is under way at most once: who asks again waits for the same work.
 */
export interface AcquisitionQueue {
  /** `id` names it in the line of those that wait. */
  transfer<T>(work: () => Promise<T>, options: { id: string; priority: number; signal: AbortSignal }): Promise<T>;
  install<T>(work: () => Promise<T>, options: { priority: number; signal: AbortSignal }): Promise<T>;
  /**
   * Runs `work` unless the same key is under way; then that one's result is everybody's. `stopped` aborts when somebody
   * says `stop`.
   */
  once<T>(key: string, work: (stopped: AbortSignal) => Promise<T>): Promise<T>;
  /** Asks the work of this key to end, and resolves when it has; at once if there is none. Never rejects. */
  stop(key: string, reason: Failure): Promise<void>;
  isUnderWay(key: string): boolean;
  /** The ids of the transfers that wait, first the one whose turn is next. */
  waiting(): string[];
  /** False if it does not wait. */
  move(id: string, to: Place): boolean;
  /** Resolves when nothing given to `once` is under way, whoever asked for it. */
  idle(): Promise<void>;
  setTransfers(count: number): void;
  /** No further transfer is begun for a rule; what a person asks for by name still is. Transfers under way finish. */
  pause(): void;
  resume(): void;
  /**
   * Begins nothing any more, whoever asked, and resolves when what had begun has ended. Everything waits until the
   * function that it returns is called, or its own signal aborts.
   */
  hold(signal: AbortSignal): Promise<() => void>;
}

/** Unpacking uses one core and the disk; a second one keeps the disk busy while the first hashes. */
const parallelInstalls = 2;

export function createAcquisitionQueue(settings: { transfers: number }): AcquisitionQueue {
  let line = new WaitingLine();
  class OwnLine extends WaitingLine {
    constructor() {
      super();
      line = this;
    }
  }
  const transfers = new PQueue({ concurrency: settings.transfers, queueClass: OwnLine });
  const installs = new PQueue({ concurrency: parallelInstalls });
  const gate = createGate();
  const underWay = new Map<string, { result: Promise<unknown>; stopping: AbortController }>();
  return {
    transfer(work, options) {
      const begin = () => gate.pass(work, options.signal);
      return transfers.isPaused && options.priority > 0
        ? begin()
        : enqueue(transfers, begin, { ...options, leave: () => line.remove(options.id) });
    },
    install: (work, options) => enqueue(installs, () => gate.pass(work, options.signal), options),
    hold: gate.hold,
    once<T>(key: string, work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
      const running = underWay.get(key);
      // The key names the kind of work too, so the result's type is the same.
      if (running !== undefined) return running.result as Promise<T>;
      const stopping = new AbortController();
      const result = work(stopping.signal).finally(() => underWay.delete(key));
      underWay.set(key, { result, stopping });
      return result;
    },
    async stop(key, reason) {
      const running = underWay.get(key);
      if (running === undefined) return;
      running.stopping.abort(reason);
      await Promise.allSettled([running.result]);
    },
    isUnderWay: (key) => underWay.has(key),
    waiting: () => line.ids(),
    move: (id, to) => line.move(id, to),
    async idle() {
      while (underWay.size > 0) await Promise.allSettled([...underWay.values()].map(({ result }) => result));
    },
    setTransfers(count) {
      transfers.concurrency = count;
    },
    pause: () => transfers.pause(),
    resume: () => void transfers.start(),
  };
}

/**
 * What waits is let go at once when the signal aborts; what has begun is waited for, because it has files to put away.
 * (The queue's own signal option would let go of both.)
 */
function enqueue<T>(
  queue: Pick<PQueue, "add">,
  work: () => Promise<T>,
  options: { id?: string; priority: number; signal: AbortSignal; leave?: () => void },
): Promise<T> {
  const { id, priority, signal, leave } = options;
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const letGo = () => {
    leave?.();
    reject(signal.reason);
  };
  signal.addEventListener("abort", letGo, { once: true });
  const begin = () => {
    signal.removeEventListener("abort", letGo);
    signal.throwIfAborted();
    return work();
  };
  queue.add(begin, id === undefined ? { priority } : { id, priority }).then(resolve, reject);
  return promise;
}
