import { setImmediate as yieldToOthers } from "node:timers/promises";
import { ApiError, type HttpClient } from "@org/http-core";
import { z } from "zod";
import { refusalOf } from "./imeshh-error.ts";
import { isRecord, listOf } from "./php-json.ts";
import { createProductReader, type Product, type SkippedFeedRecord } from "./products.schema.ts";

/** The products feed. */
export interface ProductList {
  readonly products: readonly Product[];
  readonly skipped: readonly SkippedFeedRecord[];
  /** The feed as received, decoded. */
  readonly text: string;
}

/** 100,000 products are about 120 MB; Node's longest text is 536 million characters. */
const maxFeedBytes = 512_000_000;

/** Some milliseconds of work; between two such portions a daemon can answer others. */
const recordsPerPortion = 2_000;

/** Fetches the products feed: one document, which the shop does not page. Public. */
export async function listProducts(
  feeds: HttpClient,
  options: { signal?: AbortSignal | undefined },
): Promise<ProductList> {
  const path = "/imeshh-all-product-compress-meta-data/latest_products.json";
  const { data, raw } = await feeds.requestJson({
    name: "iMeshh listProducts",
    method: "GET",
    path,
    repeat: "repeatable",
    schema: z.unknown(),
    maxBytes: maxFeedBytes,
    signal: options.signal,
    refusal: refusalOf("public", "the products feed"),
  });
  // PHP writes a list with gaps as an object with number keys. `{"message": …}`, `{}` or `null` is an answer about
  // something else and not a feed without products.
  const records = Array.isArray(data) || (isRecord(data) && Object.keys(data).length > 0) ? listOf(data) : undefined;
  if (records === undefined) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "feed-unexpected-shape",
      message: "The products feed of iMeshh holds no list of products.",
      request: { operation: "iMeshh listProducts", method: "GET", url: feeds.origin + path },
    });
  }
  return { ...(await parseProducts({ records, signal: options.signal })), text: raw };
}

/** Reads the records of a products feed one by one; what is no product is reported, never thrown. Yields now and then. */
export async function parseProducts(options: {
  records: readonly unknown[];
  signal?: AbortSignal | undefined;
}): Promise<Omit<ProductList, "text">> {
  const { records, signal } = options;
  const readProduct = createProductReader();
  const products: Product[] = [];
  const skipped: SkippedFeedRecord[] = [];
  const firstIndexes = new Map<number, number>();
  for (const [index, record] of records.entries()) {
    if (index > 0 && index % recordsPerPortion === 0) {
      await yieldToOthers();
      if (signal?.aborted) throw abortedParse(signal.reason);
    }
    const reading = readProduct(record);
    if ("skipped" in reading) {
      skipped.push({ index, ...reading.skipped });
      continue;
    }
    const { product } = reading;
    const firstIndex = firstIndexes.get(product.id);
    if (firstIndex === undefined) {
      firstIndexes.set(product.id, index);
      products.push(product);
    } else {
      skipped.push({
        index,
        kind: "unreadable",
        reason: `its id was used by record ${firstIndex} already`,
        productId: product.id,
        name: product.title,
      });
    }
  }
  return { products, skipped };
}

function abortedParse(cause: unknown): ApiError {
  return new ApiError({
    kind: "aborted",
    code: "aborted",
    message: "iMeshh listProducts was aborted.",
    request: { operation: "iMeshh listProducts", method: "GET", url: "" },
    cause,
  });
}
