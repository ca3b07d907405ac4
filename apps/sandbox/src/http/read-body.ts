import type { IncomingMessage } from "node:http";

/** Larger than any request of these APIs, feeds put in by tests included. */
const maxBodyBytes = 64 * 1024 * 1024;

/** The request's whole body. A body beyond the limit ends the connection and throws. */
export async function readBody(request: IncomingMessage, chunksOf: AsyncIterable<Buffer> = request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const part of chunksOf) {
    bytes += part.length;
    if (bytes > maxBodyBytes) {
      request.socket.destroy();
      throw new Error(`The body is larger than ${maxBodyBytes} bytes.`);
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
