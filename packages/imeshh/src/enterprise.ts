import {
  ApiError,
  createHttpClient,
  type DownloadedFile,
  type DownloadProgress,
  type DownloadStart,
  type HttpSettings,
} from "@org/http-core";
import { z } from "zod";
import { displayText } from "./display-text.ts";
import { decideEnterpriseAddress, type EnterpriseFile, otherSpelling } from "./enterprise-address.ts";
import { decideRefusalCode, notSentError, refusalOf, renamed } from "./imeshh-error.ts";
import { countOf, idOf, isNothing, isRecord, textOf, textOrNull, webAddressOrNull } from "./php-json.ts";
import type { SkippedFeedRecord } from "./products.schema.ts";
import { documentedUserAgent } from "./user-agent.ts";

/** One product of the Enterprise list. */
export interface EnterpriseProduct {
  /** Served as a text (`"133147"`). */
  readonly id: number;
  readonly name: string;
  /** For people: entities decoded. */
  readonly title: string;
  readonly polygonCount: number | null;
  readonly dimensions: string | null;
  readonly thumbnailUrl: string | null;
  /** As served; never build one from parts, the document's own examples disagree about them. */
  readonly downloadUrl: string | null;
  readonly other: Readonly<Record<string, unknown>>;
}

export interface EnterpriseProductList {
  readonly products: readonly EnterpriseProduct[];
  readonly skipped: readonly SkippedFeedRecord[];
  readonly text: string;
}

export type FetchFileOptions = EnterpriseFile & {
  /** Where the whole file appears. */
  path: string;
  /** Default 8 GB. */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
  onStart?: ((start: DownloadStart) => void) | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
};

/** A file of the worker, and where the worker had it. */
export interface FetchedFile extends DownloadedFile {
  /** `testb2b-cache`, `original-bucket-copied` or what else the worker says; `null` where it says nothing. */
  readonly servedFrom: string | null;
}

export interface ImeshhEnterpriseSettings {
  /** From the account manager. It goes to `origin` and nowhere else. */
  secretKey: string;
  /** Default `https://testb2b.15883.workers.dev`, the document's (beta). */
  origin?: string | undefined;
  /** Its `userAgent` is not used: the document recommends its own. */
  http?: HttpSettings | undefined;
}

/** A client of the Enterprise Customer API (beta). Every method rejects with `ApiError`. */
export interface ImeshhEnterprise {
  listProducts(options?: { signal?: AbortSignal | undefined }): Promise<EnterpriseProductList>;
  /** No download is counted here. On 404 the document's other spelling of the date in the path is tried, once. */
  fetchFile(options: FetchFileOptions): Promise<FetchedFile>;
}

/** Source: iMeshh API Documentation 1.0, "Enterprise Customer API (Beta)". */
export const defaultEnterpriseOrigin = "https://testb2b.15883.workers.dev";

const defaultMaxFileBytes = 8_000_000_000;
const maxListBytes = 512_000_000;

/** Builds a client of the Enterprise API; nothing is sent. */
export function createImeshhEnterprise(settings: ImeshhEnterpriseSettings): ImeshhEnterprise {
  const { secretKey } = settings;
  if (typeof secretKey !== "string" || !/^[\x21-\x7e]+$/.test(secretKey)) {
    throw new TypeError("secretKey must be a text without spaces, as the account manager gave it");
  }
  const http: HttpSettings = { ...settings.http, userAgent: documentedUserAgent };
  const headers = { "accept-encoding": "gzip" };
  const authorization = { authorization: `Bearer ${secretKey}` };
  const worker = createHttpClient({
    origin: settings.origin ?? defaultEnterpriseOrigin,
    headers,
    http,
    credentialHeaders: () => authorization,
  });

  return {
    async listProducts({ signal } = {}) {
      const path = "/products/product-list.json";
      const { data, raw } = await worker.requestJson({
        name: "iMeshh Enterprise listProducts",
        method: "GET",
        path,
        repeat: "repeatable",
        credentials: true,
        schema: z.unknown(),
        maxBytes: maxListBytes,
        signal,
        refusal: refusalOf("enterprise", "the product list"),
      });
      if (!Array.isArray(data)) {
        throw new ApiError({
          kind: "unexpected-shape",
          code: "feed-unexpected-shape",
          message: "The Enterprise product list holds no list of products.",
          request: { operation: "iMeshh Enterprise listProducts", method: "GET", url: worker.origin + path },
        });
      }
      return { ...parseEnterpriseProducts(data), text: raw };
    },

    async fetchFile(options) {
      const { path, maxBytes = defaultMaxFileBytes, signal, onStart, onProgress } = options;
      const decision = decideEnterpriseAddress(options, worker.origin);
      if ("reason" in decision) {
        throw notSentError({
          code: "link-refused",
          message: `The Enterprise file is not fetched: ${decision.reason}.`,
          operation: fetchFileOperation,
        });
      }
      const fetchOnce = async (url: URL): Promise<FetchedFile> => {
        let servedFrom: string | null = null;
        const file = await worker.downloadFile({
          name: fetchFileOperation,
          url: url.href,
          path,
          maxBytes,
          allowedHosts: [url.hostname],
          headers: authorization,
          signal,
          onStart(start) {
            servedFrom = textOrNull(start.headers["x-served-from"]);
            onStart?.(start);
          },
          onProgress,
        });
        return { ...file, servedFrom };
      };
      try {
        return await fetchOnce(decision.url);
      } catch (error) {
        const other = isNotFound(error) ? otherSpelling(decision.url) : undefined;
        if (other === undefined) throw namedRefusal(error);
        return await fetchOnce(other).catch((second: unknown) => {
          throw namedRefusal(second);
        });
      }
    },
  };
}

const fetchFileOperation = "iMeshh Enterprise fetchFile";

/** Reads the Enterprise list record by record; never throws. */
function parseEnterpriseProducts(records: readonly unknown[]): Omit<EnterpriseProductList, "text"> {
  const products: EnterpriseProduct[] = [];
  const skipped: SkippedFeedRecord[] = [];
  for (const [index, record] of records.entries()) {
    const productId = isRecord(record) ? (idOf(record.product_id) ?? idOf(record.id)) : null;
    if (!isRecord(record) || productId === null) {
      const reason = isRecord(record)
        ? isNothing(record.product_id)
          ? "no product_id"
          : "product_id is not a positive whole number"
        : "not an object";
      const name = isRecord(record) ? displayText(textOf(record.name)) || null : null;
      skipped.push({ index, kind: "unreadable", reason, productId: null, name });
      continue;
    }
    const {
      id: _id,
      product_id: _productId,
      name,
      polygon_count,
      dimensions,
      thumbnail,
      download_url,
      ...other
    } = record;
    products.push({
      id: productId,
      name: textOf(name),
      title: displayText(textOf(name)) || `Product ${productId}`,
      polygonCount: countOf(polygon_count),
      dimensions: textOrNull(dimensions),
      thumbnailUrl: webAddressOrNull(thumbnail),
      downloadUrl: webAddressOrNull(download_url),
      other,
    });
  }
  return { products, skipped };
}

function isNotFound(error: unknown): boolean {
  return ApiError.isInstance(error) && error.kind === "refusal" && error.status === 404;
}

/** Gives a refusal of the worker its name; every other error stays as it is. */
function namedRefusal(error: unknown): unknown {
  if (!ApiError.isInstance(error) || error.kind !== "refusal" || error.status === undefined) return error;
  const code = decideRefusalCode(error.status, { code: "", message: "", isPage: false }, "enterprise");
  if (code === undefined) return error;
  const advice = code === "sign-in-failed" ? "Check the secret key." : "The worker has no such file.";
  return renamed(error, { code, advice });
}
