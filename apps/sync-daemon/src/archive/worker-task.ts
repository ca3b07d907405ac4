import type { FailureCode } from "../domain/failure.ts";
import type { ManifestFile } from "../domain/manifest.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { InspectArchiveRequest } from "./inspect-archive.ts";
import type { WriteEntriesTask } from "./write-entries.ts";

/** What a worker can be asked for; plain data, copied between threads. */
export type WorkerTask =
  | { readonly kind: "inspect"; readonly request: Omit<InspectArchiveRequest, "signal"> }
  | { readonly kind: "make-folders" | "flush-folders"; readonly into: string; readonly folders: readonly string[] }
  | { readonly kind: "write-entries"; readonly task: WriteEntriesTask };

/** What each kind of task ends with. */
export interface WorkerResults {
  readonly inspect: ArchiveContents;
  readonly "make-folders": null;
  readonly "flush-folders": null;
  readonly "write-entries": readonly ManifestFile[];
}

/** What a worker says: any number of `wrote`, then one of the others. */
export type WorkerMessage =
  | { readonly kind: "wrote"; readonly bytes: number }
  | { readonly kind: "done"; readonly result: WorkerResults[keyof WorkerResults] }
  | {
      readonly kind: "failed";
      readonly code: FailureCode;
      readonly message: string;
      readonly path: string | undefined;
      readonly cause: string | undefined;
    };
