import { AbortError, ReadError, RequestError, TimeoutError } from "got";
import { ApiError, type ApiErrorDetails, type RedactedRequest } from "./api-error.ts";

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

/** The failure of a wait or request that its owner ended. */
export function abortedError(request: RedactedRequest, reason?: unknown): ApiError {
  return new ApiError({
    kind: "aborted",
    code: "aborted",
    message: `${request.operation || "The request"} was aborted.`,
    request,
    cause: reason,
  });
}

type Classified = Pick<ApiErrorDetails, "code" | "message"> & Partial<ApiErrorDetails>;

/** Turns what got, Node and TLS throw into an `ApiError`; nothing else in this package knows their classes. */
export function classifyError(
  error: unknown,
  facts: { request: RedactedRequest; reached: Reached; signal?: AbortSignal | undefined; secrets?: readonly string[] },
): ApiError {
  if (ApiError.isInstance(error)) return error;
  const { request, reached } = facts;
  if (error instanceof AbortError || facts.signal?.aborted) return abortedError(request, facts.signal?.reason ?? error);
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

function describe(error: unknown, reached: Reached, place: string): Classified {
  if (error instanceof StallError) {
    return {
      code: "connection-stalled",
      message: `${place} sent nothing for ${error.stallMs / 1000} s in the middle of its answer.`,
    };
  }
  if (error instanceof TimeoutError) return describeTimeout(error.event, place);
  const code = codeOf(error);
  const known = byCode[code];
  if (known !== undefined) return known(place);
  const text = error instanceof Error ? error.message : String(error);
  const proxyStatus = /^Bad response: (\d+)$/.exec(text)?.[1];
  if (proxyStatus !== undefined) return describeProxyRefusal(Number(proxyStatus), place, reached.proxy);
  if (text === "Proxy timeout") {
    return {
      code: "connection-timed-out",
      message: `The proxy ${reached.proxy ?? ""} did not connect to ${place} in time.`,
    };
  }
  if (code.startsWith("HPE_")) {
    return {
      kind: "unreadable",
      code: "answer-malformed",
      message: `${place} sent something that is not HTTP (${code}).`,
    };
  }
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) {
    return {
      code: "tls-failed",
      message: `No secure connection to ${place} could be made (${code}).`,
      retryable: false,
    };
  }
  if (/CERT|ISSUER|SIGNATURE|CRL/.test(code)) return untrusted(place, code);
  if (/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) || error instanceof ReadError) {
    return reached.answered
      ? { code: "answer-truncated", message: `The connection to ${place} broke in the middle of the answer.` }
      : { code: "connection-reset", message: `The connection to ${place} broke before an answer came.` };
  }
  if (error instanceof RequestError || code !== "") {
    return {
      code: "request-failed",
      message: `The request to ${place} failed (${code || text}).`,
      retryable: code !== "ERR_INVALID_URL",
    };
  }
  return { code: "request-failed", message: `The request to ${place} failed: ${text}`, retryable: false };
}

const byCode: Record<string, (place: string) => Classified> = {
  ENOTFOUND: (place) => ({
    code: "name-not-resolved",
    message: `The name of ${place} could not be resolved. Is the network up?`,
  }),
  EAI_AGAIN: (place) => ({
    code: "name-not-resolved",
    message: `The name of ${place} could not be resolved. Is the network up?`,
  }),
  ECONNREFUSED: (place) => ({ code: "connection-refused", message: `${place} refused the connection.` }),
  EHOSTUNREACH: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  ENETUNREACH: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  ENETDOWN: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  EADDRNOTAVAIL: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  ETIMEDOUT: (place) => ({ code: "connection-timed-out", message: `${place} could not be reached in time.` }),
  ERR_ADDRESS_REFUSED: (place) => ({
    code: "host-refused",
    message: `${place} leads into a private network, where an answer from outside has no business to send us.`,
    retryable: false,
  }),
  CERT_HAS_EXPIRED: (place) => ({
    code: "certificate-expired",
    message: `The certificate of ${place} has expired.`,
    retryable: false,
  }),
  CERT_NOT_YET_VALID: (place) => ({
    code: "certificate-expired",
    message: `The certificate of ${place} is not valid yet. Is the clock of this machine right?`,
    retryable: false,
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: (place) => ({
    code: "certificate-name-mismatch",
    message: `The certificate that ${place} showed belongs to another host.`,
    retryable: false,
  }),
  DEPTH_ZERO_SELF_SIGNED_CERT: (place) => untrusted(place, "self-signed"),
  SELF_SIGNED_CERT_IN_CHAIN: (place) => untrusted(place, "self-signed in its chain"),
};

function untrusted(place: string, why: string): Classified {
  return {
    code: "certificate-untrusted",
    message: `The certificate of ${place} is not trusted (${why}). Behind a company proxy, name the company's CA file in the certificate settings or in NODE_EXTRA_CA_CERTS.`,
    retryable: false,
  };
}

function describeTimeout(event: string, place: string): Classified {
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

function describeProxyRefusal(status: number, place: string, proxy = "the proxy"): Classified {
  if (status === 407) {
    return {
      code: "proxy-authentication-required",
      message: `The proxy ${proxy} wants a name and a password (407); put them into its URL.`,
      retryable: false,
      status,
    };
  }
  return {
    code: "proxy-refused",
    message: `The proxy ${proxy} refused to connect to ${place} (${status}).`,
    retryable: status >= 500,
    status,
  };
}

/** Several addresses tried come as one AggregateError; got wraps and keeps the code. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const code = (at as NodeJS.ErrnoException).code;
    if (typeof code === "string" && code !== "ERR_GOT_REQUEST_ERROR" && code !== "ERR_READING_RESPONSE_STREAM")
      return code;
  }
  return "";
}

/** Before a connection stands, what failed may as well be the proxy. */
function placeOf(url: string, reached: Reached): string {
  const host = URL.parse(url)?.host || "the server";
  return reached.proxy === undefined || reached.connected ? host : `${host} (by way of the proxy ${reached.proxy})`;
}
