import type { Bandwidth } from "./bandwidth.ts";
import type { CertificateSettings } from "./certificates.ts";
import type { Clock } from "./clock.ts";
import type { ProxySettings } from "./proxy.ts";
import type { RetrySettings } from "./retry-policy.ts";

/**
 * How often an operation may be sent.
 *
 * - `repeatable`: reading. Repeated on 429, 5xx and transport failures.
 * - `once`: creating. Repeated only when the request provably never left this machine.
 * - `spends`: costs the user something. Never repeated by machinery, whatever happened.
 */
export type Repeat = "repeatable" | "once" | "spends";

/** The longest each phase of a request may take, in milliseconds, and how slow it may be. There is no total timeout: big files are slow, not stuck. */
export interface Timeouts {
  /** Resolving the host name. */
  lookupMs: number;
  /** TCP connect, including the proxy's CONNECT. */
  connectMs: number;
  /** TLS handshake. */
  secureConnectMs: number;
  /** Sending the request with its body. */
  sendMs: number;
  /** From the request being sent to the answer's headers. */
  responseMs: number;
  /** The longest silence inside a body; every byte starts it anew. */
  stallMs: number;
  /** Waiting for a body for so long must bring `leastBytesPerSecond`, or the connection is as good as stalled. */
  slowMs: number;
  leastBytesPerSecond: number;
}

/** Connect 10 s, headers 60 s, silence 30 s, 1 KB/s over 60 s: reliability plan §5.2 and T7. Sending gets a minute for uploads on slow lines. */
export const defaultTimeouts: Readonly<Timeouts> = {
  lookupMs: 10_000,
  connectMs: 10_000,
  secureConnectMs: 10_000,
  sendMs: 60_000,
  responseMs: 60_000,
  stallMs: 30_000,
  slowMs: 60_000,
  leastBytesPerSecond: 1_000,
};

/** Where the client tells what it does. pino's loggers fit. Everything passed has been redacted. */
export interface HttpLogger {
  debug(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** What every client of every provider accepts as `http`. */
export interface HttpSettings {
  /** Phases not named keep their default (`defaultTimeouts`). */
  timeouts?: Partial<Timeouts> | undefined;
  /** What is not named keeps its default (`defaultRetrySettings`). */
  retry?: Partial<RetrySettings> | undefined;
  /** Default `"environment"`. */
  proxy?: ProxySettings | undefined;
  userAgent?: string | undefined;
  /** Ends everything this client does; operations may bring their own signal besides. */
  signal?: AbortSignal | undefined;
  logger?: HttpLogger | undefined;
  /** Certificate authorities to trust besides those Node brings. */
  ca?: CertificateSettings | undefined;
  /** Shared by all downloads that are given the same one. */
  bandwidth?: Bandwidth | undefined;
  clock?: Clock | undefined;
  /** For jitter; `Math.random` unless told. */
  random?: (() => number) | undefined;
}
