import type { Bandwidth } from "./bandwidth.ts";
import type { HttpSettings } from "./http-settings.ts";
import type { DownloadProgress } from "./transfer-progress.ts";

export interface DownloadFileOptions {
  url: string;
  /** Where the whole file appears. Its folder must exist. One call at a time per path: the part lies beside it. */
  path: string;
  headers?: Record<string, string> | undefined;
  expectedBytes?: number | undefined;
  /** Hex. */
  expectedSha256?: string | undefined;
  maxBytes: number;
  /** Host names without port that the URL and each redirect may have; http for loopback only, always. */
  allowedHosts?: readonly string[] | undefined;
  /**
   * Hosts that may be, or resolve to, addresses of this machine or a private network, because a person named them. Of
   * `allowedHosts`, those that are such addresses outright may anyway. All others are looked at when the connection is
   * made, the first URL's host included.
   */
  privateHosts?: readonly string[] | undefined;
  /** Values to remove from errors, besides those of secret-looking headers. */
  secrets?: readonly string[] | undefined;
  /** Refuse an answer that does not tell its length. Default true. */
  requireLength?: boolean | undefined;
  /** When the first byte is about to come; again when the file has to be begun anew. */
  onStart?: ((start: DownloadStart) => void) | undefined;
  /** About four times a second, and once at the end. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Default: that of `http`. */
  bandwidth?: Bandwidth | undefined;
  signal?: AbortSignal | undefined;
  http?: HttpSettings | undefined;
  /** Default `repeatable`: a broken transfer goes on by itself. `once`: only a request that never left is repeated. */
  repeat?: "repeatable" | "once" | undefined;
  /** For errors and logs. Default `download`. */
  name?: string | undefined;
}

export interface DownloadStart {
  totalBytes: number | undefined;
  resumedFromBytes: number;
  etag: string | undefined;
  /** Of the answer that the bytes come with; names in lower case. Not redacted. */
  headers: Record<string, string>;
}
