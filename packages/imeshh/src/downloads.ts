import {
  ApiError,
  bareHost,
  type DownloadedFile,
  type DownloadProgress,
  type DownloadStart,
  type HttpClient,
} from "@org/http-core";
import type { Auth } from "./auth.ts";
import { decideFileUrl, readLinkExpiry } from "./file-url.ts";
import { notSentError, refusalOf, renamed, requestLinkOperation, saysQuotaExhausted } from "./imeshh-error.ts";
import { isRecord } from "./php-json.ts";
import { createSharedWork } from "./shared-work.ts";

/**
 * What one download of a product's budget buys. Keep it: asking again costs another one. It may lead to a host that is
 * not in `archiveHosts`; then `fetchArchive` refuses it, and follows it once the host is allowed.
 */
export interface Link {
  readonly url: string;
  /** Host name of the URL, without port. */
  readonly host: string;
  /** Milliseconds since 1970, where the link itself tells; the document does not say how long links live. */
  readonly expiresAtMs: number | null;
  readonly productId: number;
  readonly downloadId: string;
}

export interface FetchArchiveOptions {
  /** From `requestLink`, now or earlier. */
  link: Pick<Link, "url">;
  /** Where the whole archive appears; until then there is `path` + `.part`, from which a later call goes on. */
  path: string;
  /** Default 8 GB. */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
  onStart?: ((start: DownloadStart) => void) | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** The default of `maxBytes`; the largest archives seen are 16k materials of some hundred megabytes. */
const defaultMaxArchiveBytes = 8_000_000_000;

/** The only host in the document's examples. */
export const defaultArchiveHosts: readonly string[] = ["r2.imeshh.com"];

interface LinkRequest {
  productId: number;
  downloadId: string;
  signal?: AbortSignal | undefined;
}

/**
 * Makes the function that asks the shop for a link. **It spends one of the product's downloads** (four on a standard
 * account; whether the shop counts here or at the fetch is unknown). It sends once, whatever happens; only after the
 * shop refused the token, which it does before it counts, the same request follows once more with a new one. Calls for
 * the same download that come while one is under way share its link. `spendOutcome` tells what a failure cost.
 */
export function createRequestLink(parts: { shop: HttpClient; auth: Auth }) {
  const sharedRequest = createSharedWork<Link>(requestLinkOperation);
  return ({ productId, downloadId, signal }: LinkRequest): Promise<Link> =>
    sharedRequest(
      `${productId} ${downloadId}`,
      (signal) => requestLink(parts, { productId, downloadId, signal }),
      signal,
    );
}

async function requestLink(parts: { shop: HttpClient; auth: Auth }, options: LinkRequest): Promise<Link> {
  const { shop, auth } = parts;
  const { productId, downloadId, signal } = options;
  if (!Number.isSafeInteger(productId) || productId <= 0 || downloadId === "") {
    throw notSentError({
      code: "argument-invalid",
      message: `A link needs a product's number and the id of one of its downloads, not ${String(productId)} and “${downloadId}”.`,
      operation: requestLinkOperation,
    });
  }
  const path = "/wp-json/imeshh/product-information/download-link";
  const { text } = await auth.withSignIn(
    () =>
      shop.requestText({
        name: requestLinkOperation,
        method: "GET",
        path,
        query: { product_id: productId, download_id: downloadId },
        repeat: "spends",
        credentials: true,
        signal,
        refusal: refusalOf("link", `a link for product ${productId}`),
      }),
    signal,
  );
  const request = { operation: requestLinkOperation, method: "GET", url: shop.origin + path };
  const address = readLinkAnswer(text);
  if (address === undefined) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "link-missing",
      message: `The shop's answer for product ${productId} holds no download_url. It may have counted the download all the same.`,
      status: 200,
      request,
    });
  }
  const url = URL.parse(address);
  if (url === null) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "link-missing",
      message: `What the shop handed out for product ${productId} is no web address. It may have counted the download all the same.`,
      status: 200,
      request,
    });
  }
  // Whether it may be followed is for `fetchArchive` to say: a link that was paid for is never thrown away.
  return { url: url.href, host: bareHost(url.hostname), expiresAtMs: readLinkExpiry(url), productId, downloadId };
}

/**
 * Finds the address in an answer that may have been paid for, and so is read as willingly as possible: the documented
 * `{download_url}`, the same inside `data` or an array, a bare text, and any of them behind a warning that PHP printed
 * first. Entities (`&#038;`) come from WordPress' habit to escape addresses.
 */
export function readLinkAnswer(text: string): string | undefined {
  const address =
    addressIn(parseJson(text)) ??
    addressIn(parseJson(/"download_url"\s*:\s*("(?:[^"\\]|\\.){1,4000}")/.exec(text)?.[1]));
  return address?.trim().replaceAll(/&(?:amp|#0*38|#x26);/gi, "&");
}

function addressIn(answer: unknown): string | undefined {
  if (typeof answer === "string") return /^\s*https?:\/\//i.test(answer) ? answer : undefined;
  if (Array.isArray(answer)) return addressIn(answer[0]);
  if (!isRecord(answer)) return undefined;
  const address = answer.download_url;
  return typeof address === "string" && address.trim() !== "" ? address : addressIn(answer.data);
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // the caller has other ways to read it
  }
}

/**
 * Fetches the archive behind a link. Free while the link lives. No token is sent, each redirect must stay within
 * `archiveHosts`, and a link that does not work any more is reported, never replaced by a new one.
 */
export async function fetchArchive(
  parts: { shop: HttpClient; archiveHosts: readonly string[] },
  options: FetchArchiveOptions,
): Promise<DownloadedFile> {
  const { shop, archiveHosts } = parts;
  const { link, path, maxBytes = defaultMaxArchiveBytes, signal, onStart, onProgress } = options;
  const decision = decideFileUrl(link.url, archiveHosts);
  if (!decision.isAllowed) {
    throw notSentError({
      code: "link-refused",
      message: `The link is not followed: ${decision.reason}.`,
      operation: fetchArchiveOperation,
    });
  }
  try {
    return await shop.downloadFile({
      name: fetchArchiveOperation,
      url: decision.url.href,
      path,
      maxBytes,
      allowedHosts: archiveHosts,
      signal,
      onStart,
      onProgress,
    });
  } catch (error) {
    throw nameLinkRefusal(error);
  }
}

/** What a host of archives means by its refusal; its bodies are its own and tell nothing of the shop. */
function nameLinkRefusal(error: unknown): unknown {
  if (!ApiError.isInstance(error) || error.kind !== "refusal") return error;
  if (error.code === "host-refused") {
    // Not the link's own host then, but one that it leads on to.
    const code = error.neverSent ? "link-refused" : "redirect-refused";
    return renamed(error, { code, advice: "Add the host to archiveHosts if you trust it." });
  }
  // A shop that counts fetches refuses here what it refuses elsewhere where a link is asked for.
  if (error.status === 403 && saysQuotaExhausted(error.message)) {
    return renamed(error, { code: "quota-exhausted", advice: "The shop counts fetches of a file, not only links." });
  }
  // Signed links answer 403 once they have ended, some hosts 410.
  if (error.status === 403 || error.status === 410) {
    return renamed(error, { code: "link-expired", advice: "The link has ended; another one costs another download." });
  }
  if (error.status !== 404) return error;
  return renamed(error, { code: "archive-not-found", advice: "The link leads to no file; tell the shop." });
}

const fetchArchiveOperation = "iMeshh fetchArchive";
