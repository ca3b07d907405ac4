import type { Agents } from "./agents.ts";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import type { Timeouts } from "./http-settings.ts";
import { isPrivateHost } from "./private-address.ts";
import { redactUrl } from "./redact.ts";
import { decideRedirect, defaultMaxRedirects, isRedirect } from "./redirect.ts";
import { requestIdOf } from "./request-id.ts";
import { bareHost, headersAcross, isLoopbackHost } from "./same-origin.ts";
import { type OpenAnswer, sendRequest } from "./send-request.ts";

/** Sends the GET of a download and follows where it is sent on to, each hop checked. `onRequest` counts. */
export async function openDownload(facts: {
  agents: Agents;
  operation: string;
  url: URL;
  headers: Record<string, string>;
  /** Host names without port; `undefined`: wherever the caller's URL leads. */
  allowedHosts: readonly string[] | undefined;
  /** Host names or addresses that a person named, and that may therefore be private ones. */
  privateHosts: readonly string[];
  timeouts: Timeouts;
  signal: AbortSignal | undefined;
  secrets: readonly string[];
  /** Use no connection left over from another request. */
  fresh: boolean;
  onRequest: () => void;
}): Promise<OpenAnswer> {
  const { operation, allowedHosts, secrets } = facts;
  const mayBePrivate = privateHostsOf(facts);
  const visited = [facts.url];
  let headers = facts.headers;
  for (let url = facts.url; ; ) {
    const request = { operation, method: "GET", url: redactUrl(url) };
    const why = whyClosed(url, allowedHosts, mayBePrivate);
    if (why !== undefined) throw hostRefused(`${operation}: ${why}.`, request, visited.length === 1);
    facts.onRequest();
    const answer = await sendRequest(facts.agents, {
      operation,
      method: "GET",
      url,
      headers,
      timeouts: facts.timeouts,
      fresh: facts.fresh,
      publicOnly: !mayBePrivate.has(bareHost(url.hostname)),
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

/**
 * The hosts that may be private: those a person named as such, and of the allowed ones those that are private by their
 * very name (`127.0.0.1`, `localhost`). An allowed name is trusted for its files, not to point into this network.
 */
function privateHostsOf(facts: {
  allowedHosts: readonly string[] | undefined;
  privateHosts: readonly string[];
}): ReadonlySet<string> {
  return new Set([...facts.privateHosts, ...(facts.allowedHosts ?? []).filter(isPrivateHost)].map(bareHost));
}

/** Why a URL may not be asked, if so. */
function whyClosed(
  url: URL,
  allowedHosts: readonly string[] | undefined,
  mayBePrivate: ReadonlySet<string>,
): string | undefined {
  const host = bareHost(url.hostname);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return `a file can only be had over https, not ${url.protocol}`;
  if (url.protocol === "http:" && !isLoopbackHost(host)) return `${url.host} would send the file over plain http`;
  if (allowedHosts !== undefined && !allowedHosts.some((name) => bareHost(name) === host))
    return `${url.host} is not among the hosts that files may come from`;
  if (isPrivateHost(host) && !mayBePrivate.has(host)) return `${url.host} is an address of a private network`;
  return undefined;
}

function hostRefused(message: string, request: RedactedRequest, neverSent: boolean): ApiError {
  return new ApiError({ kind: "refusal", code: "host-refused", message, request, neverSent });
}
