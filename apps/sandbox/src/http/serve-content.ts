import type { Content } from "./content.ts";
import { decideRange } from "./range.ts";
import { bytesBody, type Reply, wholeBody } from "./reply.ts";

/**
 * The answer to a GET or HEAD of some content: 200, 206, 304, 412 or 416 by the conditional and range headers.
 * Several ranges in one header are answered by the whole, as S3 and R2 do.
 */
export function serveContent(request: {
  content: Content;
  method: string;
  headers: Record<string, string | undefined>;
  replyHeaders: Record<string, string>;
}): Reply {
  const { content, method, headers, replyHeaders } = request;
  const shared = {
    ...replyHeaders,
    etag: content.etag,
    "last-modified": new Date(content.lastModifiedMs).toUTCString(),
    "accept-ranges": "bytes",
  };
  const ifMatch = headers["if-match"];
  if (ifMatch !== undefined && !listsTag(ifMatch, content.etag))
    return { status: 412, headers: shared, body: noBody() };
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) {
    if (listsTag(ifNoneMatch, content.etag)) return { status: 304, headers: shared, body: noBody() };
  } else if (unmodifiedSince(headers["if-modified-since"], content.lastModifiedMs)) {
    return { status: 304, headers: shared, body: noBody() };
  }
  const range = decideRange({
    // A range is defined for GET only.
    range: method === "GET" ? headers.range : undefined,
    ifRange: headers["if-range"],
    length: content.length,
    etag: content.etag,
    lastModifiedMs: content.lastModifiedMs,
  });
  if (range.kind === "whole") return { status: 200, headers: shared, body: wholeBody(content) };
  if (range.kind === "unsatisfiable") {
    return { status: 416, headers: { ...shared, "content-range": `bytes */${content.length}` }, body: noBody() };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: { ...shared, "content-range": `bytes ${start}-${end - 1}/${content.length}` },
    body: { content, start, end },
  };
}

function noBody() {
  return bytesBody(Buffer.alloc(0));
}

function listsTag(header: string, etag: string): boolean {
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim() === etag);
}

function unmodifiedSince(header: string | undefined, lastModifiedMs: number): boolean {
  if (header === undefined) return false;
  const sinceMs = Date.parse(header);
  return !Number.isNaN(sinceMs) && Math.floor(lastModifiedMs / 1000) * 1000 <= sinceMs;
}
