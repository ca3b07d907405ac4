import type { Exchange } from "../hosts/exchange.ts";
import { htmlReply, jsonReply, type Reply, textReply } from "../http/reply.ts";
import { admit } from "./access.ts";
import { archiveRenders, createJob, getSharedContent, getStatus } from "./content-routes.ts";
import type { ImagineParts } from "./parts.ts";
import { changeProduct, createProduct, deleteProduct, listProducts } from "./product-routes.ts";
import { createImages, listRenderImages } from "./render-routes.ts";
import type { Scope } from "./settings.ts";
import { answerZapier } from "./zapier-routes.ts";

interface Route {
  scope: Scope;
  /** @param unicode from the path, where the path has one. */
  answer(exchange: Exchange, parts: ImagineParts, unicode: string): Reply;
}

const routes: Record<string, Record<string, Route>> = {
  "/v1/product/details/": {
    POST: { scope: "product.create", answer: createProduct },
    GET: { scope: "product.read", answer: listProducts },
  },
  "/v1/product/details/:unicode/": {
    PATCH: { scope: "product.update", answer: changeProduct },
    DELETE: { scope: "product.delete", answer: deleteProduct },
  },
  "/v1/product/job/": { POST: { scope: "product.generate", answer: createJob } },
  "/v1/product/status/": { GET: { scope: "content.read", answer: getStatus } },
  "/v1/product/shared-content/": { GET: { scope: "content.read", answer: getSharedContent } },
  "/v1/product/render-content/archive/": { PATCH: { scope: "content.update", answer: archiveRenders } },
  "/v1/product/create-images/": { POST: { scope: "product.generate", answer: createImages } },
  "/v1/product/render-images/": { GET: { scope: "content.read", answer: listRenderImages } },
};

/** api.imagine.io, with the older Zapier calls of prod.imagine.io beside it. */
export function answerImagine(exchange: Exchange, parts: ImagineParts): Reply {
  const { method, path, target } = exchange;
  const zapier = answerZapier(exchange, parts);
  if (zapier !== undefined) return zapier;
  if (/^\/product\/public\/(?:3d|ar|360)-viewer\/v2\/[^/]+$/.test(path))
    return htmlReply(200, "<!DOCTYPE html>\n<html><head><title>Viewer</title></head><body>A viewer.</body></html>\n");
  const unicode = /^\/v1\/product\/details\/([^/]+)\/?$/.exec(path)?.[1] ?? "";
  const pattern = unicode === "" ? path : path.replace(unicode, ":unicode");
  // Django sends a path without its slash on to the one with it; what was sent along is lost on the way.
  if (routes[`${pattern}/`] !== undefined)
    return textReply(301, "text/html; charset=utf-8", "", { location: target.replace(/(?=\?|$)/, "/") });
  const methods = routes[pattern];
  if (methods === undefined)
    return htmlReply(404, "<h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n");
  const route = methods[method];
  if (route === undefined)
    return jsonReply(405, { detail: `Method "${method}" not allowed.` }, { allow: Object.keys(methods).join(", ") });
  return admit(exchange, parts.settings, route.scope) ?? route.answer(exchange, parts, unicode);
}
