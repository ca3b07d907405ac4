import {
  ApiError,
  type Clock,
  type DownloadedFile,
  type DownloadProgress,
  type DownloadStart,
  type HttpClient,
} from "@org/http-core";
import { argumentInvalid, notSentError, remade } from "./imagine-error.ts";
import type { RenderImage } from "./renders.ts";
import type { SharedContent } from "./shared-content.ts";
import { isSameFile, readUrlExpiry, whyRefused } from "./signed-url.ts";

/** Where a fresh URL of the same image comes from. */
export type ImageOrigin = { unicode: string } | { renderId: number };

export interface DownloadImageOptions {
  /** As the service gave it; any change would break its signature. */
  url: string;
  /** Where the whole file appears; until then there is `path` + `.part`, from which a later call goes on. */
  path: string;
  /** With it, a URL that has ended is replaced once, which costs a credit. */
  from?: ImageOrigin | undefined;
  /** Default 500 MB. */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
  onStart?: ((start: DownloadStart) => void) | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

export interface DownloadImageParts {
  readonly http: HttpClient;
  readonly mediaHosts: readonly string[] | undefined;
  readonly clock: Clock;
  readonly getSharedContent: (options: { unicode: string; signal?: AbortSignal | undefined }) => Promise<SharedContent>;
  readonly listRenderImages: (options: {
    renderId: number;
    signal?: AbortSignal | undefined;
  }) => AsyncIterable<RenderImage>;
}

const operation = "Imagine downloadImage";
const defaultMaxImageBytes = 500_000_000;

/** A URL that ends within this is replaced at once: it is checked when a request starts, and clocks differ. */
const freshnessMarginMs = 30_000;

/**
 * Fetches an image behind a signed URL. Free while the URL lives. No header of Imagine's is sent to where it leads. With
 * `from`, a URL that has ended (by its own word, or by a 403) is replaced once; without, that is `link-expired`.
 */
export async function downloadImage(parts: DownloadImageParts, options: DownloadImageOptions): Promise<DownloadedFile> {
  const { url, from, signal } = options;
  if (typeof url !== "string" || url === "") throw argumentInvalid(operation, "url", "be a URL as the service gave it");
  const expiresAtMs = readUrlExpiry(url);
  const hasEnded = expiresAtMs !== null && expiresAtMs - freshnessMarginMs <= parts.clock.now();
  if (from === undefined) {
    return fetchImage(parts, url, options).catch((error: unknown) => {
      throw named(error);
    });
  }
  if (!hasEnded) {
    try {
      return await fetchImage(parts, url, options);
    } catch (error) {
      if (!isEnded(error)) throw named(error);
    }
  }
  const fresh = await findFresh(parts, url, from, signal);
  if (fresh === undefined) {
    throw notSentError({
      code: "link-expired",
      message: "The image's URL has ended, and the service does not list the image any more.",
      operation,
    });
  }
  try {
    return await fetchImage(parts, fresh, options);
  } catch (error) {
    throw named(error);
  }
}

async function fetchImage(
  parts: DownloadImageParts,
  url: string,
  options: DownloadImageOptions,
): Promise<DownloadedFile> {
  const { path, maxBytes = defaultMaxImageBytes, signal, onStart, onProgress } = options;
  const reason = whyRefused(url, parts.http.origin);
  if (reason !== undefined) {
    throw notSentError({
      code: "link-refused",
      message: `The image's URL is not followed: ${reason}.`,
      operation,
    });
  }
  return parts.http.downloadFile({
    name: operation,
    url,
    path,
    maxBytes,
    allowedHosts: parts.mediaHosts,
    signal,
    onStart,
    onProgress,
  });
}

async function findFresh(
  parts: DownloadImageParts,
  url: string,
  from: ImageOrigin,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const matches = (one: string | null): one is string => one !== null && isSameFile(one, url);
  if ("unicode" in from) {
    const content = await parts.getSharedContent({ unicode: from.unicode, signal });
    const urls = content.siloImages.flatMap(({ imageUrl, thumbnailUrl }) => [imageUrl, thumbnailUrl]);
    return [content.thumbnailUrl, ...urls].find(matches);
  }
  for await (const image of parts.listRenderImages({ renderId: from.renderId, signal })) {
    const { file, filmicFile, colorPassFile, thumbnail, filmicThumbnail } = image;
    const found = [file, filmicFile, colorPassFile, thumbnail, filmicThumbnail].find(matches);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isEnded(error: unknown): boolean {
  return ApiError.isInstance(error) && error.kind === "refusal" && error.status === 403;
}

/** What a host of images means by its refusal; CloudFront says 403 for an ended and for a broken signature alike. */
function named(error: unknown): unknown {
  if (!ApiError.isInstance(error) || error.kind !== "refusal" || error.request.operation !== operation) return error;
  if (error.code === "host-refused") {
    return remade(error, { code: "link-refused", message: `${error.message} Add it to mediaHosts if you trust it.` });
  }
  if (isEnded(error)) {
    const message = `${error.message} The URL has ended or was changed; give \`from\`, or ask for a fresh one.`;
    return remade(error, { code: "link-expired", message });
  }
  return error.status === 404
    ? remade(error, { code: "image-not-found", message: `${error.message} The URL leads to no file.` })
    : error;
}
