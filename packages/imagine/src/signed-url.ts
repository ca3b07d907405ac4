import { isLoopbackHost } from "@org/http-core";

/**
 * When a signed URL ends, in milliseconds since 1970: `Expires` of CloudFront (Unix seconds, UTC) or the end of its custom
 * `Policy`; `null` where it does not tell. The document says 7 days, its own sample is shorter, so only the URL counts.
 */
export function readUrlExpiry(url: string): number | null {
  const query = URL.parse(url)?.searchParams;
  if (query === undefined) return null;
  const expires = query.get("Expires");
  if (expires !== null && /^\d{9,11}$/.test(expires)) return Number(expires) * 1000;
  const policy = query.get("Policy");
  if (policy === null) return null;
  // CloudFront's base64 for URLs: + = / become - _ ~.
  const text = Buffer.from(policy.replaceAll("-", "+").replaceAll("~", "/").replaceAll("_", "="), "base64").toString();
  const seconds = /"AWS:EpochTime"\s*:\s*(\d{9,11})\b/.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** Two signed URLs of the same file differ in their query only. */
export function isSameFile(a: string, b: string): boolean {
  return withoutQuery(a) === withoutQuery(b);
}

function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}

/**
 * Why an address of an answer must not be used, if so: anything but https, a user name in it, a bare address, and this
 * machine itself unless the API is a sandbox on it.
 */
export function whyRefused(address: string, baseUrl: string): string | undefined {
  const url = URL.parse(address);
  if (url === null) return "it is no web address";
  if (url.username !== "" || url.password !== "") return "it carries a user name";
  const host = url.hostname.replace(/\.$/, "");
  if (isLoopbackHost(host)) {
    return isLoopbackHost(new URL(baseUrl).hostname) ? undefined : `${host} is this machine itself`;
  }
  if (url.protocol !== "https:") return `it is ${url.protocol.slice(0, -1)} and not https`;
  if (/^\[|^[\d.]+$/.test(host)) return `${host} is a bare address and no name`;
  return undefined;
}
