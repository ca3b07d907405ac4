import { ApiError, type RedactedRequest } from "./api-error.ts";

/** The failure of a wait or request that its owner ended. `neverSent`: before anything had left. */
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
