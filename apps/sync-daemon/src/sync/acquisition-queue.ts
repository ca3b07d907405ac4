import PQueue from "p-queue";
import { createGate } from "./gate.ts";

/**
 * The two places where work waits: transfers, as many at once as `limits.downloads`, and installs, so that unpacking
 * overlaps the next transfer. A product and archive is under way at most once: who asks again waits for the same work.
 */
export interface AcquisitionQueue {
  transfer<T>(work: () => Promise<T>, options: { priority: number; signal: AbortSignal }): Promise<T>;
  install<T>(work: () => Promise<T>, options: { priority: number; signal: AbortSignal }): Promise<T>;
  /** Runs `work` unless the same key is under way; then that one's result is everybody's. */
  once<T>(key: string, work: () => Promise<T>): Promise<T>;
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
  const transfers = new PQueue({ concurrency: settings.transfers });
  const installs = new PQueue({ concurrency: parallelInstalls });
  const underWay = new Map<string, Promise<unknown>>();
  const gate = createGate();
  return {
    transfer(work, options) {
      const begin = () => gate.pass(work, options.signal);
      return transfers.isPaused && options.priority > 0 ? begin() : enqueue(transfers, begin, options);
    },
    install: (work, options) => enqueue(installs, () => gate.pass(work, options.signal), options),
    hold: gate.hold,
    once<T>(key: string, work: () => Promise<T>): Promise<T> {
      const running = underWay.get(key);
      // The key names the kind of work too, so the result's type is the same.
      if (running !== undefined) return running as Promise<T>;
      const started = work().finally(() => underWay.delete(key));
      underWay.set(key, started);
      return started;
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay.values());
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
  queue: PQueue,
  work: () => Promise<T>,
  options: { priority: number; signal: AbortSignal },
): Promise<T> {
  const { priority, signal } = options;
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const letGo = () => reject(signal.reason);
  signal.addEventListener("abort", letGo, { once: true });
  const begin = () => {
    signal.removeEventListener("abort", letGo);
    signal.throwIfAborted();
    return work();
  };
  queue.add(begin, { priority }).then(resolve, reject);
  return promise;
}
