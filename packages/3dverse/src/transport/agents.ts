import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import {
  ApiError,
  chooseProxy,
  createTrust,
  describeProxyRefusal,
  type HttpSettings,
  proxyAuthorization,
} from "@org/http-core/policy";

/** The way to one URL. */
export interface Route {
  readonly agent: http.Agent;
  /** A proxy that gets the whole URL in the first line: plain http only; https goes through a tunnel of the agent. */
  readonly forwardProxy: URL | undefined;
}

/** Knows for every URL which agent to use. */
export interface Agents {
  /** `fresh`: a connection of its own, so that nobody need ask whether a kept one was dying when a request was sent. */
  routeTo(url: URL, options: { fresh: boolean }): Route;
}

/** Node gives each address of a host 250 ms before it tries the next; on slow lines that fails them all (nodejs/node#54359). */
const addressAttemptMs = 2_000;

/** Makes the agents of one client; they are built when first needed. */
export function createAgents(settings: HttpSettings): Agents {
  const built = new Map<string, http.Agent>();
  let trust: { secureContext?: tls.SecureContext } | undefined;

  function tlsOptions() {
    if (trust === undefined) {
      const secureContext = createTrust(settings.ca);
      trust = secureContext === undefined ? {} : { secureContext };
    }
    return trust;
  }

  function build(url: URL, proxy: URL | undefined, keepAlive: boolean): http.Agent {
    const options = { keepAlive, autoSelectFamilyAttemptTimeout: addressAttemptMs };
    if (url.protocol === "http:")
      return proxy?.protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
    const secure = { ...options, ...tlsOptions() };
    return proxy === undefined ? new https.Agent(secure) : new TunnelAgent(secure, proxy);
  }

  return {
    routeTo(url, { fresh }) {
      const proxy = chooseProxy(url, settings.proxy);
      const key = `${url.protocol} ${proxy?.href ?? ""} ${fresh}`;
      const agent = built.get(key) ?? build(url, proxy, !fresh);
      built.set(key, agent);
      return { agent, forwardProxy: url.protocol === "http:" ? proxy : undefined };
    },
  };
}

/** Reaches https servers through a tunnel that a proxy opens on CONNECT. */
class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(options: https.AgentOptions, proxy: URL) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const done = callback as (error: Error | null, socket?: Duplex) => void;
    const target = `${options.host}:${options.port}`;
    const { request } = this.#proxy.protocol === "https:" ? https : http;
    const tunnel = request({
      host: this.#proxy.hostname.replace(/^\[|\]$/g, ""),
      port: this.#proxy.port || (this.#proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...proxyAuthorization(this.#proxy) },
      agent: false,
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    tunnel.once("connect", (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        done(proxyRefusal({ proxy: this.#proxy, target, status: answer.statusCode ?? 0 }));
        return;
      }
      const secure = tls.connect({ ...(options as tls.ConnectionOptions), socket });
      secure.once("secureConnect", () => done(null, secure));
      secure.once("error", (error) => done(error));
    });
    tunnel.once("timeout", () => tunnel.destroy(Object.assign(new Error("Proxy timeout"), { code: "ETIMEDOUT" })));
    tunnel.once("error", (error) => done(error));
    tunnel.end();
  }
}

function proxyRefusal(facts: { proxy: URL; target: string; status: number }): ApiError {
  const { proxy, target, status } = facts;
  return new ApiError({
    kind: "transport",
    neverSent: true,
    ...describeProxyRefusal(status, target, proxy.host),
  });
}
