import { BlockList, isIP } from "node:net";
import { isLoopbackHost, type ProxySettings } from "@org/http-core";

/** The proxy that leads to `target`, or `undefined` for the direct way: the rules of http-core's `ProxySettings`. */
export function chooseProxy(
  target: URL,
  settings: ProxySettings = "environment",
  environment: Record<string, string | undefined> = process.env,
): URL | undefined {
  if (settings === "none" || isLoopbackHost(target.hostname)) return undefined;
  const read = (name: string) => environment[name] || environment[name.toUpperCase()] || undefined;
  const fromEnvironment = settings === "environment";
  const text = fromEnvironment
    ? (read(target.protocol === "https:" ? "https_proxy" : "http_proxy") ?? read("all_proxy"))
    : settings.url;
  const exempt = fromEnvironment ? read("no_proxy") : settings.noProxy;
  if (text === undefined || isExempt(target, exempt ?? "")) return undefined;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.hostname === "" || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("The address of the proxy must be a URL such as http://proxy.example:3128.");
  }
  return url;
}

/** `Proxy-Authorization` for a proxy whose URL carries a name and a password. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Whether NO_PROXY names the target: `*`, host, `.suffix`, `host:port`, an address, or a network as CIDR. */
function isExempt(target: URL, noProxy: string): boolean {
  const host = target.hostname.toLowerCase().replace(/^\[|\]$|\.$/g, "");
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  const found = isIP(entry) === 6 ? null : /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry);
  if (found?.[2] !== undefined && found[2] !== port) return false;
  const name = (found?.[1] ?? entry).replace(/^\*?\./, "").replace(/\.$/, "");
  return name !== "" && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

function isInNetwork(host: string, entry: string): boolean {
  const [network = "", prefix = ""] = entry.split("/");
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(prefix) || bits > (family === 6 ? 128 : 32)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(network, bits, family === 6 ? "ipv6" : "ipv4");
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}
