import type { FailureCode } from "../domain/failure.ts";
import type { ManifestFile } from "../domain/manifest.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { InspectArchiveRequest } from "./inspect-archive.ts";
import type { WriteEntriesTask } from "./write-entries.ts";

/** What the process that reads archives can be asked for; plain data. All but `inspect` act on its working folder. */
export type UnpackTask =
  | { readonly kind: "inspect"; readonly request: Omit<InspectArchiveRequest, "signal" | "onRead"> }
  | { readonly kind: "make-folders" | "flush-folders"; readonly folders: readonly string[] }
  | { readonly kind: "write-entries"; readonly task: WriteEntriesTask }
  | { readonly kind: "empty-folder" };

/** What each kind of task ends with. */
export interface UnpackResults {
  readonly inspect: ArchiveContents;
  readonly "make-folders": null;
  readonly "flush-folders": null;
  readonly "write-entries": readonly ManifestFile[];
  readonly "empty-folder": null;
}

/** What it says: any number of `wrote` and `flushing`, then one of the others. */
export type UnpackMessage =
  /** It came further; 0 bytes where it only read. */
  | { readonly kind: "wrote"; readonly bytes: number }
  /** It waits for the disk from now on, which may take long on a slow one. */
  | { readonly kind: "flushing" }
  | { readonly kind: "done"; readonly result: UnpackResults[keyof UnpackResults] }
  | {
      readonly kind: "failed";
      readonly code: FailureCode;
      readonly message: string;
      readonly path: string | undefined;
      readonly cause: string | undefined;
    };
