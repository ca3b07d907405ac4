import http, { type ClientRequest } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import got from "got";
import { abortedError } from "./aborted-error.ts";
import type { Agents } from "./agents.ts";
import type { ApiError, RedactedRequest } from "./api-error.ts";
import { classifyError, type Reached, SlowError, StallError } from "./classify-error.ts";
import type { Timeouts } from "./http-settings.ts";
import { redactUrl } from "./redact.ts";

/** One request to one URL; no redirect is followed and nothing is repeated. */
export interface OutgoingRequest {
  operation: string;
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | Uint8Array | FormData | undefined;
  timeouts: Timeouts;
  /** A connection of its own: see `Agents`. */
  fresh: boolean;
  /** No connection is made to a private address: see `Agents`. */
  publicOnly: boolean;
  signal?: AbortSignal | undefined;
  /** Values to remove from errors. */
  secrets: readonly string[];
}

/** An answer whose headers have come. Its body must be read to the end or cancelled. */
export interface OpenAnswer {
  status: number;
  headers: Record<string, string>;
  /** For errors about this answer. */
  request: RedactedRequest;
  /**
   * The next bytes as they came over the wire, `null` after the last. Throws an `ApiError` when the connection breaks,
   * when fewer bytes come than announced, on abort, when none comes for `stallMs` while it waits, and when waiting for
   * `slowMs` in all brought fewer than `leastBytesPerSecond`.
   */
  read(): Promise<Buffer | null>;
  /** Bytes that are here already, `undefined` when `read` would have to wait. */
  readNow(): Buffer | undefined;
  /** Gives the rest up and closes the connection. */
  cancel(): void;
}

/** Sends a request and waits for the headers of its answer. Throws `ApiError` only. */
export async function sendRequest(agents: Agents, outgoing: OutgoingRequest): Promise<OpenAnswer> {
  const { url, timeouts, signal } = outgoing;
  const request = { operation: outgoing.operation, method: outgoing.method, url: redactUrl(url) };
  if (signal?.aborted) throw abortedError(request, { reason: signal.reason, neverSent: true });
  const route = agents.routeTo(url, outgoing);
  const reached: Reached = { connected: false, answered: false, proxy: route.proxy };
  const fail = (error: unknown): ApiError =>
    classifyError(error, { request, reached, signal, secrets: outgoing.secrets });

  const stream = got.stream(url, {
    method: outgoing.method as "GET",
    headers: { "accept-encoding": undefined, ...outgoing.headers },
    // Without a body got would wait for one to be written.
    ...(outgoing.method === "GET" || outgoing.method === "HEAD" ? {} : { body: outgoing.body ?? "" }),
    agent: { http: route.agent, https: route.agent as https.Agent },
    request: (target: URL, options: http.RequestOptions) =>
      watch(target.protocol === "https:" ? https.request(target, options) : http.request(target, options)),
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    retry: { limit: 0 },
    timeout: {
      lookup: timeouts.lookupMs,
      connect: timeouts.connectMs,
      secureConnect: timeouts.secureConnectMs,
      send: timeouts.sendMs,
      response: timeouts.responseMs,
    },
  });

  /** Learns when the connection stands: before that, nothing of the request can have left. */
  function watch(client: ClientRequest): ClientRequest {
    client.once("socket", (socket: Socket) => {
      const secure = url.protocol === "https:" && (socket as TLSSocket).encrypted;
      const standing = () => {
        reached.connected = true;
      };
      if (secure && (socket as unknown as { secureConnecting?: boolean }).secureConnecting)
        socket.once("secureConnect", standing);
      else if (socket.connecting) socket.once("connect", standing);
      else standing();
    });
    return client;
  }

  let failure: unknown;
  let failed = false;
  let ended = false;
  let wake: () => void = () => {};
  const remember = (error: unknown) => {
    if (!failed && !ended) {
      failed = true;
      failure = error;
    }
    wake();
  };
  const onAbort = () => {
    remember(signal?.reason);
    stream.destroy();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  stream.on("error", remember);
  stream.once("close", () => {
    signal?.removeEventListener("abort", onAbort);
    remember(Object.assign(new Error("The connection was closed"), { code: "ECONNRESET" }));
  });

  const status = await new Promise<{ code: number; headers: Record<string, string> }>((resolve, reject) => {
    wake = () => {
      if (failed) reject(fail(failure));
    };
    wake();
    stream.once("response", (response: http.IncomingMessage) => {
      reached.connected = true;
      reached.answered = true;
      resolve({ code: response.statusCode ?? 0, headers: flatten(response.headers) });
    });
  });

  wake = () => {};
  stream.on("readable", () => wake());
  stream.once("end", () => {
    ended = true;
    signal?.removeEventListener("abort", onAbort);
    wake();
  });

  // Only time spent waiting counts: whoever reads slowly, to keep to a bandwidth, is not the far side's fault.
  let waitedMs = 0;
  let bytesMeanwhile = 0;

  function readNow(): Buffer | undefined {
    if (failed) return undefined;
    const chunk = (stream.read() as Buffer | null) ?? undefined;
    bytesMeanwhile += chunk?.length ?? 0;
    return chunk;
  }

  function checkSpeed(): void {
    if (waitedMs < timeouts.slowMs) return;
    if (bytesMeanwhile < (timeouts.leastBytesPerSecond * waitedMs) / 1000) {
      remember(new SlowError(timeouts.leastBytesPerSecond, timeouts.slowMs));
      stream.destroy();
    }
    waitedMs = 0;
    bytesMeanwhile = 0;
  }

  return {
    status: status.code,
    headers: status.headers,
    request,
    readNow,
    async read() {
      for (;;) {
        if (failed) throw fail(failure);
        const chunk = readNow();
        if (chunk !== undefined) return chunk;
        if (ended) return null;
        checkSpeed();
        if (failed) throw fail(failure);
        const waitingSince = performance.now();
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            remember(new StallError(timeouts.stallMs));
            stream.destroy();
          }, timeouts.stallMs);
          wake = () => {
            clearTimeout(timer);
            wake = () => {};
            resolve();
          };
        });
        waitedMs += performance.now() - waitingSince;
      }
    },
    cancel() {
      // A connection that has done its work may be in use again already.
      if (ended) return;
      ended = true;
      signal?.removeEventListener("abort", onAbort);
      stream.destroy();
    },
  };
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
