import { isLoopbackHost } from "@org/http-core";

/** Whether a file may be fetched from an address that an answer or a feed named. */
export type FileUrlDecision =
  | { readonly isAllowed: true; readonly url: URL; readonly host: string }
  | { readonly isAllowed: false; readonly host: string; readonly reason: string };

/**
 * Decides by the host names in `archiveHosts` (without port; compared whole, no sub-domains). https only; plain http
 * for loopback hosts, which must be in the list like any other. `reason` and `host` may be printed, the URL may not.
 */
export function decideFileUrl(address: string, archiveHosts: readonly string[]): FileUrlDecision {
  const url = URL.parse(address);
  if (url === null) return { isAllowed: false, host: "", reason: "it is no web address" };
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (url.username !== "" || url.password !== "") return { isAllowed: false, host, reason: "it carries a user name" };
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopbackHost(host))) {
    return { isAllowed: false, host, reason: `it is ${url.protocol.slice(0, -1)} and not https` };
  }
  if (!archiveHosts.some((allowed) => allowed.toLowerCase().replace(/^\[|\]$/g, "") === host)) {
    return { isAllowed: false, host, reason: `the host ${host} is not in archiveHosts` };
  }
  return { isAllowed: true, url, host };
}

/**
 * When a signed link says it ends, in milliseconds since 1970: `X-Amz-Date` + `X-Amz-Expires` (S3 and R2, version 4),
 * or `Expires` in seconds (S3 version 2, CloudFront). `null` where it says nothing.
 */
export function readLinkExpiry(url: URL): number | null {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("x-amz-date") ?? "");
  const seconds = wholeSeconds(query.get("x-amz-expires"));
  if (date !== null && seconds !== null) {
    const [year = 0, month = 1, ...rest] = date.slice(1).map(Number);
    return Date.UTC(year, month - 1, ...rest) + seconds * 1_000;
  }
  const expires = wholeSeconds(query.get("expires"));
  return expires === null ? null : expires * 1_000;
}

function wholeSeconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) : null;
}

/** Throws a `TypeError` for an entry that could never match: found only when a paid link is refused, it would be dear. */
export function checkArchiveHosts(archiveHosts: readonly string[]): void {
  for (const host of archiveHosts) {
    if (!/^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[?[0-9a-f:.]*::?[0-9a-f:.]*\]?)$/i.test(host) || /^[^:]*:\d+$/.test(host)) {
      throw new TypeError(
        `archiveHosts holds host names without scheme, port or path, such as r2.imeshh.com; not “${host}”`,
      );
    }
  }
}
