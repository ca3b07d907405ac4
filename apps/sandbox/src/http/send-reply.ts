import { once } from "node:events";
import { type ServerResponse, STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActiveFaults } from "../faults/fault-list.ts";
import type { Reply } from "./reply.ts";

const rateStepsPerSecond = 20;

/**
 * Sends an answer, with the faults of the connection: slow first byte, cut, stall, rate, missing or wrong length.
 * Resolves when the answer ended, with whether all of it was handed over; the end of the connection, by
 * whichever side, ends every wait.
 */
export async function sendReply(sending: {
  response: ServerResponse;
  reply: Reply;
  method: string;
  active: ActiveFaults;
  /** Told the bytes of the body handed over so far, each time there are more. */
  onProgress: (bytesSent: number) => void;
}): Promise<boolean> {
  const { response, reply, method, active, onProgress } = sending;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  if (response.destroyed) gone.abort();
  const { signal } = gone;
  const slow = active.find("slow-first-byte");
  if (slow !== undefined) {
    active.fire("slow-first-byte");
    await pause(slow.ms, signal);
  }
  if (signal.aborted) return false;
  const hasBody = method !== "HEAD" && reply.status !== 304 && reply.status !== 204;
  const headers = framedHeaders(response, reply, hasBody, active);
  const cutOnWire = cutInsideHead(reply, headers, active);
  if (cutOnWire !== undefined) {
    active.fire("cut");
    await writeRaw(response, cutOnWire.bytes);
    endConnection(response, cutOnWire.how);
    return false;
  }
  response.writeHead(reply.status, headers);
  if (!hasBody) return finish(response);
  return sendBody({ response, reply, active, signal, onProgress, headBytes: headText(reply, headers).length });
}

/** The headers with the length that goes with the body, unless a fault wants it wrong or missing. */
function framedHeaders(response: ServerResponse, reply: Reply, hasBody: boolean, active: ActiveFaults) {
  const headers = { ...reply.headers };
  const framing = hasBody ? active.find("no-length") : undefined;
  if (framing !== undefined) {
    active.fire("no-length");
    delete headers["content-length"];
    if (framing.framing === "close") response.useChunkedEncodingByDefault = false;
    return headers;
  }
  // A connection that goes on would take surplus or missing bytes for the next answer. Closing also keeps Node from
  // adding headers, so that a cut counted from the wire hits the byte it names.
  if (headers["content-length"] !== undefined || active.find("cut")?.from === "wire") headers.connection = "close";
  if (reply.status !== 304 && reply.status !== 204)
    headers["content-length"] ??= String(reply.body.end - reply.body.start);
  return headers;
}

function headText(reply: Reply, headers: Record<string, string>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ""}\r\n${lines.join("")}\r\n`, "latin1");
}

function cutInsideHead(reply: Reply, headers: Record<string, string>, active: ActiveFaults) {
  const cut = active.find("cut");
  if (cut?.from !== "wire") return undefined;
  const head = headText(reply, headers);
  return cut.afterBytes < head.length ? { bytes: head.subarray(0, cut.afterBytes), how: cut.how } : undefined;
}

async function sendBody(sending: {
  response: ServerResponse;
  reply: Reply;
  active: ActiveFaults;
  signal: AbortSignal;
  onProgress: (bytesSent: number) => void;
  headBytes: number;
}): Promise<boolean> {
  const { response, reply, active, signal, onProgress, headBytes } = sending;
  const cut = active.find("cut");
  const cutAt = cut === undefined ? Number.POSITIVE_INFINITY : cut.afterBytes - (cut.from === "wire" ? headBytes : 0);
  const stall = active.find("stall");
  const rate = active.find("rate");
  const length = reply.body.end - reply.body.start;
  let stalled = false;
  let bytesSent = 0;
  for await (const part of bodyParts(reply, rate?.bytesPerSecond, [cutAt, stall?.afterBytes])) {
    if (signal.aborted) return false;
    if (bytesSent === cutAt) break;
    if (!stalled && stall !== undefined && bytesSent === stall.afterBytes) {
      stalled = true;
      active.fire("stall");
      response.flushHeaders();
      await pause(stall.ms ?? Number.POSITIVE_INFINITY, signal);
      if (signal.aborted) return false;
    }
    const hasRoom = response.write(part);
    bytesSent += part.length;
    onProgress(bytesSent);
    if (rate !== undefined) {
      active.fire("rate");
      await pause((part.length / rate.bytesPerSecond) * 1000, signal);
    } else if (!hasRoom) {
      await once(response, "drain", { signal }).catch(ignoreAbort);
    }
  }
  if (signal.aborted) return false;
  if (cut !== undefined && bytesSent === cutAt) {
    active.fire("cut");
    response.flushHeaders();
    await writeRaw(response, Buffer.alloc(0));
    endConnection(response, cut.how);
    return bytesSent === length;
  }
  return finish(response);
}

/** The body in pieces that end exactly at the marks, and that are small where a rate is kept. */
async function* bodyParts(
  reply: Reply,
  bytesPerSecond: number | undefined,
  marks: (number | undefined)[],
): AsyncIterable<Buffer> {
  const longest =
    bytesPerSecond === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.ceil(bytesPerSecond / rateStepsPerSecond));
  let position = 0;
  for await (const chunk of reply.body.content.read(reply.body.start, reply.body.end)) {
    let offset = 0;
    while (offset < chunk.length) {
      let end = Math.min(chunk.length, offset + longest);
      for (const mark of marks) {
        if (mark !== undefined && mark > position && mark < position + (end - offset)) end = offset + (mark - position);
      }
      yield chunk.subarray(offset, end);
      position += end - offset;
      offset = end;
    }
  }
}

async function finish(response: ServerResponse): Promise<boolean> {
  if (!response.destroyed) {
    response.end();
    if (!response.writableFinished) await Promise.race([once(response, "finish"), once(response, "close")]);
  }
  return response.writableFinished;
}

/** Writes behind everything written so far, and waits until it left. */
async function writeRaw(response: ServerResponse, bytes: Buffer): Promise<void> {
  const socket = response.socket;
  if (socket === null || socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once("close", resolve);
    socket.write(bytes, () => resolve());
  });
}

function endConnection(response: ServerResponse, how: "fin" | "rst"): void {
  if (how === "rst") response.socket?.resetAndDestroy();
  else response.socket?.destroySoon();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === Number.POSITIVE_INFINITY) {
    if (!signal.aborted) await once(signal, "abort");
    return;
  }
  await sleep(ms, undefined, { signal }).catch(ignoreAbort);
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === "AbortError")) throw error;
}
