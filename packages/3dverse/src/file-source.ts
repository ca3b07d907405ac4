import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { argumentInvalid, notSent } from "./3dverse-error.ts";

/**
 * Something to send: the path of a file, bytes, a Blob or File, or a stream (Node's or the web's). A stream should say
 * its `size` in bytes, or it is sent without a length, which not every server takes.
 */
export type FileSource =
  | string
  | Uint8Array
  | Blob
  | { path: string; name?: string | undefined }
  | { content: Uint8Array | Blob; name: string }
  | {
      stream: Readable | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;
      name: string;
      size?: number | undefined;
    };

/** A source whose name and length are known. */
export interface OpenedSource {
  readonly name: string;
  readonly contentType: string;
  readonly totalBytes: number | undefined;
  /** A chunk may be overwritten when the next one is asked for. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** One buffer of this size serves for a whole file. */
const chunkBytes = 262_144;
const unknownType = "application/octet-stream";

/** Looks at each source. Throws an `ApiError` before anything is sent for what cannot be read. */
export async function openSources(
  operation: string,
  sources: readonly FileSource[],
): Promise<[OpenedSource, ...OpenedSource[]]> {
  if (!Array.isArray(sources) || sources.length === 0) {
    throw argumentInvalid(operation, "there must be at least one file");
  }
  const opened: OpenedSource[] = [];
  for (const source of sources as readonly FileSource[]) opened.push(await openSource(operation, source));
  return opened as [OpenedSource, ...OpenedSource[]];
}

async function openSource(operation: string, source: FileSource): Promise<OpenedSource> {
  if (typeof source === "string") return openPath(operation, source, undefined);
  if (source instanceof Uint8Array) return openContent(source, "file");
  if (source instanceof Blob) return openContent(source, source instanceof File ? source.name : "file");
  if (typeof source === "object" && source !== null) {
    if ("path" in source) return openPath(operation, source.path, source.name);
    if ("content" in source && (source.content instanceof Uint8Array || source.content instanceof Blob)) {
      return openContent(source.content, nameOf(operation, source.name));
    }
    if ("stream" in source && isChunks(source.stream)) {
      const { stream, size } = source;
      if (size !== undefined && (!Number.isSafeInteger(size) || size < 0)) {
        throw argumentInvalid(operation, "the size of a stream must be a whole number of bytes");
      }
      return {
        name: nameOf(operation, source.name),
        contentType: unknownType,
        totalBytes: size,
        chunks: () => stream as AsyncIterable<Uint8Array>,
      };
    }
  }
  throw argumentInvalid(
    operation,
    "a file must be a path, bytes, a Blob, { path }, { content, name } or { stream, name, size }",
  );
}

function nameOf(operation: string, name: unknown): string {
  if (typeof name !== "string" || name === "")
    throw argumentInvalid(operation, "each file needs a name that is not empty");
  return name;
}

function isChunks(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function openContent(content: Uint8Array | Blob, name: string): OpenedSource {
  if (content instanceof Uint8Array) {
    return {
      name,
      contentType: unknownType,
      totalBytes: content.byteLength,
      async *chunks() {
        for (let start = 0; start < content.byteLength; start += chunkBytes) {
          yield content.subarray(start, start + chunkBytes);
        }
      },
    };
  }
  return {
    name,
    contentType: content.type || unknownType,
    totalBytes: content.size,
    async *chunks() {
      for (let start = 0; start < content.size; start += chunkBytes) {
        yield new Uint8Array(await content.slice(start, start + chunkBytes).arrayBuffer());
      }
    },
  };
}

async function openPath(operation: string, path: unknown, name: string | undefined): Promise<OpenedSource> {
  if (typeof path !== "string" || path === "") throw argumentInvalid(operation, "the path of a file must not be empty");
  let size: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error("it is no file");
    size = found.size;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw notSent(operation, "file-unreadable", `${operation} was not sent: ${path} cannot be read (${code}).`, error);
  }
  return {
    name: name ?? basename(path),
    contentType: unknownType,
    totalBytes: size,
    chunks: () => readFileChunks(path),
  };
}

async function* readFileChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
