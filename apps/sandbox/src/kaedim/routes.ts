import type { Clock } from "../clock.ts";
import type { Exchange } from "../hosts/exchange.ts";
import { htmlReply, jsonReply, type Reply } from "../http/reply.ts";
import { type AssetParts, assetOf } from "./asset.ts";
import { parseDateRange } from "./date-range.ts";
import type { Jwts } from "./jwt.ts";
import { judgeOrder, readProcessFields } from "./process-order.ts";
import type { KaedimRequests } from "./requests.ts";
import type { ResultLinks } from "./result-files.ts";
import type { KaedimSettings } from "./settings.ts";

export interface KaedimParts {
  clock: Clock;
  settings: KaedimSettings;
  jwts: Jwts;
  requests: KaedimRequests;
  links: ResultLinks;
  hook: { destination: string | null };
  /** Called after a new request, so that its outcome is waited for. */
  requestsChanged(): void;
}

type Route = (exchange: Exchange, parts: KaedimParts) => Reply;

const routes: Record<string, Route> = {
  "POST /registerhook": registerHook,
  "POST /refreshjwt": refreshJwt,
  "POST /process": process,
  "GET /fetchrequest": fetchRequest,
  "GET /fetchall": fetchAll,
  "GET /fetchprojects": fetchProjects,
};

/** api.kaedim3d.com. Express, which serves it, does not tell cases apart in paths and lets a slash at the end pass. */
export function answerKaedim(exchange: Exchange, parts: KaedimParts): Reply {
  const { method, path } = exchange;
  if (path === "/" && (method === "GET" || method === "HEAD")) return jsonReply(200, { status: "success" });
  const name = /^\/api\/v1(\/[^/]+)\/?$/i.exec(path)?.[1]?.toLowerCase();
  const route = routes[`${method} ${name}`];
  if (route === undefined)
    return htmlReply(404, `<!DOCTYPE html>\n<html><body><pre>Cannot ${method} page</pre></body></html>\n`);
  return route(exchange, parts);
}

/** Needs no JWT: devID and API key are the account. */
function registerHook(exchange: Exchange, parts: KaedimParts): Reply {
  const { settings, hook, jwts } = parts;
  const body = jsonBody(exchange);
  if (body === undefined) return failed("a body that is not JSON, or its Content-Type missing");
  if (exchange.headers["x-api-key"] === undefined) return failed("a missing X-API-Key header");
  if (typeof body.devID !== "string") return failed("a missing devID");
  if (body.devID !== settings.devId || exchange.headers["x-api-key"] !== settings.apiKey)
    return kaedimError(404, "User does not exist");
  exchange.entry.account = settings.devId;
  const { destination } = body;
  if (typeof destination !== "string" || !/^https?:$/.test(URL.parse(destination)?.protocol ?? ""))
    return failed("a missing or invalid destination");
  const isFirst = hook.destination === null;
  if (isFirst || settings.replacesHook) hook.destination = destination;
  if (!isFirst && settings.repeatedRegistration === "no-jwt")
    return jsonReply(201, { status: "success", message: "Webhook already registered" });
  const jwt = jwts.issue({ devId: settings.devId, lifeMs: settings.jwtLifeMs });
  if (!isFirst) return jsonReply(201, { status: "success", message: "Webhook already registered", jwt });
  const message = "Webhook registered successfully";
  return jsonReply(201, { status: "success", message, jwt, refreshToken: settings.refreshToken });
}

function refreshJwt(exchange: Exchange, parts: KaedimParts): Reply {
  const { settings, jwts } = parts;
  const { headers } = exchange;
  const refuse = (cause: string) =>
    jsonReply(400, {
      status: "error",
      message: "Request failed, please check your api-key and refresh-token and try again",
      cause,
    });
  const body = jsonBody(exchange);
  if (body === undefined) return refuse("The body is not JSON, or its Content-Type is missing");
  if (typeof body.devID !== "string") return refuse("devID is missing");
  if (headers["x-api-key"] === undefined) return refuse("The header X-API-Key is missing");
  if (headers["refresh-token"] === undefined) return refuse("The header refresh-token is missing");
  if (body.devID !== settings.devId) return refuse("User does not exist");
  if (headers["x-api-key"] !== settings.apiKey) return refuse("Invalid API key");
  if (headers["refresh-token"] !== settings.refreshToken) return refuse("Invalid refresh token");
  exchange.entry.account = settings.devId;
  return jsonReply(200, {
    status: "success",
    message: "JWT refreshed successfully. Please use the new JWT and devID to authenticate your future requests",
    jwt: jwts.issue({ devId: settings.devId, lifeMs: settings.jwtLifeMs }),
    devID: settings.devId,
  });
}

function process(exchange: Exchange, parts: KaedimParts): Reply {
  const { settings, clock, requests } = parts;
  const refusal = unauthorized(exchange, parts);
  if (refusal !== undefined) return refusal;
  const read = readProcessFields(exchange, settings);
  if ("reason" in read) return failed(read.reason);
  const { devID } = read.fields.values;
  if (devID === undefined || devID === null) return failed("a missing devID");
  if (devID !== settings.devId) return kaedimError(404, "User does not exist");
  const judged = judgeOrder(read.fields, settings);
  if ("reason" in judged)
    return judged.status === 406 ? kaedimError(406, "Invalid level of quality inputed") : failed(judged.reason);
  const { order } = judged;
  if (settings.webhookRequired && !order.test && parts.hook.destination === null)
    return failed("no registered webhook; only test requests can be sent before");
  const price = settings.costs[order.loq as keyof KaedimSettings["costs"]];
  const cost = order.test && !settings.testRequestsCost ? 0 : price;
  if (cost > settings.credits) return failed("insufficient credits");
  settings.credits -= cost;
  exchange.entry.spend = cost > 0;
  const { requestID } = requests.add({
    order,
    cost,
    createdAtMs: clock.now(),
    startAfterMs: settings.startAfterMs,
    durationMs: order.test ? settings.testDurationMs : settings.durationMs,
    outcome: settings.outcome,
    dismissedReason: settings.dismissedReason,
  });
  parts.requestsChanged();
  return jsonReply(201, {
    status: "success",
    devID: settings.devId,
    requestID,
    message: "request sent successfully, please check webhook in 10-15 mins",
  });
}

function fetchRequest(exchange: Exchange, parts: KaedimParts): Reply {
  const refusal = unauthorized(exchange, parts) ?? wrongQuery(exchange, parts);
  if (refusal !== undefined) return refusal;
  const requestID = exchange.query.get("requestID");
  if (requestID === null || requestID === "")
    return kaedimError(400, "RequestID is required, please make sure you are sending as a query parameter");
  const request = parts.requests.find(requestID);
  if (request === undefined) return kaedimError(404, "Request does not exist");
  return jsonReply(200, assetOf(request, assetParts(exchange, parts), false));
}

function fetchAll(exchange: Exchange, parts: KaedimParts): Reply {
  const refusal = unauthorized(exchange, parts) ?? wrongQuery(exchange, parts);
  if (refusal !== undefined) return refusal;
  const range = parseDateRange(exchange.query, parts.settings);
  if ("reason" in range) return failed(range.reason);
  const asset = assetParts(exchange, parts);
  const found = parts.requests
    .all()
    .filter(({ createdAtMs }) => createdAtMs >= range.fromMs && createdAtMs < range.toMs);
  return jsonReply(200, { assets: found.map((request) => assetOf(request, asset, true)) });
}

function fetchProjects(exchange: Exchange, parts: KaedimParts): Reply {
  const refusal = unauthorized(exchange, parts) ?? wrongQuery(exchange, parts);
  return refusal ?? jsonReply(200, { status: "success", message: parts.settings.projects });
}

/** The refusal of a call that needs API key and JWT; undefined where both are right. */
function unauthorized(exchange: Exchange, { settings, jwts }: KaedimParts): Reply | undefined {
  const { headers, entry } = exchange;
  if (headers["x-api-key"] === undefined) return kaedimError(401, "Unauthorized: the header X-API-Key is missing");
  if (headers["x-api-key"] !== settings.apiKey) return kaedimError(401, "Unauthorized: invalid API key");
  const { authorization } = headers;
  if (authorization === undefined) return kaedimError(401, "Unauthorized: no JWT provided");
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (
    (bearer === undefined && settings.authorization === "bearer") ||
    (bearer !== undefined && settings.authorization === "raw")
  )
    return kaedimError(401, "Unauthorized: invalid JWT");
  const state = jwts.check(bearer ?? authorization);
  if (state !== "good")
    return kaedimError(401, state === "expired" ? "Unauthorized: JWT expired" : "Unauthorized: invalid JWT");
  entry.account = settings.devId;
  return undefined;
}

function wrongQuery({ query }: Exchange, { settings }: KaedimParts): Reply | undefined {
  const devId = query.get("devID");
  if (devId === null || devId === "")
    return kaedimError(400, "DevID is required, please make sure you are sending as a query parameter");
  if (devId !== settings.devId) return kaedimError(404, "User does not exist");
  const studioId = query.get("studioID");
  if (studioId !== null && studioId !== settings.studioId) return failed("an unknown studioID");
  return undefined;
}

function assetParts(exchange: Exchange, { settings, links, clock }: KaedimParts): AssetParts {
  const { expiredLink } = exchange.faults;
  expiredLink?.();
  return { settings, links, nowMs: clock.now(), linkLifeMs: expiredLink === undefined ? settings.linkLifeMs : 0 };
}

function jsonBody(exchange: Exchange): Record<string, unknown> | undefined {
  if (!/^application\/json\b/.test(exchange.headers["content-type"] ?? "")) return undefined;
  try {
    const value: unknown = JSON.parse(exchange.body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** 400 in the document's sentence. */
function failed(reason: string): Reply {
  return kaedimError(400, `Request failed due to ${reason}, please check your payload and headers and try again`);
}

function kaedimError(status: number, message: string): Reply {
  return jsonReply(status, { status: "error", message });
}
