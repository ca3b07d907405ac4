import { ApiError, type ApiErrorDetails, type RedactedRequest } from "@org/http-core";

/** How far a request had come when it failed. */
export interface Reached {
  /** The connection stood, with TLS where asked for, so bytes of the request may have left. */
  connected: boolean;
  /** The answer's headers had come. */
  answered: boolean;
}

/** A phase took longer than `Timeouts` allows. */
export class PhaseTimeout extends Error {
  readonly phase: "connect" | "send" | "answer" | "body";
  constructor(phase: PhaseTimeout["phase"]) {
    super(`The ${phase} phase took too long`);
    this.phase = phase;
  }
}

/** What was to be sent cannot be sent: a file that became shorter, a stream of another length than announced. */
export class SourceError extends Error {}

/** The failure of a request or wait that its owner ended. */
export function abortedError(
  request: RedactedRequest,
  facts: { reason?: unknown; neverSent?: boolean } = {},
): ApiError {
  return new ApiError({
    kind: "aborted",
    code: "aborted",
    message: `${request.operation || "The request"} was aborted.`,
    neverSent: facts.neverSent,
    request,
    cause: facts.reason,
  });
}

type Described = Pick<ApiErrorDetails, "code" | "message"> & Partial<ApiErrorDetails>;

/** Turns what Node's sockets and TLS throw into an `ApiError`, under the names that http-core uses for them. */
export function transportError(
  error: unknown,
  facts: { request: RedactedRequest; reached: Reached; signal?: AbortSignal | undefined; secrets: readonly string[] },
): ApiError {
  if (ApiError.isInstance(error)) return error;
  const { request, reached, signal, secrets } = facts;
  if (signal?.aborted) return abortedError(request, { reason: signal.reason, neverSent: !reached.connected });
  const place = URL.parse(request.url)?.host || "the server";
  return new ApiError({
    kind: "transport",
    retryable: true,
    neverSent: !reached.connected,
    ...describe(error, reached, place),
    request,
    cause: error,
    secrets,
  });
}

function describe(error: unknown, reached: Reached, place: string): Described {
  if (error instanceof SourceError) return { code: "source-changed", message: error.message, retryable: false };
  if (error instanceof PhaseTimeout) return timeouts[error.phase](place);
  const code = codeOf(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { code: "name-not-resolved", message: `The name of ${place} could not be resolved. Is the network up?` };
  }
  if (code === "ECONNREFUSED") return { code: "connection-refused", message: `${place} refused the connection.` };
  if (/^E(HOST|NET)(UNREACH|DOWN)$|^EADDRNOTAVAIL$/.test(code)) {
    return { code: "host-unreachable", message: `There is no way to ${place} from here.` };
  }
  if (code === "ETIMEDOUT") return timeouts.connect(place);
  if (code.startsWith("HPE_")) {
    return {
      kind: "unreadable",
      code: "answer-malformed",
      message: `${place} sent something that is not HTTP (${code}).`,
    };
  }
  if (/CERT|ISSUER|SIGNATURE|CRL/.test(code)) {
    return {
      code: code === "CERT_HAS_EXPIRED" ? "certificate-expired" : "certificate-untrusted",
      message: `The certificate of ${place} is not accepted (${code}). Behind a company proxy, name the company's CA in the certificate settings or in NODE_EXTRA_CA_CERTS.`,
      retryable: false,
    };
  }
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) {
    return {
      code: "tls-failed",
      message: `No secure connection to ${place} could be made (${code}).`,
      retryable: false,
    };
  }
  if (/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/.test(code)) {
    return reached.answered
      ? { code: "answer-truncated", message: `The connection to ${place} broke in the middle of the answer.` }
      : { code: "connection-reset", message: `The connection to ${place} broke before an answer came.` };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { code: "request-failed", message: `The request to ${place} failed: ${text}`, retryable: code !== "" };
}

const timeouts: Record<PhaseTimeout["phase"], (place: string) => Described> = {
  connect: (place) => ({ code: "connection-timed-out", message: `${place} could not be reached in time.` }),
  send: (place) => ({ code: "request-timed-out", message: `${place} took nothing of the request for too long.` }),
  answer: (place) => ({ code: "answer-timed-out", message: `${place} did not begin to answer in time.` }),
  body: (place) => ({
    code: "connection-stalled",
    message: `${place} sent nothing for too long in the middle of its answer.`,
  }),
};

/** Several addresses tried come as one AggregateError that carries the code of the first. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
  }
  return "";
}
