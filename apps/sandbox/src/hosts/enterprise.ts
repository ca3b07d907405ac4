import type { Archives } from "../catalog/archives.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { productRecordSchema } from "../catalog/product-record.ts";
import { vendorOrigins } from "../host-name.ts";
import { bufferContent, type Content } from "../http/content.ts";
import { type Reply, textReply, wholeBody } from "../http/reply.ts";
import type { Exchange } from "./exchange.ts";

export interface EnterpriseParts {
  catalog: Catalog;
  archives: Archives;
  secretKey: string;
  origin: string;
  cdnOrigin: string;
  /** The paths that were served once and now come from the cache. */
  cachedPaths: Set<string>;
}

/**
 * The Enterprise worker: the list of products and their files for the secret key. Only what the document names: GET, the
 * statuses 200, 401 and 404, no ranges, no tags. Errors are plain text, since the document gives them no form.
 */
export async function answerEnterprise(exchange: Exchange, parts: EnterpriseParts): Promise<Reply> {
  if (exchange.headers.authorization !== `Bearer ${parts.secretKey}`) {
    return textReply(401, "text/plain; charset=utf-8", "Unauthorized: invalid or missing secret key");
  }
  exchange.entry.account = "enterprise";
  if (exchange.method !== "GET")
    return textReply(405, "text/plain; charset=utf-8", "Method not allowed", { allow: "GET" });
  const found = await findFile(exchange.path, parts);
  if (found === undefined) return textReply(404, "text/plain; charset=utf-8", "File not found");
  const isCached = parts.cachedPaths.has(found.key);
  parts.cachedPaths.add(found.key);
  return {
    status: 200,
    headers: {
      "content-type": found.contentType,
      "cache-control": "public, max-age=14400",
      "x-served-from": isCached ? "testb2b-cache" : "original-bucket-copied",
    },
    body: wholeBody(found.content),
  };
}

async function findFile(
  path: string,
  parts: EnterpriseParts,
): Promise<{ key: string; contentType: string; content: Content } | undefined> {
  if (path === "/products/product-list.json") {
    const text = JSON.stringify(productList(parts));
    return { key: path, contentType: "application/json", content: bufferContent(Buffer.from(text), 0) };
  }
  const stored = joinDayAndTime(path);
  const content = await parts.archives.at(stored);
  return content === undefined ? undefined : { key: stored, contentType: "application/zip", content };
}

function productList(parts: EnterpriseParts): object[] {
  const list: object[] = [];
  for (const entry of parts.catalog.entries()) {
    const record = productRecordSchema.safeParse(entry);
    if (!record.success || record.data.status !== "publish") continue;
    const { id, name, downloads } = record.data;
    const path = downloads?.[0] === undefined ? undefined : parts.archives.pathOf(id, downloads[0].id);
    if (path === undefined) continue;
    list.push({
      name,
      product_id: String(id),
      polygon_count: String(record.data.polygon_count ?? ""),
      dimensions: String(record.data.dimensions ?? ""),
      thumbnail: String(record.data.thumbnail_src ?? "").replace(vendorOrigins.cdn, parts.cdnOrigin),
      download_url: `${parts.origin}${encodeURI(splitDayAndTime(path))}`,
    });
  }
  return list;
}

/** `/2025/07/10053818/NAME` to `/2025/07/10/053818/NAME`, the form of the document's product list. */
function splitDayAndTime(path: string): string {
  return path.replace(/^(\/\d{4}\/\d{2}\/\d{2})(\d{6}\/)/, "$1/$2");
}

/** Back to the form of the storage; the document's other example asks for it that way. */
function joinDayAndTime(path: string): string {
  return path.replace(/^(\/\d{4}\/\d{2}\/\d{2})\/(\d{6}\/)/, "$1$2");
}
