import type { SyncParts } from "../../sync/parts.ts";
import type { SyncLoop } from "../../sync/sync-loop.ts";
import type { EventLog } from "../event-stream.ts";

/** What the operations act on. Built once by `daemon.ts`. */
export interface OperationsSettings {
  readonly parts: SyncParts;
  readonly loop: SyncLoop;
  readonly events: Pick<EventLog, "subscribe">;
  readonly version: string;
  readonly home: string;
  readonly startedAtMs: number;
  /** How late the event loop was while syncing. */
  readonly eventLoopDelay: () => { p99Ms: number; maxMs: number };
  readonly signal: AbortSignal;
}
