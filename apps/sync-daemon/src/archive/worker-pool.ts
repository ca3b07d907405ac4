import { Worker } from "node:worker_threads";
import { Failure } from "../domain/failure.ts";
import type { WorkerMessage, WorkerResults, WorkerTask } from "./worker-task.ts";

/** A few threads that work through tasks in the order they came. Threads start when needed and end when idle. */
export interface WorkerPool {
  /**
   * Ends with the task's result or throws `Failure`. When `signal` aborts, the thread is ended and has ended before this
   * throws: nothing is written any more.
   */
  run<K extends WorkerTask["kind"]>(
    task: WorkerTask & { kind: K },
    options: { signal: AbortSignal; onBytes?: (bytes: number) => void },
  ): Promise<WorkerResults[K]>;
  /** Stops what runs and refuses what waits. */
  close(): Promise<void>;
}

interface Job {
  readonly task: WorkerTask;
  readonly onBytes: ((bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
  readonly resolve: (result: WorkerResults[keyof WorkerResults]) => void;
  readonly reject: (failure: Failure) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | null;
  idleTimer: NodeJS.Timeout | undefined;
}

/** `idleMs`: how long a thread without work is kept; it holds about 10 MB. */
export function createWorkerPool(options: { size: number; idleMs: number }): WorkerPool {
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let isClosed = false;

  const stopThread = async (thread: Thread): Promise<void> => {
    clearTimeout(thread.idleTimer);
    threads.delete(thread);
    thread.worker.removeAllListeners();
    // A thread that dies of its own while it is being ended has nobody left to tell.
    thread.worker.on("error", () => undefined);
    await thread.worker.terminate();
  };

  const startThread = (): Thread => {
    const file = import.meta.url.endsWith(".ts") ? "./archive-worker.ts" : "./archive-worker.js";
    // Without the environment: a thread that reads hostile input needs none of its secrets.
    const thread: Thread = {
      worker: new Worker(new URL(file, import.meta.url), {
        env: {},
        resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 },
      }),
      job: null,
      idleTimer: undefined,
    };
    threads.add(thread);
    thread.worker.on("message", (message: WorkerMessage) => hear(thread, message));
    const die = (what: string, cause?: unknown): void => {
      threads.delete(thread);
      clearTimeout(thread.idleTimer);
      const { job } = thread;
      thread.job = null;
      job?.reject(new Failure("unexpected", `The thread that reads archives ${what}.`, { cause }));
      assign();
    };
    thread.worker.on("error", (error) => die("failed", error));
    thread.worker.on("exit", (status) => die(`ended with status ${status}`));
    return thread;
  };

  const hear = (thread: Thread, message: WorkerMessage): void => {
    const { job } = thread;
    if (job === null) return;
    if (message.kind === "wrote") {
      job.onBytes?.(message.bytes);
      return;
    }
    thread.job = null;
    if (message.kind === "done") job.resolve(message.result);
    else {
      const { code, path, cause } = message;
      const details = {
        ...(path === undefined ? {} : { path }),
        ...(cause === undefined ? {} : { cause: new Error(cause) }),
      };
      job.reject(new Failure(code, message.message, details));
    }
    assign();
  };

  const rest = (thread: Thread): void => {
    thread.worker.unref();
    clearTimeout(thread.idleTimer);
    thread.idleTimer = setTimeout(() => void stopThread(thread), options.idleMs).unref();
  };

  const assign = (): void => {
    for (;;) {
      const idle = [...threads].find((thread) => thread.job === null);
      const job = waiting[0];
      if (job === undefined) break;
      if (idle === undefined && threads.size >= options.size) return;
      const thread = idle ?? startThread();
      waiting.shift();
      clearTimeout(thread.idleTimer);
      thread.worker.ref();
      thread.job = job;
      thread.worker.postMessage(job.task);
    }
    for (const thread of threads) if (thread.job === null) rest(thread);
  };

  const stopJob = async (job: Job): Promise<void> => {
    const place = waiting.indexOf(job);
    if (place >= 0) waiting.splice(place, 1);
    const thread = [...threads].find((one) => one.job === job);
    if (thread !== undefined) await stopThread(thread);
    job.reject(new Failure("stopped", "The work on the archive was stopped before it was done."));
    assign();
  };

  return {
    async run(task, { signal, onBytes }) {
      if (signal.aborted || isClosed)
        throw new Failure("stopped", "The work on the archive was stopped before it began.");
      const { promise, resolve, reject } = Promise.withResolvers<WorkerResults[keyof WorkerResults]>();
      const job: Job = { task, onBytes, signal, resolve, reject };
      const onAbort = (): void => void stopJob(job);
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.push(job);
      assign();
      try {
        // The thread answers each kind of task with the result of that kind.
        return (await promise) as WorkerResults[typeof task.kind];
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    async close() {
      isClosed = true;
      const jobs = [...waiting, ...[...threads].map((thread) => thread.job).filter((job) => job !== null)];
      await Promise.all(jobs.map(stopJob));
      await Promise.all([...threads].map(stopThread));
    },
  };
}
