import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import type { OpenAnswer } from "./send-request.ts";

const gunzip = promisify(zlib.gunzip);
const inflate = promisify(zlib.inflate);
const inflateRaw = promisify(zlib.inflateRaw);
const brotliDecompress = promisify(zlib.brotliDecompress);

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** What we can undo, and so what we ask for. Zstandard needs Node 22.15, so it is not asked for. */
const decoders: Record<string, Decoder> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  // Half the servers send a zlib stream, the others a bare one (RFC 9110 §8.4.1.2).
  deflate: (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflate(bytes, options) : inflateRaw(bytes, options)),
  br: brotliDecompress,
};

/** The `Accept-Encoding` of every request whose body we read into memory. */
export const acceptedEncodings = "gzip, br";

/** Reads a body into memory as it came; more than `maxBytes` is an error, and the connection is closed at once. */
export async function readBody(answer: OpenAnswer, maxBytes: number): Promise<Buffer> {
  const announced = Number(answer.headers["content-length"] ?? 0);
  if (announced > maxBytes && answer.request.method !== "HEAD") {
    answer.cancel();
    throw tooLarge(answer.request, maxBytes);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for (let chunk = await answer.read(); chunk !== null; chunk = await answer.read()) {
    length += chunk.length;
    if (length > maxBytes) {
      answer.cancel();
      throw tooLarge(answer.request, maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Undoes `Content-Encoding`. A body cut short is an error: a plain read would take it for whole (plan §0.3). */
export async function decodeBody(
  bytes: Buffer,
  facts: { encoding: string | undefined; maxBytes: number; request: RedactedRequest },
): Promise<Buffer> {
  let decoded = bytes;
  const layers = (facts.encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  // An empty answer (204, HEAD) may name an encoding that it has no bytes of.
  if (bytes.length === 0) return bytes;
  for (const name of layers.reverse()) decoded = await undo(name, decoded, facts);
  return decoded;
}

/** Undoes gzip that no header told of: feeds are stored compressed, and S3 serves them as they lie. */
export async function decodeStoredGzip(
  bytes: Buffer,
  facts: { maxBytes: number; request: RedactedRequest },
): Promise<Buffer> {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? undo("gzip", bytes, facts) : bytes;
}

async function undo(
  name: string,
  bytes: Buffer,
  facts: { maxBytes: number; request: RedactedRequest },
): Promise<Buffer> {
  const { request, maxBytes } = facts;
  const decoder = decoders[name];
  if (decoder === undefined) {
    throw new ApiError({
      kind: "unreadable",
      code: "encoding-unknown",
      message: `${request.operation}: the answer is encoded as ${name}, which was not asked for.`,
      request,
    });
  }
  try {
    return await decoder(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(request, maxBytes);
    throw new ApiError({
      kind: "unreadable",
      code: code === "Z_BUF_ERROR" || code === "ERR_PADDING_2" ? "answer-truncated" : "answer-undecodable",
      message: `${request.operation}: the ${name} body of the answer is cut short or damaged.`,
      // Cut and damaged bodies are accidents of the way here.
      retryable: true,
      request,
      cause: error,
    });
  }
}

function tooLarge(request: RedactedRequest, maxBytes: number): ApiError {
  return new ApiError({
    kind: "unreadable",
    code: "answer-too-large",
    message: `${request.operation}: the answer is larger than the ${maxBytes} bytes allowed (counted after decoding).`,
    request,
  });
}
