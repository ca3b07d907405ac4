import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { looksLikePage, notSent } from "./3dverse-error.ts";
import { type Call, type CallOptions, perform, refuseHiddenProblem } from "./call.ts";
import { parseLoosely } from "./check-answer.ts";
import type { Connection } from "./connection.ts";
import type { OpenAnswer } from "./transport/exchange.ts";
import { decodedChunks, unreadable } from "./transport/read-answer.ts";

/** The default of `bytes()`; http-core's bound of answers that are read into memory. */
const defaultMaxBytes = 20_000_000;

/** An error of the service is shorter; what is longer is content. */
const longestHiddenProblem = 64_000;

/**
 * Bytes of the service. Take them once, with one of the methods; a connection waits for it. What is not wanted must be
 * told with `cancel()`.
 */
export interface BinaryAnswer {
  /** As the service says; `null` where it does not. */
  readonly contentType: string | null;
  /** `null` where the service does not tell, or sends it compressed. */
  readonly totalBytes: number | null;
  /** The bytes as they come. Ends with an `ApiError` when they are cut short. */
  stream(): Readable;
  /** All bytes in memory, at most `maxBytes` (default 20 MB). */
  bytes(options?: { maxBytes?: number | undefined }): Promise<Uint8Array>;
  /**
   * All bytes into a file: whole at `path` or not there. A broken transfer is begun anew as often as `http.retry`
   * allows. Rejects with Node's own error for what the disk says.
   */
  saveTo(path: string): Promise<{ path: string; bytes: number }>;
  /** Gives the bytes up and closes the connection. */
  cancel(): void;
}

type BinaryCall = Omit<Call, "method"> & { readonly mayBePage?: boolean };

interface Opened {
  answer: OpenAnswer;
  chunks: AsyncIterable<Buffer>;
}

/** @internal Sends a call whose answer is bytes; an error or a web page instead of them is a failure, whatever the status. */
export async function callBinary(
  connection: Connection,
  call: BinaryCall,
  options: CallOptions,
): Promise<BinaryAnswer> {
  const sent: Call = { ...call, method: "GET", headers: { accept: "*/*", "accept-encoding": "identity" } };
  const openOnce = (answer: OpenAnswer) => openBinary(connection, sent, answer, call.mayBePage ?? false);
  const first = await perform(connection, sent, options, openOnce);
  let isTaken = false;
  const take = () => {
    if (isTaken) throw new TypeError(`The bytes of ${call.operation} were taken already; ask for them again.`);
    isTaken = true;
    return first;
  };
  const { headers } = first.answer;
  const length =
    headers["content-encoding"] === undefined ? Number(headers["content-length"] ?? Number.NaN) : Number.NaN;
  return {
    contentType: headers["content-type"] ?? null,
    totalBytes: Number.isFinite(length) ? length : null,
    stream: () => Readable.from(take().chunks, { objectMode: false }),
    async bytes({ maxBytes = defaultMaxBytes } = {}) {
      const { answer, chunks } = take();
      const parts: Buffer[] = [];
      let size = 0;
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > maxBytes) {
          answer.cancel();
          throw unreadable(
            answer,
            "answer-too-large",
            `is larger than the ${maxBytes} bytes allowed; stream it or save it`,
          );
        }
        parts.push(chunk);
      }
      return Buffer.concat(parts, size);
    },
    async saveTo(path) {
      let opened: Opened | undefined = take();
      try {
        return await save(path, opened.chunks);
      } catch (error) {
        if ((error as { kind?: unknown }).kind !== "transport") throw error;
      }
      opened = undefined;
      return perform(connection, sent, options, async (answer) => save(path, (await openOnce(answer)).chunks));
    },
    cancel: () => first.answer.cancel(),
  };
}

/** Looks at the beginning of what claims to be content. */
async function openBinary(connection: Connection, call: Call, answer: OpenAnswer, mayBePage: boolean): Promise<Opened> {
  const type = answer.headers["content-type"] ?? "";
  const mayBeProblem = /json|^$/i.test(type);
  const mayBeAPage = !mayBePage && /html|^$/i.test(type);
  const chunks = decodedChunks(answer);
  if (!mayBeProblem && !mayBeAPage) return { answer, chunks };
  const iterator = chunks[Symbol.asyncIterator]();
  const begun: Buffer[] = [];
  let size = 0;
  let ended = false;
  while (size < longestHiddenProblem && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else {
      begun.push(next.value);
      size += next.value.length;
    }
  }
  const text = Buffer.concat(begun).toString("utf8");
  if (ended && mayBeProblem) refuseHiddenProblem(connection, call, answer, parseLoosely(text));
  if (mayBeAPage && looksLikePage(text)) {
    answer.cancel();
    throw unreadable(answer, "not-binary", "is a web page instead of a file");
  }
  async function* whole() {
    yield* begun;
    if (ended) return;
    try {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { answer, chunks: whole() };
}

async function save(path: string, chunks: AsyncIterable<Buffer>): Promise<{ path: string; bytes: number }> {
  if (typeof path !== "string" || path === "") {
    throw notSent("saveTo", "argument-invalid", "saveTo needs the path of a file.");
  }
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    const file = await open(part, "wx");
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        await file.writeFile(chunk);
        bytes += chunk.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    return { path, bytes };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
