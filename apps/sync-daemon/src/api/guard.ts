import { createHash, timingSafeEqual } from "node:crypto";
import { type ConsoleRequest, consoleRequestOf } from "./console-request.ts";
import { otherRoutes } from "./contract/operations.ts";
import { pageCookieName, pageKeyHeader } from "./contract/page.ts";
import type { PageSession } from "./page-sign-in.ts";
import type { RefusalCode } from "./problem.ts";

export interface Refusal {
  readonly status: 401 | 403 | 405 | 415;
  readonly code: RefusalCode;
  readonly message: string;
}

/** A request as it stood on the wire: names and values in turn, repeated headers kept. */
export interface IncomingHead {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

/** What this daemon is and whom it admits. */
export interface OwnKeys {
  readonly port: number;
  readonly token: string;
  /** Does a page's session with this cookie and this key live? */
  admitsPage(given: PageSession): boolean;
  /** Does a page's session with this cookie and this key for pictures live? */
  admitsPictures(given: { cookie: string; pictureKey: string }): boolean;
}

/** Asked without a token; none gives anything away. */
const openRoutes = [otherRoutes.health, otherRoutes.pageLanding, otherRoutes.pageSession];

/** Is this answered to whoever asks? */
export function isOpenToAll(request: IncomingHead): boolean {
  const path = request.url.split("?", 1)[0];
  const method = request.method === "HEAD" ? "GET" : request.method;
  return (
    openRoutes.some((route) => route.path === path && route.method === method) || findConsoleRequest(request) !== null
  );
}

/** What of the console's static files this is for; null for everything else. */
export function findConsoleRequest(request: IncomingHead): ConsoleRequest | null {
  const [mode] = valuesOf(request, "sec-fetch-mode");
  const [destination] = valuesOf(request, "sec-fetch-dest");
  const [accept] = valuesOf(request, "accept");
  return consoleRequestOf({ method: request.method, url: request.url, mode, destination, accept });
}

const picturePrefix = otherRoutes.picture.path.slice(0, otherRoutes.picture.path.indexOf(":"));

const refuse = (status: Refusal["status"], code: RefusalCode, message: string): Refusal => ({ status, code, message });

/**
 * Decides before any routing whether a request may be looked at. Loopback is not private: every web page a person
 * visits can send requests here, and every program of another user on this machine too. In this order:
 *
 * - `Host` must be ours to the letter. It alone stops DNS rebinding and requests to 0.0.0.0, which carry neither
 *   `Origin` nor `Sec-Fetch-Site`.
 * - `Origin` and `Sec-Fetch-Site`, where a browser sends them, must be our own. One page may be navigated to from
 *   elsewhere: the landing page of `asset-sync open`, which the browser reaches from a file.
 * - No preflight is answered, and only GET, HEAD and POST exist.
 * - Everything but `/healthz`, the exchange of a page's code and the console's static files needs the token, compared in
 *   constant time, or a page's cookie together with its key. The key stands in a header of its own, which no form, image, script or event stream
 *   of another page can send, and no page without a preflight.
 * - Pictures are also shown to a page's cookie with its picture key, which stands in their address, since an image can
 *   send no header. That key opens nothing else.
 * - What changes something is a POST with `application/json`, which no plain form or image can send.
 */
export function judgeRequest(request: IncomingHead, own: OwnKeys): Refusal | null {
  const hosts = valuesOf(request, "host");
  const [host] = hosts;
  const ownHosts = [`127.0.0.1:${own.port}`, `localhost:${own.port}`, `[::1]:${own.port}`];
  if (hosts.length !== 1 || host === undefined || !ownHosts.includes(host.toLowerCase())) {
    return refuse(403, "host-refused", "This address is answered under its own name only.");
  }
  if (!request.url.startsWith("/") || request.url.startsWith("//")) {
    return refuse(403, "host-refused", "The request names a place outside this address.");
  }
  if (valuesOf(request, "origin").some((origin) => origin.toLowerCase() !== `http://${host.toLowerCase()}`)) {
    return refuse(403, "origin-refused", "Other pages may not call this address.");
  }
  const isLanding = findConsoleRequest(request)?.kind === "landing";
  if (!isLanding && valuesOf(request, "sec-fetch-site").some((site) => site !== "same-origin" && site !== "none")) {
    return refuse(403, "origin-refused", "Other pages may not call this address.");
  }
  if (request.method === "OPTIONS") return refuse(403, "origin-refused", "No other origin is ever allowed.");
  if (!["GET", "HEAD", "POST"].includes(request.method)) {
    return refuse(405, "method-refused", `${request.method} is not used here; only GET and POST are.`);
  }
  const isAdmitted =
    isOpenToAll(request) ||
    carriesToken(request, own.token) ||
    carriesPageSession(request, own) ||
    carriesPictureKey(request, own);
  if (!isAdmitted) {
    return refuse(401, "token-refused", "The token is missing or not the one in api.json.");
  }
  if (request.method === "POST") {
    const [contentType, ...others] = valuesOf(request, "content-type");
    const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
    if (mediaType !== "application/json" || others.length > 0) {
      return refuse(415, "content-type-refused", "Send JSON, with the header Content-Type: application/json.");
    }
  }
  return null;
}

function valuesOf({ rawHeaders }: IncomingHead, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}

function carriesToken(request: IncomingHead, token: string): boolean {
  const given = valuesOf(request, "authorization");
  if (given.length !== 1) return false;
  const [, sent] = /^Bearer +(\S+) *$/i.exec(given[0] ?? "") ?? [];
  // Hashed first, so that both sides have one length and the comparison takes one time.
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return sent !== undefined && timingSafeEqual(digest(sent), digest(token));
}

function carriesPageSession(request: IncomingHead, own: OwnKeys): boolean {
  const keys = valuesOf(request, pageKeyHeader);
  const [key] = keys;
  const cookie = pageCookieOf(request, own.port);
  return keys.length === 1 && key !== undefined && cookie !== undefined && own.admitsPage({ cookie, key });
}

function carriesPictureKey(request: IncomingHead, own: OwnKeys): boolean {
  const [path = "", query] = request.url.split("?", 2);
  if (request.method !== "GET" || !path.startsWith(picturePrefix)) return false;
  const keys = new URLSearchParams(query).getAll("key");
  const [pictureKey] = keys;
  const cookie = pageCookieOf(request, own.port);
  return (
    keys.length === 1 && pictureKey !== undefined && cookie !== undefined && own.admitsPictures({ cookie, pictureKey })
  );
}

function pageCookieOf(request: IncomingHead, port: number): string | undefined {
  // Another port's page may have set a cookie of the same name: only one may be there.
  const prefix = `${pageCookieName(port)}=`;
  const cookies = valuesOf(request, "cookie")
    .flatMap((list) => list.split(";"))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix));
  return cookies.length === 1 ? cookies[0]?.slice(prefix.length) : undefined;
}

/** Scripts, styles, pictures and answers from here only. `styleNonce`: style elements with this number count as ours. */
export function contentSecurityPolicy({ styleNonce }: { styleNonce: string | null }): string {
  const styles = styleNonce === null ? "'self'" : `'self' 'nonce-${styleNonce}'`;
  return `default-src 'none'; script-src 'self'; style-src ${styles}; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`;
}

/** On every answer: nothing may embed it, sniff it, keep it, or learn where the person came from. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": contentSecurityPolicy({ styleNonce: null }),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

const wrongTokensPerMinute = 20;
const brakeMs = 1_000;

export interface TokenBrake {
  /** Counts one more and says how long its refusal waits. */
  delayAfterWrongToken(): number;
}

/** Makes guessing slow: from the 21st wrong token within a minute each refusal waits a second. */
export function createTokenBrake({ now }: { now: () => number }): TokenBrake {
  let recentMs: number[] = [];
  return {
    delayAfterWrongToken() {
      const atMs = now();
      recentMs = [...recentMs.filter((wrongMs) => atMs - wrongMs < 60_000), atMs].slice(-wrongTokensPerMinute - 1);
      return recentMs.length > wrongTokensPerMinute ? brakeMs : 0;
    },
  };
}
