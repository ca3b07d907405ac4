import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { type FeedEncoding, type FeedStore, feedPaths } from "../catalog/feed-store.ts";
import { bufferContent, type Content } from "../http/content.ts";
import { escapeMarkup, htmlReply, type Reply } from "../http/reply.ts";
import { serveContent } from "../http/serve-content.ts";
import type { Exchange } from "./exchange.ts";

/**
 * The S3 website endpoint: objects as they are stored, whatever encoding the client accepts; GET and HEAD only; errors
 * as HTML.
 */
export async function answerFeeds(exchange: Exchange, feeds: FeedStore, encoding: FeedEncoding): Promise<Reply> {
  const ids = {
    "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
    "x-amz-id-2": randomBytes(32).toString("base64"),
  };
  const replyHeaders = { ...ids, server: "AmazonS3" };
  if (exchange.method !== "GET" && exchange.method !== "HEAD") {
    const details = {
      Code: "MethodNotAllowed",
      Message: "The specified method is not allowed against this resource.",
      Method: exchange.method,
      ResourceType: "OBJECT",
    };
    return errorPage("405 Method Not Allowed", details, { ...replyHeaders, allow: "GET, HEAD" });
  }
  const part = feedPaths[exchange.path];
  if (part === undefined) {
    const details = { Code: "NoSuchKey", Message: "The specified key does not exist.", Key: exchange.path.slice(1) };
    return errorPage("404 Not Found", details, replyHeaders);
  }
  const latest = await feeds.object(part);
  const feedVariant = exchange.faults.feedVariant;
  const stored = feedVariant === undefined ? latest : await feeds.object(part, feedVariant.variant);
  // A stale feed of which there was never an earlier state is simply the feed.
  if (stored.etag !== latest.etag) feedVariant?.fire();
  return serveContent({
    content: encoding === "plain" ? await plainContent(stored) : stored,
    method: exchange.method,
    headers: exchange.headers,
    replyHeaders: {
      ...replyHeaders,
      "content-type": part === "products" || part === "categories" ? "application/json" : "text/plain",
      ...(encoding === "gzip" ? { "content-encoding": "gzip" } : {}),
    },
  });
}

async function plainContent(stored: Content): Promise<Content> {
  return bufferContent(gunzipSync(await stored.bytes()), stored.lastModifiedMs);
}

function errorPage(title: string, details: Record<string, string>, headers: Record<string, string>): Reply {
  const all = { ...details, RequestId: headers["x-amz-request-id"] ?? "", HostId: headers["x-amz-id-2"] ?? "" };
  const lines = Object.entries(all).map(([name, value]) => `<li>${name}: ${escapeMarkup(value)}</li>\n`);
  const html = `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<ul>\n${lines.join("")}</ul>\n<hr/>\n</body>\n</html>\n`;
  return htmlReply(Number.parseInt(title, 10), html, headers);
}
