import type { Archives } from "../catalog/archives.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { type Clock, formatSubscriptionDate } from "../clock.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { type Account, hasActiveSubscription } from "../shop/accounts.ts";
import type { Links } from "../shop/links.ts";
import type { ChargingModel, Quota } from "../shop/quota.ts";
import type { Tokens } from "../shop/tokens.ts";
import type { Exchange } from "./exchange.ts";
import { signIn, tokenRoute, tokenState, validateRoute, validateToken } from "./sign-in.ts";
import { wordpressError, wordpressNotFound } from "./wordpress.ts";

export interface ShopParts {
  accounts: readonly Account[];
  tokens: Tokens;
  catalog: Catalog;
  archives: Archives;
  links: Links;
  quota: Quota;
  clock: Clock;
  charging: ChargingModel;
  cdnOrigin: string;
}

const subscriptionRoute = "/wp-json/imeshh/subscription-information";
const linkRoute = "/wp-json/imeshh/product-information/download-link";

/** shop.imeshh.com: WordPress with the JWT plugin, the subscription and the download links with their counters. */
export function answerShop(exchange: Exchange, parts: ShopParts): Reply {
  const { method, path } = exchange;
  if (path === validateRoute && method === "POST") return validateToken(exchange, parts.tokens);
  const state = path.startsWith("/wp-json") ? tokenState(exchange, parts.tokens) : { kind: "anonymous" as const };
  // The plugin looks at the token before any route is chosen, so a bad one breaks the public routes too.
  if (state.kind === "bad") return state.reply;
  if (path === tokenRoute && method === "POST") return signIn(exchange, parts);
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && (path === "/wp-json" || path === "/wp-json/")) {
    return jsonReply(200, { name: "iMeshh", namespaces: ["jwt-auth/v1", "imeshh"] });
  }
  if (method !== "GET" || (path !== subscriptionRoute && path !== linkRoute)) return wordpressNotFound(path);
  if (state.kind === "anonymous")
    return wordpressError(401, "rest_forbidden", "Sorry, you are not allowed to do that.");
  exchange.entry.account = state.account.username;
  if (path === subscriptionRoute) return jsonReply(200, subscriptionsOf(state.account, parts.clock));
  return handOutLink(exchange, state.account, parts);
}

function handOutLink(exchange: Exchange, account: Account, parts: ShopParts): Reply {
  const missing = ["product_id", "download_id"].filter((name) => (exchange.query.get(name) ?? "") === "");
  if (missing.length > 0) {
    return jsonReply(400, {
      code: "rest_missing_callback_param",
      message: `Missing parameter(s): ${missing.join(", ")}`,
      data: { status: 400, params: missing },
    });
  }
  const productId = Number(exchange.query.get("product_id"));
  const product = parts.catalog.find(productId);
  if (product === undefined) return jsonReply(404, { message: "Product not found" });
  exchange.entry.productId = productId;
  const downloadId = exchange.query.get("download_id") ?? "";
  const isOffered = product.downloads?.some((download) => download.id === downloadId) === true;
  const archivePath = isOffered ? parts.archives.pathOf(productId, downloadId) : undefined;
  if (archivePath === undefined) return jsonReply(404, { message: "Download not found for this product" });
  if (product.is_freebie !== true && !hasActiveSubscription(account)) {
    return jsonReply(403, { message: "An active subscription is required to download this product" });
  }
  if (parts.quota.isExhausted(account.userId, productId)) {
    return jsonReply(403, { message: "Download limit exceeded for this product" });
  }
  const chargesNow = parts.charging === "link";
  if (chargesNow) {
    parts.quota.charge(account.userId, productId);
    exchange.entry.spend = true;
  }
  const expiredByFault = exchange.faults.expiredLink;
  expiredByFault?.();
  const download_url = parts.links.issue({
    origin: parts.cdnOrigin,
    path: archivePath,
    userId: account.userId,
    productId,
    charged: chargesNow,
    expired: expiredByFault !== undefined,
  });
  return jsonReply(200, { download_url });
}

const dayMs = 24 * 60 * 60 * 1000;

function subscriptionsOf(account: Account, clock: Clock): object[] {
  return account.subscriptions.map((status, position) => ({
    product_id: 55398,
    product_name: "Freelancer Subscription",
    subscription_id: 133071 + position,
    status,
    start_date: formatSubscriptionDate(clock.now() - 30 * dayMs),
    next_payment_date: formatSubscriptionDate(clock.now() + 335 * dayMs),
    billing_period: "year",
    billing_total: "49.00",
    billing_currency: "USD",
  }));
}
