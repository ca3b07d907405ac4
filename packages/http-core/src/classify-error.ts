import { AbortError, ReadError, RequestError, TimeoutError } from "got";
import { abortedError } from "./aborted-error.ts";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import {
  describeBreak,
  describeNodeFailure,
  describeProxyRefusal,
  errorCodeOf,
  type NamedFailure,
} from "./name-failure.ts";

/** How far a request had come when it failed. */
export interface Reached {
  /** The connection stood, with TLS where asked for, so bytes of the request may have left. */
  connected: boolean;
  /** The answer's headers had come. */
  answered: boolean;
  /** `proxy.example:3128` when the way led through one. */
  proxy?: string | undefined;
}

/** No byte came for longer than allowed. */
export class StallError extends Error {
  readonly stallMs: number;
  constructor(stallMs: number) {
    super(`No byte came for ${stallMs} ms`);
    this.stallMs = stallMs;
  }
}

/** Fewer bytes came than would ever bring the file. */
export class SlowError extends Error {
  readonly leastBytesPerSecond: number;
  readonly slowMs: number;
  constructor(leastBytesPerSecond: number, slowMs: number) {
    super(`Less than ${leastBytesPerSecond} bytes per second came for ${slowMs} ms`);
    this.leastBytesPerSecond = leastBytesPerSecond;
    this.slowMs = slowMs;
  }
}

/** Turns what got, Node and TLS throw into an `ApiError`; nothing else in this package knows their classes. */
export function classifyError(
  error: unknown,
  facts: { request: RedactedRequest; reached: Reached; signal?: AbortSignal | undefined; secrets?: readonly string[] },
): ApiError {
  if (ApiError.isInstance(error)) return error;
  const { request, reached } = facts;
  if (error instanceof AbortError || facts.signal?.aborted) {
    return abortedError(request, { reason: facts.signal?.reason ?? error });
  }
  return new ApiError({
    kind: "transport",
    retryable: true,
    neverSent: !reached.connected,
    ...describe(error, reached, placeOf(request.url, reached)),
    request,
    cause: error,
    secrets: facts.secrets ?? [],
  });
}

function describe(error: unknown, reached: Reached, place: string): NamedFailure {
  if (error instanceof StallError) {
    return {
      code: "connection-stalled",
      message: `${place} sent nothing for ${error.stallMs / 1000} s in the middle of its answer.`,
    };
  }
  if (error instanceof SlowError) {
    return {
      code: "connection-stalled",
      message: `${place} sent less than ${error.leastBytesPerSecond} bytes per second for ${error.slowMs / 1000} s.`,
    };
  }
  if (error instanceof TimeoutError) return describeTimeout(error.event, place);
  const code = errorCodeOf(error);
  const known = describeNodeFailure(code, { answered: reached.answered, place });
  if (known !== undefined) return known;
  const text = error instanceof Error ? error.message : String(error);
  const proxyStatus = /^Bad response: (\d+)$/.exec(text)?.[1];
  if (proxyStatus !== undefined) return describeProxyRefusal(Number(proxyStatus), place, reached.proxy);
  if (text === "Proxy timeout") {
    return {
      code: "connection-timed-out",
      message: `The proxy ${reached.proxy ?? ""} did not connect to ${place} in time.`,
    };
  }
  if (error instanceof ReadError) return describeBreak(reached.answered, place);
  if (error instanceof RequestError || code !== "") {
    return {
      code: "request-failed",
      message: `The request to ${place} failed (${code || text}).`,
      retryable: code !== "ERR_INVALID_URL",
    };
  }
  return { code: "request-failed", message: `The request to ${place} failed: ${text}`, retryable: false };
}

function describeTimeout(event: string, place: string): NamedFailure {
  switch (event) {
    case "lookup":
      return { code: "name-not-resolved", message: `The name of ${place} was not resolved in time.` };
    case "connect":
    case "secureConnect":
      return { code: "connection-timed-out", message: `${place} could not be reached in time.` };
    case "send":
      return { code: "request-timed-out", message: `${place} did not take the request in time.` };
    default:
      return { code: "answer-timed-out", message: `${place} did not begin to answer in time.` };
  }
}

/** Before a connection stands, what failed may as well be the proxy. */
function placeOf(url: string, reached: Reached): string {
  const host = URL.parse(url)?.host || "the server";
  return reached.proxy === undefined || reached.connected ? host : `${host} (by way of the proxy ${reached.proxy})`;
}
