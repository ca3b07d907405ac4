import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { notSentError } from "./imagine-error.ts";

/** A stream has no size of its own, and S3 must be told it before the first byte. */
export interface UploadStream {
  /** A stream can be sent once; a function that makes one, as often as needed. */
  stream: AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);
  bytes: number;
  /** With its ending, to be checked against the form. */
  name?: string | undefined;
}

/** A file: a path (or `file:` URL), a Blob or File, bytes, or a stream of known length. Never held in memory as a whole. */
export type UploadSource = string | URL | Blob | Uint8Array | UploadStream;

/** A file whose length is known. */
export interface OpenedSource {
  /** `null` where the source has none. */
  readonly name: string | null;
  readonly bytes: number;
  /** It can be opened again. */
  readonly isRepeatable: boolean;
  /** SHA-256 of what is there now, for a source that others may write to meanwhile. */
  readonly hashNow?: () => Promise<string>;
  open(): AsyncIterable<Uint8Array>;
}

/** Looks at a source far enough to know its name and length; throws before anything is sent. */
export async function openSource(operation: string, source: UploadSource): Promise<OpenedSource> {
  if (typeof source === "string" || source instanceof URL) return openPath(operation, source);
  if (source instanceof Blob) {
    const name = source instanceof File && source.name !== "" ? source.name : null;
    return { name, bytes: source.size, isRepeatable: true, open: () => source.stream() };
  }
  if (source instanceof Uint8Array) {
    const open = async function* () {
      yield source;
    };
    return { name: null, bytes: source.byteLength, isRepeatable: true, open };
  }
  if (typeof source !== "object" || source === null || !("stream" in source)) {
    throw sourceError(operation, "argument-invalid", "the file is no path, Blob, Uint8Array or { stream, bytes }");
  }
  const { stream, bytes, name } = source;
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw sourceError(operation, "argument-invalid", "a stream needs its length in bytes");
  }
  if (typeof stream === "function") return { name: name ?? null, bytes, isRepeatable: true, open: stream };
  if (typeof stream !== "object" || stream === null || !(Symbol.asyncIterator in stream)) {
    throw sourceError(operation, "argument-invalid", "the stream is none that can be read");
  }
  return { name: name ?? null, bytes, isRepeatable: false, open: () => stream };
}

/** The name of a source without opening it; `null` where it has none. */
export function sourceName(source: UploadSource): string | null {
  if (typeof source === "string") return basename(source);
  if (source instanceof URL) return basename(source.pathname);
  if (source instanceof Blob) return source instanceof File && source.name !== "" ? source.name : null;
  return source instanceof Uint8Array ? null : (source.name ?? null);
}

async function openPath(operation: string, given: string | URL): Promise<OpenedSource> {
  if (given instanceof URL ? given.protocol !== "file:" : /^(?:https?|data):/i.test(given)) {
    throw sourceError(operation, "argument-invalid", "a web address is no file; fetch it first, or give a stream");
  }
  const path = typeof given === "string" ? given : fileURLToPath(given);
  const name = basename(path);
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw sourceError(operation, "file-unreadable", `${name} is no file`);
    const open = () => createReadStream(path);
    const hashNow = async () => {
      const hash = createHash("sha256");
      for await (const chunk of open()) hash.update(chunk as Buffer);
      return hash.digest("hex");
    };
    return { name, bytes: facts.size, isRepeatable: true, hashNow, open };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw sourceError(operation, "file-unreadable", `${name} cannot be read (${code})`, error);
  }
}

function sourceError(operation: string, code: string, why: string, cause?: unknown) {
  return notSentError({ code, message: `Nothing was uploaded: ${why}.`, operation, cause });
}
