/** Same scheme, host and port. */
export function isSameOrigin(a: string | URL, b: string | URL): boolean {
  return new URL(a).origin === new URL(b).origin;
}

/** `localhost`, 127/8 and ::1, as a host name of a URL (brackets allowed). */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname);
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A URL's host name without brackets and final dot, in lower case. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

/** What may cross to another origin: words about the answer, none about us. */
const travellers = /^(user-agent|accept|accept-.*|range|if-range|if-none-match|if-modified-since)$/i;

/**
 * The headers for `to`, when the last request of the chain went to `from`: everything within an origin; across, only
 * User-Agent, Accept… and conditions on the content. An allow-list, so that a provider's own header (`refresh-token`,
 * `X-API-Key`, …) cannot be forgotten. What was dropped once is not restored on the way back.
 */
export function headersAcross(from: URL, to: URL, headers: Record<string, string>): Record<string, string> {
  if (isSameOrigin(from, to)) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => travellers.test(name)));
}
