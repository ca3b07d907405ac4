import type { ClientRequest } from "node:http";
import type { RequestBody, StreamedBody } from "./request-body.ts";
import { SourceError } from "./transport-error.ts";

/**
 * From this size on, a server is asked first whether it wants the body (`Expect: 100-continue`, RFC 9110 §10.1.1), so
 * that a refusal costs some hundred bytes instead of some hundred megabytes.
 */
const askFirstBytes = 1_000_000;

/** A server that knows nothing of the question gets the body after this long; curl waits as long. */
const longestAskMs = 1_000;

/** The headers that belong to a body. */
export function bodyHeaders(body: RequestBody | undefined, method: string): Record<string, string> {
  if (body === undefined) return method === "GET" ? {} : { "content-length": "0" };
  if (body instanceof Uint8Array) return { "content-length": String(body.byteLength) };
  const { totalBytes } = body;
  return {
    ...(totalBytes === undefined ? { "transfer-encoding": "chunked" } : { "content-length": String(totalBytes) }),
    ...(totalBytes === undefined || totalBytes >= askFirstBytes ? { expect: "100-continue" } : {}),
  };
}

/** Sends the body, one chunk after the other has left; stops when an answer has come. */
export async function sendBody(
  client: ClientRequest,
  body: RequestBody | undefined,
  watch: { hasAnswer: () => boolean; onMoved: (sentBytes: number) => void },
): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) {
    client.end(body);
    return;
  }
  if (client.getHeader("expect") !== undefined && !(await isWanted(client))) return;
  await sendChunks(client, body, watch);
}

/** Waits for "go on", an answer, or the end of patience. False when nothing is to be sent any more. */
async function isWanted(client: ClientRequest): Promise<boolean> {
  client.flushHeaders();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), longestAskMs);
    const settle = (wanted: boolean) => {
      clearTimeout(timer);
      resolve(wanted);
    };
    // An answer often comes in the same packet as the "go on"; it shall be seen first.
    client.once("continue", () => setImmediate(() => settle(!client.destroyed)));
    client.once("response", () => settle(false));
    client.once("close", () => settle(false));
  });
}

async function sendChunks(
  client: ClientRequest,
  body: StreamedBody,
  watch: { hasAnswer: () => boolean; onMoved: (sentBytes: number) => void },
): Promise<void> {
  let sent = 0;
  for await (const chunk of body.chunks()) {
    if (watch.hasAnswer() || client.destroyed) return;
    sent += chunk.byteLength;
    if (body.totalBytes !== undefined && sent > body.totalBytes) {
      throw new SourceError(
        `More bytes came than the ${body.totalBytes} announced; did a file grow? Nothing was stored by us.`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      client.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    watch.onMoved(sent);
    body.onSent?.(sent);
  }
  if (watch.hasAnswer() || client.destroyed) return;
  if (body.totalBytes !== undefined && sent < body.totalBytes) {
    throw new SourceError(
      `Only ${sent} of the ${body.totalBytes} bytes announced came; did a file shrink? The upload was given up.`,
    );
  }
  client.end();
}
