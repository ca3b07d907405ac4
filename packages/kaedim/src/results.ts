import {
  ApiError,
  type DownloadedFile,
  type DownloadProgress,
  type DownloadStart,
  type HttpClient,
  isLoopbackHost,
} from "@org/http-core";
import type { Open, ResultFormat } from "./data-types.ts";
import { notSentError, renamed } from "./kaedim-error.ts";
import type { KaedimRequest } from "./requests.schema.ts";
import type { FetchRequestOptions } from "./requests.ts";

export interface DownloadResultOptions {
  /** The request, by its id or as it was fetched within the last hour. */
  request: string | KaedimRequest;
  format: Open<ResultFormat>;
  /** Where the whole file appears; until then there is `path` + `.part`, from which a later call goes on. */
  path: string;
  /** Default: the newest iteration. */
  iterationId?: string | undefined;
  /** Default: that of the settings. */
  studioId?: string | undefined;
  /** Default 2 GB. */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
  onStart?: ((start: DownloadStart) => void) | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

const operation = "Kaedim downloadResult";
const defaultMaxResultBytes = 2_000_000_000;

/**
 * Fetches one file of a request. Costs nothing. Links live for an hour: one that has ended is replaced once, by fetching
 * the request again. No header of Kaedim's is sent to where the link leads.
 */
export async function downloadResult(
  parts: {
    api: HttpClient;
    fetchRequest: (options: FetchRequestOptions) => Promise<KaedimRequest>;
    resultHosts: readonly string[] | undefined;
  },
  options: DownloadResultOptions,
): Promise<DownloadedFile> {
  const { request, studioId, signal } = options;
  const fetchAgain = () =>
    parts.fetchRequest({ requestId: typeof request === "string" ? request : request.requestId, studioId, signal });
  const wasFetchedNow = typeof request === "string";
  const known = wasFetchedNow ? await fetchAgain() : request;
  const link = findLink(known, options);
  if (link === undefined && wasFetchedNow) throw missingResult(known, options);
  if (link !== undefined) {
    try {
      return await fetchLink(parts, link, options);
    } catch (error) {
      if (!isEnded(error)) throw named(error);
    }
  }
  // The link has ended, or the request was kept from a time before there was one.
  const renewed = await fetchAgain();
  const newLink = findLink(renewed, options);
  if (newLink === undefined) throw missingResult(renewed, options);
  try {
    return await fetchLink(parts, newLink, options);
  } catch (error) {
    throw named(error);
  }
}

function findLink(request: KaedimRequest, options: DownloadResultOptions): string | undefined {
  return findIteration(request, options)?.results[options.format.toLowerCase()];
}

function findIteration(request: KaedimRequest, { iterationId }: DownloadResultOptions) {
  if (iterationId !== undefined) return request.iterations.find((one) => one.iterationId === iterationId);
  return request.iterations.at(-1);
}

async function fetchLink(
  parts: { api: HttpClient; resultHosts: readonly string[] | undefined },
  link: string,
  options: DownloadResultOptions,
): Promise<DownloadedFile> {
  const { path, maxBytes = defaultMaxResultBytes, signal, onStart, onProgress } = options;
  const reason = whyRefused(link, parts.api.origin);
  if (reason !== undefined) {
    throw notSentError({
      code: "link-refused",
      message: `The link of the result is not followed: ${reason}.`,
      operation,
    });
  }
  return parts.api.downloadFile({
    name: operation,
    url: link,
    path,
    maxBytes,
    allowedHosts: parts.resultHosts,
    signal,
    onStart,
    onProgress,
  });
}

/**
 * Why a link of an answer must not be asked, if so. The document names no host for results, so any name with https will do,
 * but a bare address or this machine itself only where the API is a sandbox on this machine.
 */
export function whyRefused(link: string, apiOrigin: string): string | undefined {
  const url = URL.parse(link);
  if (url === null) return "it is no web address";
  if (url.username !== "" || url.password !== "") return "it carries a user name";
  const isSandbox = isLoopbackHost(new URL(apiOrigin).hostname);
  const host = url.hostname.replace(/\.$/, "");
  if (isLoopbackHost(host)) return isSandbox ? undefined : `${host} is this machine itself`;
  if (url.protocol !== "https:") return `it is ${url.protocol.slice(0, -1)} and not https`;
  if (/^\[|^[\d.]+$/.test(host)) return `${host} is a bare address and no name`;
  return undefined;
}

function isEnded(error: unknown): boolean {
  if (!ApiError.isInstance(error) || error.kind !== "refusal") return false;
  // Signed links answer 403 once they have ended; some stores say 400 or 410 instead.
  return error.status === 403 || error.status === 410 || error.status === 400 || error.status === 401;
}

/** What a host of results means by its refusal. */
function named(error: unknown): unknown {
  if (!ApiError.isInstance(error) || error.kind !== "refusal") return error;
  if (error.code === "host-refused") {
    return renamed(error, { code: "link-refused", advice: "Add the host to resultHosts if you trust it." });
  }
  if (error.request.operation !== operation) return error;
  if (isEnded(error)) {
    return renamed(error, { code: "link-expired", advice: "A fresh link was refused as well; tell Kaedim." });
  }
  return error.status === 404
    ? renamed(error, { code: "result-not-found", advice: "The link leads to no file; tell Kaedim." })
    : error;
}

function missingResult(request: KaedimRequest, options: DownloadResultOptions): ApiError {
  const iteration = findIteration(request, options);
  const formats = Object.keys(iteration?.results ?? {});
  const wanted = options.iterationId === undefined ? "" : ` iteration ${options.iterationId} of`;
  const has =
    formats.length > 0 ? `it has ${formats.join(", ")}` : `its status is ${iteration?.status || "not known yet"}`;
  return notSentError({
    code: "result-missing",
    message: `There is no ${options.format} in${wanted} request ${request.requestId}: ${has}.`,
    operation,
  });
}
