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

/**
 * The home's lock: the one that was handed over, or a new one. One daemon per home, whichever shop it follows. Throws
 * `HomeTakenError`.
 */
export function takeHome(wanted: { folder: string; shownAs: string; handover: Handover | undefined }): HomeLock {
  if (wanted.handover !== undefined) return wanted.handover.lock;
  const lock = lockHome({ folder: wanted.folder, now: Date.now });
  if (lock.taken) throw new HomeTakenError(wanted.shownAs, lock.byPid);
  return lock;
}

/** What was opened, for closing it in the reverse order. */
export interface Closing {
  push(close: () => Promise<void> | void): void;
  /** Closes all of it, also when one of them cannot be closed; then throws an `AggregateError`. */
  closeAll(): Promise<void>;
}

export function createClosing(): Closing {
  const opened: (() => Promise<void> | void)[] = [];
  return {
    push: (close) => void opened.push(close),
    async closeAll() {
      const errors: unknown[] = [];
      for (const close of opened.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, "Not everything could be closed.");
    },
  };
}
