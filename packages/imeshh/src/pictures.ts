import type { DownloadedFile, HttpClient } from "@org/http-core";
import { decideFileUrl } from "./file-url.ts";
import { notSentError } from "./imeshh-error.ts";

export interface FetchPictureOptions {
  /** `src` or `thumbnail_src` of a product's picture. The feed is plain HTTP, so its host is checked before it is asked. */
  url: string;
  /** Where the whole picture appears. */
  path: string;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

const fetchPictureOperation = "iMeshh fetchPicture";

/**
 * Fetches a picture of a product. Public and free; no token is sent, each redirect must stay within `archiveHosts`, and
 * a transfer that breaks is not repeated. What it is, the bytes must say: the server's content type is not looked at.
 */
export async function fetchPicture(
  parts: { shop: HttpClient; archiveHosts: readonly string[] },
  options: FetchPictureOptions,
): Promise<DownloadedFile> {
  const { shop, archiveHosts } = parts;
  const { url, path, maxBytes, signal } = options;
  const decision = decideFileUrl(url, archiveHosts);
  if (!decision.isAllowed) {
    throw notSentError({
      code: "link-refused",
      message: `The picture is not fetched: ${decision.reason}.`,
      operation: fetchPictureOperation,
    });
  }
  return shop.downloadFile({
    name: fetchPictureOperation,
    url: decision.url.href,
    path,
    maxBytes,
    allowedHosts: archiveHosts,
    repeat: "once",
    requireLength: false,
    signal,
  });
}
