import {
  ApiError,
  abortedError,
  describeNodeFailure,
  errorCodeOf,
  type NamedFailure,
  type RedactedRequest,
} from "@org/http-core/policy";

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

function describe(error: unknown, reached: Reached, place: string): NamedFailure {
  if (error instanceof SourceError) return { code: "source-changed", message: error.message, retryable: false };
  if (error instanceof PhaseTimeout) return timeouts[error.phase](place);
  const code = errorCodeOf(error);
  const known = describeNodeFailure(code, { answered: reached.answered, place });
  if (known !== undefined) return known;
  const text = error instanceof Error ? error.message : String(error);
  return { code: "request-failed", message: `The request to ${place} failed: ${text}`, retryable: code !== "" };
}

const timeouts: Record<PhaseTimeout["phase"], (place: string) => NamedFailure> = {
  connect: (place) => ({ code: "connection-timed-out", message: `${place} could not be reached in time.` }),
  send: (place) => ({ code: "request-timed-out", message: `${place} took nothing of the request for too long.` }),
  answer: (place) => ({ code: "answer-timed-out", message: `${place} did not begin to answer in time.` }),
  body: (place) => ({
    code: "connection-stalled",
    message: `${place} sent nothing for too long in the middle of its answer.`,
  }),
};
