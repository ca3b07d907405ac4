import { notSentError } from "./kaedim-error.ts";
import type { KaedimRequest } from "./requests.schema.ts";
import type { RequestList } from "./requests.ts";

export interface FindLostRequestOptions {
  /** When `process` was called, by this machine's clock. */
  sentAt: Date;
  /** Requests that are accounted for: those of earlier calls, of other programs. */
  knownRequestIds?: Iterable<string> | undefined;
  /** What the lost request asked for; an asset that says otherwise is another one. */
  polycount?: number | undefined;
  loq?: string | undefined;
  /** How wrong the two clocks may be. Default 5 minutes. */
  clockToleranceMs?: number | undefined;
  /** As given to `process`. Default: that of the settings. */
  studioId?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** What the account's list says about a request whose answer was lost. */
export type LostRequest =
  /** Exactly one request can be it. */
  | { readonly outcome: "found"; readonly request: KaedimRequest; readonly candidates: readonly KaedimRequest[] }
  /** None can. It may still appear within minutes: look again before sending again. */
  | { readonly outcome: "none"; readonly candidates: readonly [] }
  /** Several can, or the list has records that cannot be read: a person has to look. */
  | { readonly outcome: "unclear"; readonly candidates: readonly KaedimRequest[] };

const defaultToleranceMs = 5 * 60_000;

/**
 * Looks for a request whose answer was lost in the account's whole list. No dates are sent: a server that misreads one
 * would leave the request out, and the next `process` would pay a second time.
 */
export async function findLostRequest(
  fetchAll: (options: { studioId?: string | undefined; signal?: AbortSignal | undefined }) => Promise<RequestList>,
  options: FindLostRequestOptions,
): Promise<LostRequest> {
  const { sentAt, studioId, signal } = options;
  if (!(sentAt instanceof Date && Number.isFinite(sentAt.getTime()))) {
    throw notSentError({
      code: "argument-invalid",
      message: "findLostRequest needs to know when process was called.",
      operation: "Kaedim findLostRequest",
    });
  }
  const list = await fetchAll({ studioId, signal });
  return decideLostRequest(list, options);
}

/** The decision of `findLostRequest`, on a list that is here already. */
function decideLostRequest(
  list: Pick<RequestList, "requests" | "skipped">,
  options: Omit<FindLostRequestOptions, "signal" | "studioId">,
): LostRequest {
  const { sentAt, polycount, loq, clockToleranceMs = defaultToleranceMs } = options;
  const known = new Set(options.knownRequestIds);
  const earliestMs = sentAt.getTime() - clockToleranceMs;
  const candidates = list.requests.filter((request) => {
    if (known.has(request.requestId)) return false;
    // One without a readable date cannot be ruled out.
    if (request.createdAtMs !== null && request.createdAtMs < earliestMs) return false;
    if (polycount !== undefined && request.polycount !== null && request.polycount !== polycount) return false;
    const asked = request.iterations[0]?.loq?.toLowerCase();
    return loq === undefined || asked === undefined || asked === loq.toLowerCase();
  });
  const [request] = candidates;
  if (request === undefined)
    return list.skipped.length === 0 ? { outcome: "none", candidates: [] } : { outcome: "unclear", candidates };
  return candidates.length === 1 ? { outcome: "found", request, candidates } : { outcome: "unclear", candidates };
}
