import type { Iteration, KaedimRequest, Results } from "./requests.schema.ts";

/** What has become of a request, decided by its newest iteration. */
export type RequestState =
  | { readonly state: "running"; readonly status: string | null; readonly iteration: Iteration | null }
  | { readonly state: "done"; readonly status: string; readonly iteration: Iteration; readonly results: Results }
  | {
      readonly state: "failed";
      readonly status: string;
      readonly iteration: Iteration;
      readonly reason: string | null;
    };

const finishedStatuses = new Set(["completed", "approved", "uploaded"]);
const failedStatuses = new Set(["dismissed", "cancelled", "canceled"]);

/**
 * Done is a finished status **with** at least one link, failed a dismissed or cancelled one. Every other status, known
 * or not, is still running: a word that we do not know must not end a wait that has been paid for.
 */
export function decideRequestState(request: Pick<KaedimRequest, "iterations">): RequestState {
  const iteration = request.iterations.at(-1);
  if (iteration === undefined) return { state: "running", status: null, iteration: null };
  const { status, results, dismissedReason } = iteration;
  if (failedStatuses.has(status)) return { state: "failed", status, iteration, reason: dismissedReason };
  const hasLinks = Object.keys(results).length > 0;
  if (finishedStatuses.has(status) && hasLinks) return { state: "done", status, iteration, results };
  return { state: "running", status: status === "" ? null : status, iteration };
}
