import { gunzipSync, gzipSync } from "node:zlib";
import type { Content } from "../http/content.ts";
import { bytesBody, type Reply, type ReplyBody } from "../http/reply.ts";
import type { ActiveFaults } from "./fault-list.ts";

/** Applies the faults that change an answer's headers or bytes. Those of the connection are applied while it is sent. */
export async function spoilReply(reply: Reply, active: ActiveFaults): Promise<Reply> {
  let spoiled: Reply = { ...reply, headers: { ...reply.headers } };
  spoiled = spoilRange(spoiled, active);
  spoiled = await spoilGzip(spoiled, active);
  const etag = active.find("changed-etag");
  if (etag !== undefined && spoiled.headers.etag !== undefined) {
    active.fire("changed-etag");
    const value = etag.value === undefined ? '"changed-by-the-sandbox"' : etag.value;
    if (value === null) delete spoiled.headers.etag;
    else spoiled.headers.etag = value;
  }
  const corrupt = active.find("corrupt-byte");
  if (corrupt !== undefined && corrupt.at < spoiled.body.end - spoiled.body.start) {
    active.fire("corrupt-byte");
    spoiled.body = { ...spoiled.body, content: corruptContent(spoiled.body.content, spoiled.body.start + corrupt.at) };
  }
  const length = active.find("wrong-length");
  const trueLength = spoiled.body.end - spoiled.body.start;
  if (length !== undefined && trueLength + length.by >= 0 && spoiled.status !== 304) {
    active.fire("wrong-length");
    spoiled.headers["content-length"] = String(trueLength + length.by);
  }
  return spoiled;
}

function spoilRange(reply: Reply, active: ActiveFaults): Reply {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(reply.headers["content-range"] ?? "");
  if (reply.status !== 206 || match === null) return reply;
  let [start, last, total] = match.slice(1).map(Number) as [number, number, number];
  const shift = active.find("shifted-range");
  if (shift !== undefined) {
    const shifted = Math.min(Math.max(0, start + shift.by), last);
    if (shifted !== start) {
      active.fire("shifted-range");
      start = shifted;
    }
  }
  const wrongTotal = active.find("wrong-total");
  if (wrongTotal !== undefined) {
    active.fire("wrong-total");
    total += wrongTotal.by;
  }
  return {
    ...reply,
    headers: { ...reply.headers, "content-range": `bytes ${start}-${last}/${total}` },
    body: { ...reply.body, start, end: last + 1 },
  };
}

async function spoilGzip(reply: Reply, active: ActiveFaults): Promise<Reply> {
  const sneaked = active.find("gzip-body");
  if (sneaked !== undefined && reply.headers["content-encoding"] === undefined && reply.body.end > reply.body.start) {
    active.fire("gzip-body");
    const bytes = gzipSync(await bodyBytes(reply.body));
    return { ...reply, headers: { ...reply.headers, "content-encoding": "gzip" }, body: bytesBody(bytes) };
  }
  const plain = active.find("not-gzip");
  const unlabelled = active.find("unlabelled-gzip");
  const truncated = active.find("truncated-gzip");
  if (plain === undefined && unlabelled === undefined && truncated === undefined) return reply;
  const bytes = await bodyBytes(reply.body);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return reply;
  const headers = { ...reply.headers };
  if (plain !== undefined) {
    active.fire("not-gzip");
    if (plain.header === "dropped") delete headers["content-encoding"];
    return { ...reply, headers, body: bytesBody(gunzipSync(bytes)) };
  }
  let sent = bytes;
  if (unlabelled !== undefined) {
    active.fire("unlabelled-gzip");
    delete headers["content-encoding"];
  }
  if (truncated !== undefined) {
    active.fire("truncated-gzip");
    sent = bytes.subarray(0, truncated.keepBytes ?? Math.floor(bytes.length / 2));
  }
  return { ...reply, headers, body: bytesBody(sent) };
}

async function bodyBytes(body: ReplyBody): Promise<Buffer> {
  return (await body.content.bytes()).subarray(body.start, body.end);
}

/** The content with one byte inverted; `at` counts from the content's first byte. */
function corruptContent(content: Content, at: number): Content {
  return {
    ...content,
    length: content.length,
    etag: content.etag,
    async *read(start, end) {
      let position = start;
      for await (const chunk of content.read(start, end)) {
        const offset = at - position;
        position += chunk.length;
        if (offset < 0 || offset >= chunk.length) {
          yield chunk;
          continue;
        }
        const changed = Buffer.from(chunk);
        changed[offset] = (changed[offset] ?? 0) ^ 0xff;
        yield changed;
      }
    },
  };
}
