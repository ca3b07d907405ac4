import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { FeedVariant } from "../catalog/feed-store.ts";
import type { Clock } from "../clock.ts";
import type { ActiveFaults, FaultList } from "../faults/fault-list.ts";
import { replaceReply } from "../faults/replace-reply.ts";
import { spoilReply } from "../faults/spoil-reply.ts";
import type { HostName } from "../host-name.ts";
import type { Exchange } from "../hosts/exchange.ts";
import type { Journal, JournalEntry } from "../journal.ts";
import { decodedOrSame } from "../path-pattern.ts";
import { readBody } from "./read-body.ts";
import { formBoundary, readForm } from "./read-form.ts";
import { jsonReply, type Reply } from "./reply.ts";
import { sendReply } from "./send-reply.ts";

export interface HostServerSettings {
  host: HostName;
  clock: Clock;
  journal: Journal;
  faults: FaultList;
  /** Why the request is refused before the host sees it. */
  refusal(request: { method: string; url: string; headers: Exchange["headers"]; bodyBytes: number }): {
    leak?: string | undefined;
    missing?: string | undefined;
  };
  answer(exchange: Exchange): Reply | Promise<Reply>;
  /** Answers everything below `/_sandbox`, on every port. */
  answerControl(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The server of one host: journal, refusals and faults around the host's own answer. */
export function createHostServer(settings: HostServerSettings): Server {
  return createServer((request, response) => {
    const isControl = /^\/_sandbox(?:[/?]|$)/.test(request.url ?? "");
    const answering = isControl
      ? settings.answerControl(request, response)
      : answerRequest(settings, request, response);
    answering.catch((error: unknown) => {
      if (response.destroyed) return;
      if (response.headersSent) response.destroy();
      else
        response.writeHead(500, { "content-type": "text/plain" }).end(`The sandbox itself failed: ${String(error)}\n`);
    });
  });
}

async function answerRequest(
  settings: HostServerSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host, clock, journal, faults } = settings;
  const method = request.method ?? "GET";
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : target.slice(mark + 1));
  const entry = journal.open({ host, method, path, query, headers: request.headers });
  const active = faults.meet({ host, method, path });
  try {
    const received = await receiveBody(request, entry, active);
    if (received === "cut") return;
    const headers = plainHeaders(request, active);
    const reply = await decideReply(settings, { method, path, target, query, headers, ...received, entry, active });
    if (reply === "refused") {
      request.socket.destroy();
      return;
    }
    entry.status = reply.status;
    const dated = { ...reply, headers: { date: new Date(clock.now()).toUTCString(), ...reply.headers } };
    const onProgress = (bytesSent: number) => {
      entry.bytesSent = bytesSent;
    };
    entry.completed = await sendReply({ response, reply: dated, method, active, onProgress });
    if (entry.completed) reply.whenSent?.();
  } finally {
    active.release();
    entry.faults = active.fired();
    entry.finishedAt = new Date().toISOString();
  }
}

/** The body, or the parts of a form; `cut` where a fault ended the connection while it arrived. */
async function receiveBody(
  request: IncomingMessage,
  entry: JournalEntry,
  active: ActiveFaults,
): Promise<Pick<Exchange, "body" | "form"> | "cut"> {
  const cut = active.find("cut-upload");
  let isCut = false;
  async function* counted(): AsyncIterable<Buffer> {
    const isReached = () => {
      isCut = cut !== undefined && entry.bytesReceived >= cut.afterBytes;
      if (!isCut) return false;
      active.fire("cut-upload");
      request.socket.resetAndDestroy();
      return true;
    };
    if (isReached()) return;
    for await (const chunk of request) {
      entry.bytesReceived += (chunk as Buffer).length;
      if (isReached()) return;
      yield chunk as Buffer;
    }
  }
  const boundary = formBoundary(request.headers["content-type"]);
  const received =
    boundary === undefined
      ? { body: await readBody(request, counted()), form: undefined }
      : { body: Buffer.alloc(0), form: await readForm(counted(), boundary) };
  return isCut ? "cut" : received;
}

async function decideReply(
  settings: HostServerSettings,
  request: {
    method: string;
    path: string;
    target: string;
    query: URLSearchParams;
    headers: Exchange["headers"];
    body: Exchange["body"];
    form: Exchange["form"];
    entry: JournalEntry;
    active: ActiveFaults;
  },
): Promise<Reply | "refused"> {
  const { method, path, target, query, headers, body, form, entry, active } = request;
  const { leak, missing } = settings.refusal({ method, url: target, headers, bodyBytes: entry.bytesReceived });
  entry.leak = leak ?? null;
  entry.refusal = leak ?? missing ?? null;
  if (leak !== undefined) return refusalReply(leak);
  const early = replaceReply(active, "before-handling");
  if (early !== undefined) return early;
  if (missing !== undefined) return refusalReply(missing);
  const own = await settings.answer({
    method,
    path: decodedOrSame(path),
    target,
    query,
    headers,
    body,
    form,
    entry,
    faults: {
      expiredLink: active.find("expired-link") === undefined ? undefined : () => active.fire("expired-link"),
      feedVariant: feedVariantOf(active),
    },
  });
  const late = replaceReply(active, "after-handling");
  if (late === "refused") return late;
  return spoilReply(late ?? own, active);
}

function refusalReply(reason: string): Reply {
  return jsonReply(400, { message: `Refused by the sandbox: ${reason}` });
}

function feedVariantOf(active: ActiveFaults): Exchange["faults"]["feedVariant"] {
  const shrunken = active.find("shrunken-feed");
  const variants: [FeedVariant, "stale-feed" | "shrunken-feed" | "empty-feed"][] = [
    [{ kind: "stale" }, "stale-feed"],
    [{ kind: "shrunken", keep: shrunken?.keep }, "shrunken-feed"],
    [{ kind: "empty" }, "empty-feed"],
  ];
  const met = variants.find(([, kind]) => active.find(kind) !== undefined);
  return met === undefined ? undefined : { variant: met[0], fire: () => active.fire(met[1]) };
}

/** One text per header; without `Range` where a fault ignores it. */
function plainHeaders(request: IncomingMessage, active: ActiveFaults): Exchange["headers"] {
  const headers: Exchange["headers"] = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  if (headers.range !== undefined && active.find("ignore-range") !== undefined) {
    active.fire("ignore-range");
    delete headers.range;
  }
  return headers;
}
