import type { Exchange } from "../hosts/exchange.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { ImagineSettings, Scope } from "./settings.ts";

/** The sentence of the table of errors; the credits that are left make the difference to a real limit of requests. */
const exhausted = "Rate limit exceeded — you have reached your maximum allowed request limit.";

/**
 * Lets a request in or answers why not: key, origin, scope, credits, in this order. One that is let in has cost its
 * credit, whatever it is answered.
 */
export function admit(exchange: Exchange, settings: ImagineSettings, scope: Scope): Reply | undefined {
  const { headers, entry } = exchange;
  const given = /^Imagine-key (\S+)$/.exec(headers.authorization ?? "")?.[1];
  const key = settings.keys.find((candidate) => candidate.key === given && !candidate.revoked);
  if (key === undefined) return jsonReply(401, { error: "Invalid API key." });
  const kind = key.key.startsWith("sk_") ? "secret" : "public";
  entry.account = `imagine ${kind} key`;
  const { origin } = headers;
  if (origin === undefined) return jsonReply(settings.originRefusal, { error: "Origin header is missing." });
  if (!key.domains.some((domain) => isOriginOf(origin, domain, settings.originForm)))
    return jsonReply(settings.originRefusal, { error: "Origin is not allowed for this API key." });
  const isRead = scope.endsWith(".read");
  if (kind === "public" && !isRead) return jsonReply(403, { error: "This operation requires a secret key." });
  if (!key.scopes.includes(scope)) return jsonReply(403, { error: `This API key lacks the required scope: ${scope}.` });
  if (settings.credits === 0) return refusal(settings, 429, exhausted);
  settings.credits -= 1;
  entry.spend = true;
  return undefined;
}

function isOriginOf(origin: string, domain: string, form: ImagineSettings["originForm"]): boolean {
  const isBare = origin === domain;
  const isFull = origin === `https://${domain}` || origin === `http://${domain}`;
  return (form !== "full" && isBare) || (form !== "bare" && isFull);
}

/** What a write answers. */
export function success(settings: ImagineSettings, status: number, data: object, message: string): Reply {
  return jsonReply(status, { status: true, data, message, api_hits_available: settings.credits });
}

/** A reading's flat answer, with the credits behind it. */
export function flat(settings: ImagineSettings, fields: object): Reply {
  return jsonReply(200, { ...fields, api_hits_available: settings.credits });
}

/** `message` is a sentence, or an object: per field a list of sentences, or nested further. */
export function refusal(settings: ImagineSettings, status: number, message: string | object): Reply {
  return jsonReply(status, { status: false, data: {}, message, api_hits_available: settings.credits });
}
