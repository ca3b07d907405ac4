import type { LibraryMove } from "../../sync/move-library.ts";
import type { SyncParts } from "../../sync/parts.ts";
import type { SyncLoop } from "../../sync/sync-loop.ts";
import type { EventLog } from "../event-stream.ts";
import type { SettingsPort } from "./settings-operations.ts";

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
  readonly settings: SettingsPort;
  readonly libraryMove: LibraryMove;
  /** Shows a folder, by its absolute path, in this machine's file manager. Throws `file-manager-missing`. */
  readonly showFolder: (folder: string) => Promise<void>;
  readonly signal: AbortSignal;
}
