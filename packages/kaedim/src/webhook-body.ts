import type { IncomingMessage } from "node:http";
import { maxWebhookBytes } from "./webhook-signature.ts";

type ReadBody =
  | { readonly bytes: Uint8Array }
  | { readonly refuse: "body-too-large" | "body-incomplete" | "body-already-read" };

/** Kaedim sends a few kilobytes; whoever takes longer is holding the connection. */
const maxBodyMs = 10_000;

/** Reads the body of a `node:http` request, or what a framework has kept of it as `rawBody`. */
export async function readNodeBody(request: IncomingMessage): Promise<ReadBody> {
  const { rawBody } = request as { rawBody?: unknown };
  if (rawBody instanceof Uint8Array) return limited(rawBody);
  if (request.readableEnded || request.readableFlowing === true) return { refuse: "body-already-read" };
  if (Number(request.headers["content-length"] ?? 0) > maxWebhookBytes) return { refuse: "body-too-large" };
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (outcome: ReadBody) => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      request.pause();
      resolve(outcome);
    };
    const timer = setTimeout(() => finish({ refuse: "body-incomplete" }), maxBodyMs);
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxWebhookBytes) finish({ refuse: "body-too-large" });
    };
    const onEnd = () => finish({ bytes: Buffer.concat(chunks) });
    const onClose = () => finish({ refuse: "body-incomplete" });
    // Stays: a connection that breaks later must not end the process.
    request.on("error", onClose);
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

/** Reads the body of a fetch-style request. */
export async function readWebBody(request: Request): Promise<ReadBody> {
  if (request.bodyUsed) return { refuse: "body-already-read" };
  if (Number(request.headers.get("content-length") ?? 0) > maxWebhookBytes) return { refuse: "body-too-large" };
  const reader = request.body?.getReader();
  if (reader === undefined) return { bytes: new Uint8Array() };
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), maxBodyMs);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const piece = await Promise.race([reader.read(), late.promise]);
      if (piece === undefined) return { refuse: "body-incomplete" };
      if (piece.done) return { bytes: Buffer.concat(chunks) };
      chunks.push(piece.value);
      bytes += piece.value.byteLength;
      if (bytes > maxWebhookBytes) return { refuse: "body-too-large" };
    }
  } catch {
    return { refuse: "body-incomplete" }; // the sender has gone
  } finally {
    clearTimeout(timer);
    // What is left of it is not wanted; whether cancelling works is the sender's business.
    reader.cancel().catch(() => undefined);
  }
}

function limited(bytes: Uint8Array): ReadBody {
  return bytes.byteLength > maxWebhookBytes ? { refuse: "body-too-large" } : { bytes };
}
