import type { RunningApi } from "./api/listen.ts";
import { type HomeLock, lockHome } from "./store/home-lock.ts";

/** What goes from one daemon to the next one of the same process. */
export interface Handover {
  readonly lock: HomeLock;
  /** So that open pages come back. */
  readonly port: number;
}

export interface RunningDaemon {
  /** What a person should hear about the state it found, for example that it was rebuilt; null when all was as left. */
  readonly stateNotice: string | null;
  readonly address: string;
  readonly token: string;
  /** Resolves when no call of the API is being answered. */
  idle(): Promise<void>;
  /** Ends everything in the reverse order of the start. Work under way is left so that the next start goes on with it. */
  stop(): Promise<void>;
  readonly stopped: Promise<void>;
  /** Resolves when somebody has asked for a restart. */
  readonly restartAsked: Promise<void>;
  /** As `stop`, but waits until work under way has really ended, and keeps the home for the next daemon. */
  handOver(): Promise<Handover>;
}

/** Another process owns this home. */
export class HomeTakenError extends Error {
  override readonly name = "HomeTakenError";
  readonly pid: number | null;

  constructor(home: string, pid: number | null) {
    super(`Another asset-sync${pid === null ? "" : ` (process ${pid})`} is already using ${home}.`);
    this.pid = pid;
  }
}

/** How a daemon ends: for good, for the next one of this process, or before it ran at all. */
export type Ending = "stop" | "hand-over" | "failed-start";

/** What was opened, for closing it in the reverse order. */
export interface Closing {
  push(close: (ending: Ending) => Promise<void> | void): void;
  /** Closes all of it, also when one of them cannot be closed; then throws an `AggregateError`. */
  closeAll(ending: Ending): Promise<void>;
}

/** Builds a daemon; where that fails, what it had opened is closed again. */
export async function startClosable(build: (closing: Closing) => Promise<RunningDaemon>): Promise<RunningDaemon> {
  const closing = createClosing();
  try {
    return await build(closing);
  } catch (error) {
    await closing.closeAll("failed-start");
    throw error;
  }
}

function createClosing(): Closing {
  const opened: ((ending: Ending) => Promise<void> | void)[] = [];
  return {
    push: (close) => void opened.push(close),
    async closeAll(ending) {
      const errors: unknown[] = [];
      for (const close of opened.splice(0).reverse()) {
        try {
          await close(ending);
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, "Not everything could be closed.");
    },
  };
}

/**
 * The home's lock: the one that was handed over, or a new one. One daemon per home, whichever shop it follows. Released
 * when the daemon stops. Throws `HomeTakenError`.
 */
export function takeHome(
  wanted: { folder: string; shownAs: string; handover: Handover | undefined },
  closing: Closing,
): HomeLock {
  const { folder, shownAs, handover } = wanted;
  const lock = handover?.lock ?? newLock(folder, shownAs);
  closing.push((ending) => {
    // One that was handed over stays with whoever starts the daemons, until this one runs.
    const isStaying = ending === "hand-over" || (ending === "failed-start" && handover !== undefined);
    if (!isStaying) lock.release();
  });
  return lock;
}

function newLock(folder: string, shownAs: string): HomeLock {
  const lock = lockHome({ folder, now: Date.now });
  if (lock.taken) throw new HomeTakenError(shownAs, lock.byPid);
  return lock;
}

/** The daemon whose parts all run. */
export function createRunningDaemon(parts: {
  readonly lock: HomeLock;
  readonly api: Pick<RunningApi, "address" | "idle">;
  readonly token: string;
  readonly stateNotice: string | null;
  readonly restartAsked: Promise<void>;
  readonly closing: Closing;
  readonly stopping: AbortController;
}): RunningDaemon {
  const { lock, api, closing, stopping } = parts;
  const ended = Promise.withResolvers<void>();
  let end: Promise<void> | null = null;
  const endOnce = (ending: Ending): Promise<void> => {
    // First of all, so that calls that wait for work under way end as well.
    stopping.abort();
    end ??= closing.closeAll(ending).then(ended.resolve, (error) => {
      ended.reject(error);
      throw error;
    });
    return end;
  };
  return {
    stateNotice: parts.stateNotice,
    address: api.address,
    token: parts.token,
    idle: () => api.idle(),
    stop: () => endOnce("stop"),
    stopped: ended.promise,
    restartAsked: parts.restartAsked,
    async handOver() {
      await endOnce("hand-over");
      return { lock, port: Number(new URL(api.address).port) };
    },
  };
}
