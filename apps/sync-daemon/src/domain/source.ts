import type { AssetType, Product, SkippedRecord } from "./product.ts";

/** The answer of the cheap call: is there news? Compared for equality only. */
export interface SourceStatus {
  readonly catalogRevision: string;
}

/** One file of a source's offer as it was received (decompressed), kept on disk for evidence and offline use. */
export interface Feed {
  readonly name: string;
  readonly text: string;
}

/** Everything a source offers at one time. Replaced as a whole or not at all. */
export interface FetchedCatalog {
  readonly products: readonly Product[];
  readonly skipped: readonly SkippedRecord[];
  /** Blender's catalog file per library, exactly as served. */
  readonly catalogFiles: Readonly<Record<AssetType, string>>;
  readonly feeds: readonly Feed[];
}

/** May this account have products that are not free? */
export interface Entitlement {
  readonly active: boolean;
  /** One sentence for people: which subscription, which status. */
  readonly description: string;
}

/** What the shop hands out for one spend. */
export interface Link {
  readonly url: string;
  /** Milliseconds since the epoch, where the link itself says so. */
  readonly expiresAtMs: number | null;
}

export interface TransferProgress {
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
}

export interface FetchedArchive {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Bytes that were already on disk from an earlier try and not sent again. */
  readonly resumedFromBytes: number;
}

/**
 * A provider as the daemon sees it. Every method throws `Failure` and nothing else, and ends when `signal` aborts.
 * The promises are tests in `sources/asset-source.contract.ts`, which every source runs.
 */
export interface AssetSource {
  readonly id: string;
  /** Free, needs no account. */
  getStatus(options: { signal: AbortSignal }): Promise<SourceStatus>;
  /** Free, needs no account. All of it or a failure; records that cannot be read are skipped and reported. */
  fetchCatalog(options: { signal: AbortSignal }): Promise<FetchedCatalog>;
  /** Free, signs in. */
  getEntitlement(options: { signal: AbortSignal }): Promise<Entitlement>;
  /** Signs in with the configured account once; fails with `sign-in-failed` or `sign-in-missing`. Spends nothing. */
  checkAccount(options: { signal: AbortSignal }): Promise<void>;
  /**
   * Free, needs no account and tells the far side of none. Fetches a picture that the catalog names to `path`, from the
   * hosts that archives may come from; whole, or nothing is there. What kind of file it is, nobody has looked at.
   */
  fetchPicture(options: { url: string; path: string; maxPictureBytes: number; signal: AbortSignal }): Promise<void>;
  /**
   * **Spends one download.** Sent at most once, whatever happens. A failure whose `spendOutcome` is `not-spent` says
   * that the shop refused or was never reached; every other failure leaves the spend in doubt.
   */
  requestLink(options: { productId: number; downloadId: string; signal: AbortSignal }): Promise<Link>;
  /** Free while the link lives: continues what `path` + `.part` holds from an earlier try on the same link. */
  fetchArchive(options: {
    link: Link;
    path: string;
    maxArchiveBytes: number;
    signal: AbortSignal;
    /** Called before the first byte is written, with the length the server named. May throw a `Failure` to stop. */
    onStart?: (start: { totalBytes: number }) => void;
    onProgress?: (progress: TransferProgress) => void;
  }): Promise<FetchedArchive>;
}
