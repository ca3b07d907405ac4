import type { ArchiveStore } from "../archive/archive-store.ts";
import type { Extractor } from "../archive/extract-archive.ts";
import type { Publish } from "../domain/event.ts";
import type { Limits } from "../domain/limits.ts";
import type { LinkTrust } from "../domain/link-trust.ts";
import type { AssetSource } from "../domain/source.ts";
import type { UpdatePolicy, WantedRule } from "../domain/wanted.ts";
import type { BuiltCatalog } from "../store/build-catalog-database.ts";
import type { FeedStore } from "../store/feeds.ts";
import type { Store } from "../store/open-store.ts";
import type { AcquisitionQueue } from "./acquisition-queue.ts";
import type { LibrarySet } from "./library-set.ts";
import type { ProgressBoard } from "./progress.ts";

/** What may change while the daemon runs; read anew at the beginning of each step. */
export interface SyncSettings {
  readonly wanted: readonly WantedRule[];
  readonly updates: UpdatePolicy;
  readonly downloadLimit: number;
  readonly keepInReserve: number;
  readonly limits: Limits;
}

/** A catalog that was built and that nobody has judged yet. */
export interface CatalogBuild {
  readonly built: BuiltCatalog;
  /** The name its feeds are staged under. */
  readonly stagingName: string;
}

/** Builds catalog databases, out of the daemon's memory and off its event loop. Spends nothing; throws `Failure`. */
export interface CatalogBuilds {
  /** Fetches what the shop offers now. `previous`: the database to compare with. */
  fetch(options: { catalogRevision: string; previous: string | null; signal: AbortSignal }): Promise<CatalogBuild>;
  /** From the feeds that are kept, without a network; undefined if there are none that can be read. */
  restore(options: { signal: AbortSignal }): Promise<CatalogBuild | undefined>;
}

/** Everything the verbs of this folder act on. Built once by `daemon.ts`. */
export interface SyncParts {
  readonly source: AssetSource;
  readonly store: Store;
  readonly feeds: FeedStore;
  readonly catalogBuilds: CatalogBuilds;
  readonly archives: ArchiveStore;
  readonly extractor: Extractor;
  readonly libraries: LibrarySet;
  readonly queue: AcquisitionQueue;
  readonly linkTrust: LinkTrust;
  readonly progress: ProgressBoard;
  /** Folder for archives under way, on the volume of the archive store. */
  readonly partialFolder: string;
  readonly settings: () => SyncSettings;
  /** Stands for the configured account; a stored refusal counts only for the account it was made with. */
  readonly accountFingerprint: () => string;
  readonly hasAccount: boolean;
  /** Null outside of the quiet hours; else when they end, null where they never do. */
  readonly quietHours: () => { readonly untilMs: number | null } | null;
  readonly publish: Publish;
  readonly now: () => number;
}
