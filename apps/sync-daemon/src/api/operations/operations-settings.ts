import type { WantedRule } from "../../domain/wanted.ts";
import type { LibraryMove } from "../../sync/move-library.ts";
import type { SyncParts } from "../../sync/parts.ts";
import type { SyncLoop } from "../../sync/sync-loop.ts";
import type { EventLog } from "../event-stream.ts";
import type { SettingsPort } from "./settings-operations.ts";

/** What the operations act on. Built once by `daemon.ts`. */
export interface OperationsSettings {
  readonly parts: SyncParts;
  readonly loop: SyncLoop;
  readonly events: EventLog;
  readonly version: string;
  readonly home: string;
  readonly startedAtMs: number;
  /** How late the event loop was while syncing. */
  readonly eventLoopDelay: () => { p99Ms: number; maxMs: number };
  readonly settings: SettingsPort;
  /** Judges rules that stand in no file yet, as the configuration's own are. Throws `config-invalid`. */
  readonly judgeRules: (rules: readonly unknown[]) => WantedRule[];
  readonly libraryMove: LibraryMove;
  /** Shows a folder, by its absolute path, in this machine's file manager. Throws `file-manager-missing`. */
  readonly showFolder: (folder: string) => Promise<void>;
  readonly signal: AbortSignal;
}
