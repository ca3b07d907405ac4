import type { Catalog } from "../catalog/catalog.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { Exchange } from "./exchange.ts";
import { wordpressNotFound } from "./wordpress.ts";

/** blog.imeshh.com: tells whether the feeds changed. */
export function answerBlog(exchange: Exchange, catalog: Catalog): Reply {
  const isRead = exchange.method === "GET" || exchange.method === "HEAD";
  if (isRead && exchange.path === "/wp-json/status-api/v1/latest")
    return jsonReply(200, { last_updated: catalog.lastUpdated() });
  return wordpressNotFound(exchange.path);
}
