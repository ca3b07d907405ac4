import { ApiError, type Clock, pollUntil } from "@org/http-core";
import { notSentError } from "./kaedim-error.ts";
import { decideRequestState, type RequestState } from "./request-state.ts";
import type { Iteration, KaedimRequest, Results } from "./requests.schema.ts";
import type { FetchRequestOptions } from "./requests.ts";

export interface WaitForRequestOptions extends FetchRequestOptions {
  /** Before the first look. Default 10 minutes: the document speaks of 10 to 15. */
  firstDelayMs?: number | undefined;
  /** Between looks. Default 90 seconds. */
  intervalMs?: number | undefined;
  /** From the call. Default 2 hours; people work on it, and nobody promises a time. */
  deadlineMs?: number | undefined;
  onProgress?: ((progress: RequestProgress) => void) | undefined;
}

export interface RequestProgress {
  readonly state: RequestState;
  readonly request: KaedimRequest;
  readonly elapsedMs: number;
}

/** A request that is done. */
export interface FinishedRequest {
  readonly request: KaedimRequest;
  readonly iteration: Iteration;
  /** Links that end after an hour: fetch them now, with `downloadResult`. */
  readonly results: Results;
}

const operation = "Kaedim waitForRequest";

/**
 * Looks again and again until the request is done. Throws `generation-failed` with Kaedim's reason where it was dismissed
 * or cancelled, `deadline-passed` where nothing was decided in time; the request goes on meanwhile, and waiting again costs
 * nothing.
 */
export async function waitForRequest(
  parts: {
    fetchRequest: (options: FetchRequestOptions) => Promise<KaedimRequest>;
    clock: Clock | undefined;
    httpSignal: AbortSignal | undefined;
  },
  options: WaitForRequestOptions,
): Promise<FinishedRequest> {
  const { requestId, studioId, onProgress } = options;
  const { firstDelayMs = 10 * 60_000, intervalMs = 90_000, deadlineMs = 2 * 60 * 60_000 } = options;
  for (const [name, value] of Object.entries({ firstDelayMs, intervalMs, deadlineMs })) {
    if (!Number.isFinite(value) || value < 0) {
      throw notSentError({ code: "argument-invalid", message: `${name} must be milliseconds, 0 or more.`, operation });
    }
  }
  const signals = [options.signal, parts.httpSignal].filter((signal) => signal !== undefined);
  const { request, state } = await pollUntil({
    name: operation,
    check: async (signal) => {
      const request = await parts.fetchRequest({ requestId, studioId, signal });
      return { request, state: decideRequestState(request) };
    },
    isFinished: ({ state }) => state.state !== "running",
    // One that could not be looked at before the deadline would never be.
    firstDelayMs: Math.min(firstDelayMs, deadlineMs),
    intervalMs,
    deadlineMs,
    onProgress: (seen, elapsedMs) => onProgress?.({ ...seen, elapsedMs }),
    signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
    clock: parts.clock,
  });
  if (state.state === "done") return { request, iteration: state.iteration, results: state.results };
  throw failedGeneration(request, state);
}

/** The error for a request that Kaedim will not finish. */
function failedGeneration(request: KaedimRequest, state: RequestState): ApiError {
  const reason = state.state === "failed" && state.reason !== null ? `“${state.reason}”` : "no reason was given";
  return new ApiError({
    kind: "refusal",
    code: "generation-failed",
    message: `Kaedim made no model for request ${request.requestId} (${state.status ?? "no status"}): ${reason}.`,
    request: { operation, method: "", url: "" },
    requestId: request.requestId,
  });
}
