import { lookup } from "node:dns/promises";
import { request } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import { bareHost, chooseProxy, type ProxySettings, printableProxy, proxyAuthorization } from "@org/http-core";
import type { CertificateFacts, OriginFacts, Step } from "../domain/diagnosis/judge-network.ts";

/** As long as the daemon's own connections wait for each step (http-core's `defaultTimeouts`). */
const stepMs = 10_000;

/**
 * Goes the way of the daemon's own requests to one part of the shop, as far as it leads: name, connection, the proxy's
 * tunnel, TLS. Sends nothing but what opens these. Each step takes 10 s at most. Never throws for what it finds.
 */
export async function reachOrigin(origin: {
  name: string;
  url: URL;
  proxy: ProxySettings;
  proxyFrom: string;
  /** Undefined where Node's own trust is the same; null where it cannot be made, and then TLS is not tried. */
  trust: SecureContext | undefined | null;
  signal: AbortSignal;
}): Promise<OriginFacts> {
  const { name, url, signal } = origin;
  const isTls = url.protocol === "https:";
  const host = bareHost(url.hostname);
  const port = Number(url.port || (isTls ? 443 : 80));
  const proxy = chooseProxy(url, origin.proxy);
  const next =
    proxy === undefined
      ? { host, port, isTls: false }
      : {
          host: bareHost(proxy.hostname),
          port: Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80)),
          isTls: proxy.protocol === "https:",
        };
  const facts = {
    name,
    host,
    port,
    isTls,
    proxy: proxy === undefined ? null : { shown: printableProxy(proxy), from: origin.proxyFrom },
    needsLookup: isIP(next.host) === 0,
    connection: null,
    tunnel: null,
    certificate: null,
  };
  const found = facts.needsLookup ? await lookUp(next.host, signal) : null;
  if (found !== null && !found.done) return { ...facts, lookup: found };

  const opened = await openSocket(next, signal);
  if (!opened.done) return { ...facts, lookup: found, connection: opened };
  const sockets: Socket[] = [opened.value];
  const connection = { done: true, value: null } as const;
  try {
    if (!isTls) return { ...facts, lookup: found, connection };
    let way = opened.value;
    let tunnel: Step<number> | null = null;
    if (proxy !== undefined) {
      const answer = await openTunnel({ proxy, way, target: `${host}:${port}`, trust: origin.trust, signal });
      tunnel = answer.done ? { done: true, value: answer.value.status } : answer;
      if (!answer.done || answer.value.status < 200 || answer.value.status > 299)
        return { ...facts, lookup: found, connection, tunnel };
      way = answer.value.socket;
      sockets.push(way);
    }
    const certificate = origin.trust === null ? null : await beginTls({ way, host, trust: origin.trust, signal });
    return { ...facts, lookup: found, connection, tunnel, certificate };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function lookUp(host: string, signal: AbortSignal): Promise<Step<readonly string[]>> {
  // The system's look-up cannot be ended; whoever waits for it can.
  return take(signal, async (ended) => {
    const addresses = await Promise.race([lookup(host, { all: true }), ended]);
    return addresses.map(({ address }) => address);
  });
}

function openSocket(to: { host: string; port: number }, signal: AbortSignal): Promise<Step<Socket>> {
  return take(signal, async (ended) => {
    const socket = connect({ host: to.host, port: to.port, autoSelectFamilyAttemptTimeout: 2_000 });
    try {
      await Promise.race([happened(socket, "connect"), ended]);
      // It belongs to the steps that follow; what breaks it then is told by them.
      socket.on("error", () => undefined);
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  });
}

function openTunnel(wanted: {
  proxy: URL;
  way: Socket;
  target: string;
  trust: SecureContext | undefined | null;
  signal: AbortSignal;
}): Promise<Step<{ status: number; socket: Socket }>> {
  const { proxy, target, trust } = wanted;
  return take(wanted.signal, async (ended) => {
    let way = wanted.way;
    if (proxy.protocol === "https:") {
      const secured = connectTls({ socket: way, servername: nameFor(proxy.hostname), ...contextOf(trust) });
      await Promise.race([happened(secured, "secureConnect"), ended]);
      way = secured;
    }
    const asked = request({
      method: "CONNECT",
      path: target,
      createConnection: () => way,
      headers: { host: target, ...proxyAuthorization(proxy) },
    });
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; socket: Socket }>();
    asked.once("connect", (answer, socket) => resolve({ status: answer.statusCode ?? 0, socket: socket as Socket }));
    asked.once("response", (answer) => resolve({ status: answer.statusCode ?? 0, socket: answer.socket }));
    asked.once("error", reject);
    asked.end();
    return await Promise.race([promise, ended]);
  });
}

function beginTls(wanted: {
  way: Socket;
  host: string;
  trust: SecureContext | undefined;
  signal: AbortSignal;
}): Promise<Step<CertificateFacts>> {
  return take(wanted.signal, async (ended) => {
    // Goes on without trust so as to say whose certificate it is; not one byte is sent over it.
    const socket = connectTls({
      socket: wanted.way,
      servername: nameFor(wanted.host),
      host: wanted.host,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      ...contextOf(wanted.trust),
    });
    try {
      await Promise.race([happened(socket, "secureConnect"), ended]);
      const certificate = socket.getPeerCertificate();
      const { O: organisation, CN: name } = certificate.issuer ?? {};
      const distrust: unknown = socket.authorized ? null : socket.authorizationError;
      return {
        protocol: socket.getProtocol(),
        issuer: [name, organisation].filter(Boolean).join(", ") || "nobody it names",
        validTo: certificate.valid_to ?? "",
        distrust: distrust === null ? null : codeOf(distrust),
      };
    } finally {
      socket.destroy();
    }
  });
}

/** OpenSSL's code: as text, or in an error where the name does not match. */
function codeOf(distrust: unknown): string {
  if (distrust instanceof Error) return (distrust as NodeJS.ErrnoException).code ?? distrust.message;
  return String(distrust);
}

function contextOf(trust: SecureContext | undefined | null) {
  return trust === undefined || trust === null ? {} : { secureContext: trust };
}

/** An address is no name to ask a server for. */
function nameFor(host: string): string {
  return isIP(bareHost(host)) === 0 ? bareHost(host) : "";
}

function happened(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    socket.once("close", () =>
      reject(Object.assign(new Error("The connection was broken off"), { code: "ECONNRESET" })),
    );
  });
}

/** Does one step within its time; what goes wrong is its result. Throws only when told to stop. */
async function take<Value>(signal: AbortSignal, work: (ended: Promise<never>) => Promise<Value>): Promise<Step<Value>> {
  signal.throwIfAborted();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(stepMs)]);
  const ended = new Promise<never>((_resolve, reject) => {
    const end = () => reject(Object.assign(new Error("No answer in time"), { code: "ETIMEDOUT" }));
    limit.addEventListener("abort", end, { once: true });
  });
  ended.catch(() => undefined);
  try {
    return { done: true, value: await work(ended) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    return { done: false, code: typeof code === "string" ? code : null, reason: message };
  }
}
