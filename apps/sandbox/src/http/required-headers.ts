import type { HostName } from "../host-name.ts";

/** The User-Agent that the vendor's document demands, letter by letter. */
export const documentedUserAgent = "iMeshh-Asset-Manager/1.0 (+https://imeshh.com)";

/**
 * The document demands User-Agent and `Accept-Encoding: gzip` of API requests. The CDN is only linked to by the API and
 * the document's own example fetches from it without them; the Enterprise API recommends the User-Agent and no more.
 */
const hostsWithRequiredHeaders: readonly HostName[] = ["shop", "blog", "feeds", "extensions"];

/** Why a strict sandbox refuses the request, as a sentence that names the header; undefined where nothing is missing. */
export function missingHeader(request: {
  host: HostName;
  method: string;
  headers: Record<string, string | undefined>;
  bodyBytes: number;
}): string | undefined {
  const { host, method, headers, bodyBytes } = request;
  if (!hostsWithRequiredHeaders.includes(host)) return undefined;
  const userAgent = headers["user-agent"];
  if (userAgent !== documentedUserAgent) {
    return `The header User-Agent must be "${documentedUserAgent}"; it was ${userAgent === undefined ? "missing" : `"${userAgent}"`}.`;
  }
  if (!/\bgzip\b/i.test(headers["accept-encoding"] ?? "")) {
    return `The header Accept-Encoding must name gzip; it was ${quoted(headers["accept-encoding"])}.`;
  }
  const contentType = headers["content-type"];
  if (method === "POST" && bodyBytes > 0 && !/^application\/(json|x-www-form-urlencoded)\b/.test(contentType ?? "")) {
    return `The header Content-Type of a POST must be application/json (or application/x-www-form-urlencoded); it was ${quoted(contentType)}.`;
  }
  return undefined;
}

function quoted(value: string | undefined): string {
  return value === undefined ? "missing" : `"${value}"`;
}

const credentialHeaders = ["authorization", "proxy-authorization", "cookie", "x-api-key", "refresh-token"];
const hostsWithoutCredentials: readonly HostName[] = [
  "blog",
  "feeds",
  "extensions",
  "cdn",
  "kaedimFiles",
  "imagineS3",
  "imagineMedia",
];

/**
 * What credential arrived where it must never go, as a sentence; undefined where none did. Refused whether the sandbox is
 * strict or not: a client that does this gives tokens away.
 */
export function leakedCredential(request: {
  host: HostName;
  url: string;
  headers: Record<string, string | undefined>;
  isToken: (text: string) => boolean;
  enterpriseKey: string;
}): string | undefined {
  const { host, url, headers, isToken, enterpriseKey } = request;
  if (hostsWithoutCredentials.includes(host)) {
    const header = credentialHeaders.find((name) => headers[name] !== undefined);
    if (header !== undefined) return `The header ${header} was sent to ${host}, which must never see a credential.`;
  }
  if (isToken(url)) return `A token was sent to ${host} inside the URL.`;
  const referrer = headers.referer;
  if (referrer !== undefined && isToken(referrer)) return `A token was sent to ${host} inside the Referer header.`;
  const authorization = headers.authorization ?? "";
  if (host !== "shop" && isToken(authorization)) return `The shop's token was sent to ${calledName(host)}.`;
  if (host !== "enterprise" && authorization === `Bearer ${enterpriseKey}`)
    return `The Enterprise key was sent to ${calledName(host)}.`;
  if (host !== "imagine" && /^(?:Imagine-key|Zapier) /.test(authorization))
    return `A credential of Imagine was sent to ${calledName(host)}.`;
  const kaedimHeader = ["x-api-key", "refresh-token"].find((name) => headers[name] !== undefined);
  if (host === "imagine" && kaedimHeader !== undefined) return `The header ${kaedimHeader} was sent to imagine.`;
  return host === "3dverse" ? strangeTo3dverse(request) : of3dverse(request);
}

const headersOf3dverse = ["api_key", "user_token", "guest_token"];

/** A credential header of 3dverse at another host, whatever is in it. */
function of3dverse({ host, headers }: { host: HostName; headers: Record<string, string | undefined> }) {
  const header = headersOf3dverse.find((name) => headers[name] !== undefined);
  return header === undefined ? undefined : `The header ${header} of 3dverse was sent to ${calledName(host)}.`;
}

/** A credential header that 3dverse does not have, or a secret of iMeshh in one that it has. */
function strangeTo3dverse(request: {
  headers: Record<string, string | undefined>;
  isToken: (text: string) => boolean;
  enterpriseKey: string;
}) {
  const { headers, isToken, enterpriseKey } = request;
  // Authorization is not among them: a client's own key in it is a mistake, and is refused as one.
  const strange = ["proxy-authorization", "cookie", "x-api-key", "refresh-token"].find(
    (name) => headers[name] !== undefined,
  );
  if (strange !== undefined) return `The header ${strange} was sent to 3dverse.`;
  const borrowed = headersOf3dverse.find((name) => isToken(headers[name] ?? "") || headers[name] === enterpriseKey);
  return borrowed === undefined ? undefined : `A credential of iMeshh was sent to 3dverse in the header ${borrowed}.`;
}

function calledName(host: HostName): string {
  if (host === "enterprise") return "the Enterprise worker";
  return host === "shop" ? "the shop" : host;
}
