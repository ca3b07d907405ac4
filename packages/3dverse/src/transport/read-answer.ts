import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ApiError } from "@org/http-core/policy";
import type { OpenAnswer } from "./exchange.ts";

/** What can be undone, and so what is asked for. */
export const acceptedEncodings = "gzip, br";

const decoders: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The bytes of an answer with `Content-Encoding` undone. A body cut short is an error. */
export function decodedChunks(answer: OpenAnswer): AsyncIterable<Buffer> {
  const encoding = (answer.headers["content-encoding"] ?? "").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return answer.chunks();
  const decoder = decoders[encoding];
  if (decoder === undefined) {
    answer.cancel();
    throw unreadable(answer, "encoding-unknown", `is encoded as ${encoding}, which was not asked for`);
  }
  return decodeChunks(answer, decoder() as import("node:stream").Transform);
}

async function* decodeChunks(answer: OpenAnswer, decoder: import("node:stream").Transform): AsyncGenerator<Buffer> {
  const source = Readable.from(answer.chunks());
  source.once("error", (error) => decoder.destroy(error));
  try {
    yield* source.pipe(decoder) as AsyncIterable<Buffer>;
  } catch (error) {
    if (ApiError.isInstance(error)) throw error;
    throw unreadable(answer, "answer-undecodable", "is cut short or damaged inside its encoding", error);
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

/** Reads a whole body into memory; more than `maxBytes` is an error, and the connection is closed at once. */
export async function readBytes(answer: OpenAnswer, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of decodedChunks(answer)) {
    length += chunk.length;
    if (length > maxBytes) {
      answer.cancel();
      throw unreadable(answer, "answer-too-large", `is larger than the ${maxBytes} bytes allowed`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The failure of an answer that came and cannot be used. */
export function unreadable(answer: OpenAnswer, code: string, why: string, cause?: unknown): ApiError {
  return new ApiError({
    kind: "unreadable",
    code,
    message: `${answer.request.operation}: the answer ${why}.`,
    status: answer.status,
    retryable: code === "answer-undecodable",
    request: answer.request,
    secrets: answer.secrets,
    cause,
  });
}
