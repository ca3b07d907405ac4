import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Exchange } from "../hosts/exchange.ts";
import { bufferContent } from "../http/content.ts";
import { type Reply, textReply } from "../http/reply.ts";
import { serveContent } from "../http/serve-content.ts";
import { contentTypes, type ModelFormat, modelFile, modelFormats, onePixelPng } from "./model-files.ts";
import type { KaedimRequests } from "./requests.ts";

/** Links to files of the `kaedimFiles` host. */
export interface ResultLinks {
  /** A link that works for `lifeMs` from now on; with 0 or less it is past its time from the start. */
  issue(path: string, lifeMs: number): string;
  check(exchange: Pick<Exchange, "path" | "query">): "good" | "expired" | "invalid";
}

export function createResultLinks(settings: { clock: Clock; secret: string; origin: () => string }): ResultLinks {
  const { clock, secret, origin } = settings;
  const sign = (path: string, expires: string) =>
    createHmac("sha256", secret).update(`${path}\n${expires}`).digest("base64url");
  return {
    issue(path, lifeMs) {
      const expires = String(Math.floor((clock.now() + lifeMs) / 1000));
      return `${origin()}${path}?Expires=${expires}&Signature=${sign(path, expires)}`;
    },
    check({ path, query }) {
      const expires = query.get("Expires") ?? "";
      const given = Buffer.from(query.get("Signature") ?? "");
      const right = Buffer.from(sign(path, expires));
      if (given.length !== right.length || !timingSafeEqual(given, right)) return "invalid";
      return clock.now() >= Number(expires) * 1000 ? "expired" : "good";
    },
  };
}

export function resultPath(requestID: string, iterationID: number, format: ModelFormat): string {
  return `/results/${requestID}/${iterationID}/model.${format}`;
}

export function imagePath(requestID: string, index: number): string {
  return `/images/${requestID}/${index}.png`;
}

/** Where results lie: whoever holds a link that has not expired gets the file, and nothing else is looked at. */
export function answerResultFiles(exchange: Exchange, parts: { requests: KaedimRequests; links: ResultLinks }): Reply {
  const { method, path, headers } = exchange;
  if (method !== "GET" && method !== "HEAD") return xmlError(405, "MethodNotAllowed", "The method is not allowed.");
  const check = parts.links.check(exchange);
  const expiredByFault = check === "good" ? exchange.faults.expiredLink : undefined;
  expiredByFault?.();
  if (check === "expired" || expiredByFault !== undefined) return xmlError(403, "AccessDenied", "Request has expired");
  if (check === "invalid")
    return xmlError(403, "SignatureDoesNotMatch", "The request signature does not match the one that was calculated.");
  const found = fileAt(path, parts.requests);
  if (found === undefined) return xmlError(404, "NoSuchKey", "The specified key does not exist.");
  return serveContent({
    content: bufferContent(found.bytes, found.changedAtMs),
    method,
    headers,
    replyHeaders: { server: "AmazonS3", "content-type": found.contentType },
  });
}

function fileAt(path: string, requests: KaedimRequests) {
  const [, folder = "", requestID = "", ...rest] = path.split("/");
  const request = requests.find(requestID);
  if (request === undefined) return undefined;
  const changedAtMs = request.createdAtMs;
  if (folder === "images") return { bytes: onePixelPng(), contentType: "image/png", changedAtMs };
  const format = modelFormats.find((candidate) => rest.at(-1) === `model.${candidate}`);
  if (folder !== "results" || format === undefined) return undefined;
  return { bytes: modelFile(format, request.order.test), contentType: contentTypes[format], changedAtMs };
}

function xmlError(status: number, code: string, message: string): Reply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return textReply(status, "application/xml", xml, { server: "AmazonS3" });
}
