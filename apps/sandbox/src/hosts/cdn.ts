import type { Archives } from "../catalog/archives.ts";
import type { Pictures } from "../catalog/pictures.ts";
import { escapeMarkup, htmlReply, type Reply, textReply } from "../http/reply.ts";
import { serveContent } from "../http/serve-content.ts";
import type { Link, Links } from "../shop/links.ts";
import type { ChargingModel, Quota } from "../shop/quota.ts";
import type { Exchange } from "./exchange.ts";

export interface CdnParts {
  archives: Archives;
  pictures: Pictures;
  links: Links;
  quota: Quota;
  charging: ChargingModel;
  usernameOf(userId: number): string | null;
}

/** r2.imeshh.com: pictures for everybody, archives for those who hold a signed link that has not expired. */
export async function answerCdn(exchange: Exchange, parts: CdnParts): Promise<Reply> {
  const { method, path, headers } = exchange;
  if (method !== "GET" && method !== "HEAD")
    return xmlError(405, "MethodNotAllowed", "This method is not allowed here.");
  const replyHeaders = { server: "cloudflare", "cache-control": "public, max-age=14400" };
  const picture = await parts.pictures.at(path);
  if (picture !== undefined) {
    return serveContent({
      content: picture,
      method,
      headers,
      replyHeaders: { ...replyHeaders, "content-type": "image/png" },
    });
  }
  const archive = await parts.archives.at(path);
  if (archive === undefined) {
    return htmlReply(
      404,
      "<!DOCTYPE html>\n<html><head><title>Not Found</title></head><body><h1>Error 404</h1><p>Object not found</p></body></html>\n",
    );
  }
  const check = parts.links.check(path, exchange.query);
  const expiredByFault = check.kind === "good" ? exchange.faults.expiredLink : undefined;
  expiredByFault?.();
  if (check.kind === "expired" || expiredByFault !== undefined)
    return xmlError(403, "AccessDenied", "Request has expired");
  if (check.kind !== "good") {
    const message =
      check.kind === "missing"
        ? "Access Denied"
        : "The request signature does not match the signature that is provided.";
    return xmlError(403, check.kind === "missing" ? "AccessDenied" : "SignatureDoesNotMatch", message);
  }
  const { link } = check;
  exchange.entry.account = parts.usernameOf(link.userId);
  exchange.entry.productId = link.productId;
  if (method === "GET" && wouldCharge(link, parts.charging) && parts.quota.isExhausted(link.userId, link.productId)) {
    return xmlError(403, "AccessDenied", "Download limit exceeded for this product");
  }
  const reply = serveContent({
    content: archive,
    method,
    headers,
    replyHeaders: { ...replyHeaders, "content-type": "application/zip", "cache-control": "private, no-store" },
  });
  return method === "GET" ? charged({ reply, link, exchange, parts }) : reply;
}

/** Whether fetching the file with this link raises the counter, now or at its last byte. */
function wouldCharge(link: Link, charging: ChargingModel): boolean {
  return charging === "every-request" || (charging !== "link" && !link.charged);
}

function charged(request: { reply: Reply; link: Link; exchange: Exchange; parts: CdnParts }): Reply {
  const { reply, link, exchange, parts } = request;
  if (!wouldCharge(link, parts.charging)) return reply;
  const charge = () => {
    link.charged = true;
    parts.quota.charge(link.userId, link.productId);
    exchange.entry.spend = true;
  };
  if (parts.charging === "every-request") charge();
  const sendsBytes = reply.status === 200 || reply.status === 206;
  if (parts.charging === "first-byte" && sendsBytes) charge();
  if (parts.charging !== "completion" || !sendsBytes || reply.body.end !== reply.body.content.length) return reply;
  return {
    ...reply,
    whenSent: () => {
      // Two transfers of one link may both reach the end.
      if (!link.charged) charge();
    },
  };
}

function xmlError(status: number, code: string, message: string): Reply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeMarkup(message)}</Message></Error>`;
  return textReply(status, "application/xml", xml);
}
