import type { Exchange } from "../hosts/exchange.ts";
import { bufferContent } from "../http/content.ts";
import { type Reply, textReply } from "../http/reply.ts";
import { serveContent } from "../http/serve-content.ts";
import type { MediaLinks } from "./media-links.ts";

/** media.imagine.io behind CloudFront: a good link gets its picture, checked when the request begins. */
export function answerMedia(exchange: Exchange, links: MediaLinks): Reply {
  const { method, target, path, headers } = exchange;
  if (method !== "GET" && method !== "HEAD") return denied("AccessDenied", "Access Denied");
  const check = links.check(target);
  const expiredByFault = check === "good" ? exchange.faults.expiredLink : undefined;
  expiredByFault?.();
  if (check === "missing") return denied("MissingKey", "Missing Key-Pair-Id query parameter or cookie value");
  if (check !== "good" || expiredByFault !== undefined) return denied("AccessDenied", "Access denied");
  return serveContent({
    content: bufferContent(jpeg(path), Date.UTC(2026, 1, 16)),
    method,
    headers,
    replyHeaders: { server: "AmazonS3", "content-type": "image/jpeg", "x-cache": "Miss from cloudfront" },
  });
}

function denied(code: string, message: string): Reply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return textReply(403, "text/xml", xml, { server: "CloudFront", "x-cache": "Error from cloudfront" });
}

/** A grey JPEG of 8 × 8 points; the comment makes the bytes of each path its own. */
function jpeg(comment: string): Buffer {
  const segment = (marker: number, data: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  // One code of one bit: a difference of zero, and the end of the block.
  const oneCode = (tableClass: number) => Buffer.from([tableClass, 1, ...new Array<number>(15).fill(0), 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from([0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])),
    segment(0xfe, Buffer.from(comment)),
    segment(0xdb, Buffer.from([0, ...new Array<number>(64).fill(1)])),
    segment(0xc0, Buffer.from([8, 0, 8, 0, 8, 1, 1, 0x11, 0])),
    segment(0xc4, oneCode(0x00)),
    segment(0xc4, oneCode(0x10)),
    segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0])),
    Buffer.from([0x3f, 0xff, 0xd9]),
  ]);
}
