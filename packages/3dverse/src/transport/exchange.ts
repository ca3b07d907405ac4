import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import {
  abortedError,
  proxyAuthorization,
  type RedactedRequest,
  redactUrl,
  type Timeouts,
} from "@org/http-core/policy";
import type { Agents } from "./agents.ts";
import type { RequestBody } from "./request-body.ts";
import { sendBody } from "./send-body.ts";
import { PhaseTimeout, type Reached, transportError } from "./transport-error.ts";

/** One request to one URL; no redirect is followed and nothing is repeated. */
export interface Outgoing {
  readonly operation: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: RequestBody | undefined;
  readonly timeouts: Timeouts;
  readonly fresh: boolean;
  readonly signal: AbortSignal | undefined;
  /** Values to remove from errors. */
  readonly secrets: readonly string[];
}

/** An answer whose headers have come. Its chunks must be read to the end, or the answer cancelled. */
export interface OpenAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly request: RedactedRequest;
  readonly secrets: readonly string[];
  /** Something of a streamed body had left when the answer came. */
  readonly bodyBegan: boolean;
  /** Bytes as they came over the wire. Throws an `ApiError` when they end early, stall, or the signal ends them. */
  chunks(): AsyncGenerator<Buffer>;
  /** Gives the rest up and closes the connection. */
  cancel(): void;
}

/** Sends a request and waits for the headers of its answer; an answer that comes early ends the sending. Throws `ApiError` only. */
export async function exchange(agents: Agents, outgoing: Outgoing): Promise<OpenAnswer> {
  const { url, timeouts, signal, secrets } = outgoing;
  const request: RedactedRequest = { operation: outgoing.operation, method: outgoing.method, url: redactUrl(url) };
  if (signal?.aborted) throw abortedError(request, { reason: signal.reason, neverSent: true });
  const reached: Reached = { connected: false, answered: false };
  const facts = { request, reached, signal, secrets };
  const totalBytes = outgoing.body instanceof Uint8Array ? undefined : outgoing.body?.totalBytes;
  let bodyBegan = false;
  let client: ClientRequest;
  try {
    client = openRequest(agents, outgoing);
  } catch (error) {
    throw transportError(error, facts);
  }

  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const expect = (phase: PhaseTimeout["phase"], ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(new PhaseTimeout(phase)), ms);
    };
    const onAbort = () => fail(signal?.reason);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    function fail(error: unknown) {
      if (reached.answered) return;
      settle();
      const failure = transportError(error, facts);
      client.destroy();
      reject(failure);
    }
    // A server may answer and hang up as soon as it has the last byte, before our source says that it was the last.
    const lose = (error: unknown) => {
      if (early === undefined || !isAllSent) fail(error);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    client.on("error", lose);
    client.once("close", () => lose(Object.assign(new Error("The connection was closed"), { code: "ECONNRESET" })));
    let isSending = false;
    let isAllSent = false;
    client.once("response", (answer) => {
      reached.connected = true;
      // Praise before the end is no answer to a body yet; a refusal is, and ends the sending.
      if (isSending && (answer.statusCode ?? 0) < 300) early = answer;
      else accept(answer);
    });
    let early: IncomingMessage | undefined;
    function accept(answer: IncomingMessage) {
      reached.answered = true;
      settle();
      resolve(answer);
    }
    const secureMs = url.protocol === "https:" ? timeouts.secureConnectMs : 0;
    expect("connect", timeouts.lookupMs + timeouts.connectMs + secureMs);
    client.once("socket", (socket) => {
      whenConnected(socket, () => {
        reached.connected = true;
        if (reached.answered) return;
        expect("send", timeouts.sendMs);
        isSending = true;
        sendBody(client, outgoing.body, {
          hasAnswer: () => reached.answered,
          onMoved: (sentBytes) => {
            bodyBegan = true;
            isAllSent = sentBytes === totalBytes;
            if (!reached.answered) expect("send", timeouts.sendMs);
          },
        }).then(() => {
          isSending = false;
          if (early !== undefined) accept(early);
          else if (!reached.answered) expect("answer", timeouts.responseMs);
        }, fail);
      });
    });
  });

  const cancel = () => {
    incoming.destroy();
    client.destroy();
  };
  return {
    status: incoming.statusCode ?? 0,
    headers: flatten(incoming.headers),
    request,
    secrets,
    bodyBegan,
    cancel,
    chunks: () => readChunks(incoming, { client, cancel, stallMs: timeouts.stallMs, facts }),
  };
}

function openRequest(agents: Agents, outgoing: Outgoing): ClientRequest {
  const { url, method, headers, fresh } = outgoing;
  const { agent, forwardProxy } = agents.routeTo(url, { fresh });
  if (forwardProxy === undefined) {
    return (url.protocol === "https:" ? https : http).request(url, { method, headers, agent });
  }
  return (forwardProxy.protocol === "https:" ? https : http).request(forwardProxy, {
    method,
    agent,
    path: url.href,
    headers: { ...headers, host: url.host, ...proxyAuthorization(forwardProxy) },
  });
}

/** Before that, nothing of the request can have left. */
function whenConnected(socket: Socket, act: () => void): void {
  const secure = socket as TLSSocket & { secureConnecting?: boolean };
  if (secure.encrypted && secure.secureConnecting) socket.once("secureConnect", act);
  else if (socket.connecting) socket.once("connect", act);
  else act();
}

async function* readChunks(
  incoming: IncomingMessage,
  options: {
    client: ClientRequest;
    cancel: () => void;
    stallMs: number;
    facts: Parameters<typeof transportError>[1];
  },
): AsyncGenerator<Buffer> {
  const { client, facts, stallMs, cancel } = options;
  const { signal } = facts;
  const onAbort = () => incoming.destroy(new Error("aborted"));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const iterator = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      // Only the far side's silence counts; a reader may take its time.
      timer = setTimeout(() => incoming.destroy(new PhaseTimeout("body")), stallMs);
      const next = await iterator.next();
      clearTimeout(timer);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw transportError(error, facts);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    if (!incoming.complete || !incoming.readableEnded || !client.writableFinished) cancel();
  }
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
