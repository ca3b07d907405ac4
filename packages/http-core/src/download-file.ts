import type { Bandwidth } from "./bandwidth.ts";
import type { HttpSettings } from "./http-settings.ts";

export interface DownloadFileOptions {
  url: string;
  /** Where the whole file appears. Its folder must exist. */
  path: string;
  headers?: Record<string, string> | undefined;
  expectedBytes?: number | undefined;
  /** Hex. */
  expectedSha256?: string | undefined;
  maxBytes: number;
  /** Host names without port that the URL and each redirect may have; http for loopback only. */
  allowedHosts?: readonly string[] | undefined;
  /** Refuse an answer that does not tell its length. Default true. */
  requireLength?: boolean | undefined;
  onStart?: ((start: DownloadStart) => void) | undefined;
  /** About four times a second, and once at the end. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
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
}

export interface DownloadProgress {
  /** Bytes of the file that are here, those kept from before included. */
  bytes: number;
  totalBytes: number | undefined;
  /** Over the last few seconds. */
  bytesPerSecond: number;
}

export interface DownloadedFile {
  path: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  etag?: string;
  /** Bytes that an earlier call had left. */
  resumedFromBytes: number;
  /** Requests sent, redirects included; 0 when the file was there already. */
  requests: number;
}

/** Fetches `url` to `path`: a whole file or nothing. */
export function downloadFile(_options: DownloadFileOptions): Promise<DownloadedFile> {
  throw new Error("not written yet");
}
