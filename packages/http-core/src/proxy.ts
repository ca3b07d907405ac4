import { BlockList, isIP } from "node:net";
import { bareHost, isLoopbackHost } from "./same-origin.ts";

/**
 * Which proxy to use. `"environment"` (the default) reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in both
 * cases. A URL may carry credentials; they are never printed. Loopback is never proxied.
 */
export type ProxySettings = { url: string; noProxy?: string | undefined } | "environment" | "none";

/** The proxy that leads to `target`, or `undefined` for the direct way. Throws a `TypeError` for a URL that is none. */
export function chooseProxy(
  target: URL,
  settings: ProxySettings = "environment",
  environment: Record<string, string | undefined> = process.env,
): URL | undefined {
  if (settings === "none" || isLoopbackHost(target.hostname)) return undefined;
  const read = (name: string) => environment[name.toLowerCase()] || environment[name.toUpperCase()] || undefined;
  if (settings !== "environment") {
    return isExempt(target, settings.noProxy ?? "") ? undefined : parseProxy(settings.url, "the proxy setting");
  }
  const name = target.protocol === "https:" ? "https_proxy" : "http_proxy";
  const url = read(name) ?? read("all_proxy");
  if (url === undefined || isExempt(target, read("no_proxy") ?? "")) return undefined;
  return parseProxy(url, read(name) === undefined ? "ALL_PROXY" : name.toUpperCase());
}

/** `proxy.example:3128`, the form that may be printed. */
export function printableProxy(proxy: URL): string {
  return proxy.host;
}

/** `Proxy-Authorization` for a proxy whose URL carries a name and a password, no header for one without. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Users write `proxy.example:3128` as often as `http://proxy.example:3128`; curl takes both. */
function parseProxy(text: string, where: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.hostname === "") throw new TypeError(`The address of the proxy in ${where} is no URL.`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(
      `The proxy in ${where} is of the kind ${url.protocol.slice(0, -1)}; only http and https proxies are supported.`,
    );
  }
  return url;
}

/**
 * Whether NO_PROXY names the target: `*`, `host`, `.suffix`, `*.suffix`, `host:port`, an address, or a network as CIDR;
 * separated by commas or spaces. `example.com` also covers its subdomains, as with curl.
 */
export function isExempt(target: URL, noProxy: string): boolean {
  const host = bareHost(target.hostname);
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  const { name, port: wantedPort } = splitPort(entry);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  if (isIP(host) !== 0 || isIP(name) !== 0) return isSameAddress(host, name);
  const suffix = name.replace(/^\*?\./, "").replace(/\.$/, "");
  if (suffix === "") return false;
  return host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { name: string; port?: string } {
  if (isIP(entry) === 6) return { name: entry };
  const found = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry);
  if (found?.[1] === undefined) return { name: entry };
  return found[2] === undefined ? { name: found[1] } : { name: found[1], port: found[2] };
}

function isSameAddress(host: string, name: string): boolean {
  const family = isIP(host);
  if (family === 0 || isIP(name) !== family) return false;
  const list = new BlockList();
  list.addAddress(name, family === 6 ? "ipv6" : "ipv4");
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}

function isInNetwork(host: string, entry: string): boolean {
  const [network = "", prefix = ""] = entry.split("/");
  const family = isIP(network.replace(/^\[|\]$/g, ""));
  const bits = Number(prefix);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(prefix) || bits > (family === 6 ? 128 : 32))
    return false;
  const list = new BlockList();
  list.addSubnet(network.replace(/^\[|\]$/g, ""), bits, family === 6 ? "ipv6" : "ipv4");
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}
