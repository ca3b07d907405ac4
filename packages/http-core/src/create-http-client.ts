import type { DownloadedFile, DownloadFileOptions } from "./download-file.ts";
import type { HttpSettings } from "./http-settings.ts";
import type { HttpAnswer, JsonAnswer, JsonOperation, Operation, TextAnswer } from "./operation.ts";

export interface HttpClientSettings {
  /** `https://shop.example`, optionally with a base path; every operation's path lies below it. */
  origin: string;
  /** Sent with every operation to this origin. */
  headers?: Record<string, string> | undefined;
  /** Asked once for each request of operations that say `credentials: true`; sent to this origin only. */
  credentialHeaders?: (() => Promise<Record<string, string>> | Record<string, string>) | undefined;
  http?: HttpSettings | undefined;
  /** Default 5. */
  maxRedirects?: number | undefined;
  /** Plain http is refused except for loopback unless this is true. */
  allowPlainHttp?: boolean | undefined;
}

/** A client of one origin. */
export interface HttpClient {
  readonly origin: string;
  request(operation: Operation): Promise<HttpAnswer>;
  requestText(operation: Operation): Promise<TextAnswer>;
  requestJson<T>(operation: JsonOperation<T>): Promise<JsonAnswer<T>>;
  /** As `downloadFile`, with this client's `http` settings. None of the client's headers are sent. */
  downloadFile(options: Omit<DownloadFileOptions, "http">): Promise<DownloadedFile>;
}

/** Builds a client; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function createHttpClient(_settings: HttpClientSettings): HttpClient {
  throw new Error("not written yet");
}
