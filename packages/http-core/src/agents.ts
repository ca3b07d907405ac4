import { type ClientRequest, Agent as HttpAgent, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { SecureContext } from "node:tls";
import { HttpsProxyAgent } from "hpagent";
import { createTrust } from "./certificates.ts";
import { defaultTimeouts, type HttpSettings } from "./http-settings.ts";
import { publicLookup } from "./private-address.ts";
import { chooseProxy, printableProxy, proxyAuthorization } from "./proxy.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** The way to one URL. */
export interface Route {
  agent: HttpAgent;
  /** Host and port of the proxy on the way. */
  proxy?: string;
}

/** Knows for every URL which agent to use: direct or through a proxy, with which certificate authorities. */
export interface Agents {
  /**
   * `fresh`: a connection of its own, closed afterwards. A kept one may be dying just now, and then nobody could say
   * whether a request arrived, which operations that must not be repeated cannot afford.
   *
   * `publicOnly`: names that resolve to private addresses are refused when the connection is made
   * (`ERR_ADDRESS_REFUSED`). Such connections are kept apart, since one that was made without looking proves nothing. A
   * proxy resolves names itself, so behind one there is nothing to look at.
   */
  routeTo(url: URL, options: { fresh: boolean; publicOnly: boolean }): Route;
  /** Closes connections that are kept for later. */
  close(): void;
}

/**
 * Node gives each address of a host 250 ms before it tries the next; on slow lines that fails every one of them
 * (nodejs/node#54359 and its relatives).
 */
const addressAttemptMs = 2_000;

/** Makes the agents of one client. They are built when first needed and keep nothing running. */
export function createAgents(http: HttpSettings): Agents {
  const built = new Map<string, HttpAgent>();
  let trust: { context: SecureContext | undefined } | undefined;

  function tlsOptions() {
    trust ??= { context: createTrust(http.ca) };
    return trust.context === undefined ? {} : { secureContext: trust.context };
  }

  function build(
    url: URL,
    proxy: URL | undefined,
    { keepAlive, publicOnly }: { keepAlive: boolean; publicOnly: boolean },
  ): HttpAgent {
    const guard = publicOnly && proxy === undefined ? { lookup: publicLookup } : {};
    const options = { keepAlive, autoSelectFamilyAttemptTimeout: addressAttemptMs, ...guard };
    if (url.protocol === "https:") {
      const tls = tlsOptions();
      if (proxy === undefined) return new HttpsAgent({ ...options, ...tls });
      // hpagent gives CONNECT this long; no other timer runs before there is a socket.
      const { connectMs, secureConnectMs } = { ...defaultTimeouts, ...withoutUndefined(http.timeouts ?? {}) };
      return new HttpsProxyAgent({
        ...options,
        timeout: connectMs + secureConnectMs,
        ...tls,
        proxy,
        proxyRequestOptions: { ...tls } as Record<string, never>,
      });
    }
    if (proxy === undefined) return new HttpAgent(options);
    return forwardingAgent(proxy, options, proxy.protocol === "https:" ? tlsOptions() : {});
  }

  return {
    routeTo(url, { fresh, publicOnly }) {
      const proxy = chooseProxy(url, http.proxy);
      const key = `${url.protocol} ${proxy?.href ?? ""} ${fresh} ${publicOnly}`;
      const agent = built.get(key) ?? build(url, proxy, { keepAlive: !fresh, publicOnly });
      built.set(key, agent);
      return proxy === undefined ? { agent } : { agent, proxy: printableProxy(proxy) };
    },
    close() {
      for (const agent of built.values()) agent.destroy();
      built.clear();
    },
  };
}

type AddRequest = (request: ClientRequest, options: RequestOptions) => void;

/**
 * An agent for plain http: the proxy gets the request itself, with the whole URL in its first line. A tunnel, which
 * hpagent would make, is refused by most proxies for port 80.
 */
function forwardingAgent(
  proxy: URL,
  options: { keepAlive: boolean },
  tls: { secureContext?: SecureContext },
): HttpAgent {
  const agent = proxy.protocol === "https:" ? new HttpsAgent({ ...options, ...tls }) : new HttpAgent(options);
  const methods = agent as unknown as { addRequest: AddRequest };
  const addRequest = methods.addRequest;
  methods.addRequest = function forward(request, target) {
    const port = target.port === undefined || Number(target.port) === 80 ? "" : `:${target.port}`;
    const host = String(target.host).includes(":") ? `[${target.host}]` : target.host;
    if (request.path.startsWith("/")) request.path = `http://${host}${port}${request.path}`;
    for (const [name, value] of Object.entries(proxyAuthorization(proxy))) request.setHeader(name, value);
    const proxyPort = proxy.port || (proxy.protocol === "https:" ? "443" : "80");
    const proxyHost = proxy.hostname.replace(/^\[|\]$/g, "");
    addRequest.call(this, request, {
      ...target,
      host: proxyHost,
      hostname: proxyHost,
      port: proxyPort,
      servername: proxyHost,
    } as RequestOptions);
  };
  return agent;
}
