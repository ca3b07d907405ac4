import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Agents } from "./agents.ts";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import type { Timeouts } from "./http-settings.ts";
import { redactUrl } from "./redact.ts";
import { decideRedirect, defaultMaxRedirects, isRedirect } from "./redirect.ts";
import { requestIdOf } from "./request-id.ts";
import { bareHost, headersAcross, isLoopbackHost, isPrivateAddress } from "./same-origin.ts";
import { type OpenAnswer, sendRequest } from "./send-request.ts";

/** Sends the GET of a download and follows where it is sent on to, each hop checked. `onRequest` counts. */
export async function openDownload(facts: {
  agents: Agents;
  operation: string;
  url: URL;
  headers: Record<string, string>;
  /** Host names without port; `undefined`: wherever the caller's URL leads. */
  allowedHosts: readonly string[] | undefined;
  timeouts: Timeouts;
  signal: AbortSignal | undefined;
  secrets: readonly string[];
  /** Use no connection left over from another request. */
  fresh: boolean;
  onRequest: () => void;
}): Promise<OpenAnswer> {
  const { operation, allowedHosts, secrets } = facts;
  const visited = [facts.url];
  let headers = facts.headers;
  for (let url = facts.url; ; ) {
    const request = { operation, method: "GET", url: redactUrl(url) };
    const why = whyClosed(url, facts.url, allowedHosts);
    if (why !== undefined) throw hostRefused(`${operation}: ${why}.`, request, visited.length === 1);
    facts.onRequest();
    const elsewhere = url.hostname !== facts.url.hostname;
    const answer = await sendRequest(facts.agents, {
      operation,
      method: "GET",
      url,
      headers,
      timeouts: facts.timeouts,
      // As everywhere: what may be asked only once must know whether it was. And a guarded lookup needs a connection to
      // be made, or it would guard nothing.
      fresh: facts.fresh || elsewhere,
      lookup: elsewhere && allowedHosts === undefined ? publicLookup : undefined,
      signal: facts.signal,
      secrets,
    });
    if (!isRedirect(answer.status, answer.headers)) return answer;
    answer.cancel();
    const decision = decideRedirect({
      method: "GET",
      // The second hop of a download is the same download, whatever may be repeated.
      repeat: "repeatable",
      location: answer.headers.location ?? "",
      visited,
      maxRedirects: defaultMaxRedirects,
    });
    if ("refuse" in decision) {
      throw new ApiError({
        kind: "refusal",
        code: "redirect-refused",
        message: `${operation}: the download was not carried on, because ${decision.refuse}.`,
        status: answer.status,
        requestId: requestIdOf(answer.headers),
        request,
        secrets,
      });
    }
    headers = headersAcross(url, decision.follow, headers);
    url = decision.follow;
    visited.push(url);
  }
}

/** Why a URL may not be asked, if so. */
function whyClosed(url: URL, first: URL, allowedHosts: readonly string[] | undefined): string | undefined {
  const host = bareHost(url.hostname);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return `a file can only be had over https, not ${url.protocol}`;
  if (url.protocol === "http:" && !isLoopbackHost(host)) return `${url.host} would send the file over plain http`;
  if (allowedHosts !== undefined) {
    const open = allowedHosts.some((name) => bareHost(name) === host);
    return open ? undefined : `${url.host} is not among the hosts that files may come from`;
  }
  if (url.hostname !== first.hostname && isPrivateAddress(host))
    return `${url.host} is an address of a private network`;
  return undefined;
}

function hostRefused(message: string, request: RedactedRequest, neverSent: boolean): ApiError {
  return new ApiError({ kind: "refusal", code: "host-refused", message, request, neverSent });
}

/** Resolves names for hosts that an answer named: none of their addresses may be private. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "");
    const bad = addresses.find(({ address }) => isPrivateAddress(address));
    const first = addresses[0];
    if (bad !== undefined || first === undefined) {
      return callback(
        Object.assign(new Error("The name leads into a private network"), { code: "ERR_ADDRESS_REFUSED" }),
        "",
      );
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
