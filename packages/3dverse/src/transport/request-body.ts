/** What a request carries: bytes at once, or chunks of a known or unknown whole. */
export type RequestBody = Uint8Array | StreamedBody;

export interface StreamedBody {
  /** Unknown: sent in chunks without a `Content-Length`. */
  readonly totalBytes: number | undefined;
  /**
   * The bytes, as they are asked for. A chunk may be overwritten as soon as the next one is asked for, so that one
   * buffer serves for a file of any size.
   */
  chunks(): AsyncIterable<Uint8Array>;
  /** About each chunk that has left. */
  onSent?: ((sentBytes: number) => void) | undefined;
}
