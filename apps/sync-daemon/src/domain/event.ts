import type { FailureCode } from "./failure.ts";
import type { AssetType } from "./product.ts";

/** What happens in the daemon, for people and programs that watch. Noun first, then what happened to it. */
export type DaemonEvent =
  | { readonly type: "sync-started" }
  | {
      readonly type: "sync-finished";
      readonly committed: number;
      readonly failed: number;
      readonly spent: number;
      readonly durationMs: number;
    }
  | { readonly type: "sync-failed"; readonly code: FailureCode; readonly message: string }
  | {
      readonly type: "catalog-replaced";
      readonly catalogRevision: string;
      readonly products: number;
      readonly skipped: number;
    }
  | { readonly type: "catalog-refused"; readonly code: FailureCode; readonly message: string }
  | { readonly type: "plan-made"; readonly downloads: number; readonly deferred: number }
  | {
      readonly type: "spend-reserved" | "spend-confirmed" | "spend-released" | "spend-in-doubt";
      readonly productId: number;
      readonly downloadId: string;
      readonly message: string;
    }
  | { readonly type: "download-started"; readonly productId: number; readonly title: string; readonly resumed: boolean }
  | {
      readonly type: "download-progressed";
      readonly productId: number;
      readonly title: string;
      readonly bytes: number;
      readonly totalBytes: number | null;
      readonly bytesPerSecond: number;
    }
  | { readonly type: "download-fetched"; readonly productId: number; readonly title: string; readonly bytes: number }
  | {
      readonly type: "download-failed";
      readonly productId: number;
      readonly title: string;
      readonly code: FailureCode;
      readonly message: string;
    }
  /** The list of downloads is another one than before, otherwise than by progress. */
  | { readonly type: "downloads-changed" }
  | {
      readonly type: "asset-committed";
      readonly productId: number;
      readonly title: string;
      readonly assetType: AssetType;
      readonly folder: string;
      /** What a person should know about it: files of theirs that went along, old versions that could not be removed. */
      readonly note?: string;
    }
  | {
      readonly type: "asset-removed" | "asset-edited";
      readonly productId: number;
      readonly assetType: AssetType;
      readonly folder: string;
    }
  | { readonly type: "catalog-file-updated" | "catalog-file-edited"; readonly assetType: AssetType }
  | {
      readonly type: "library-lost";
      readonly assetType: AssetType;
      readonly code: FailureCode;
      readonly message: string;
    }
  | { readonly type: "library-found"; readonly assetType: AssetType }
  | {
      /** Updates that a crash had left half done: the old version put back, the new one put in, or a sentence why neither. */
      readonly type: "library-recovered";
      readonly assetType: AssetType;
      readonly restored: readonly string[];
      readonly finished: readonly string[];
      readonly unresolved: readonly string[];
    }
  | {
      /** The libraries are being copied to another folder, or that has ended. */
      readonly type: "library-moved";
      readonly state: "copying" | "checking" | "done" | "failed";
      readonly doneBytes: number;
      readonly totalBytes: number;
      readonly message: string | null;
    }
  | { readonly type: "config-changed"; readonly applied: readonly string[]; readonly needsRestart: readonly string[] }
  | { readonly type: "config-refused"; readonly message: string }
  | { readonly type: "state-rebuilt"; readonly message: string }
  /** A browser was let in with a code. */
  | { readonly type: "page-opened" }
  | { readonly type: "daemon-paused" | "daemon-resumed" | "daemon-stopping" };

/** An event as it was published: with an increasing number and its time. */
export type PublishedEvent = DaemonEvent & { readonly id: number; readonly at: string };

/** Where parts of the daemon say what happens. Never throws, never waits. */
export type Publish = (event: DaemonEvent) => void;
