import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";

/** Bytes that a host serves: held in memory, or read from a file while they are sent. */
export interface Content {
  readonly length: number;
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Buffer>;
  /** All bytes at once; for content that is small or about to be spoiled by a fault. */
  bytes(): Promise<Buffer>;
}

const memoryChunkBytes = 64 * 1024;
const fileChunkBytes = 1024 * 1024;

export function bufferContent(bytes: Buffer, lastModifiedMs: number): Content {
  let etag: string | undefined;
  return {
    length: bytes.length,
    get etag() {
      etag ??= `"${createHash("md5").update(bytes).digest("hex")}"`;
      return etag;
    },
    lastModifiedMs,
    async *read(start, end) {
      for (let position = start; position < end; position += memoryChunkBytes) {
        yield bytes.subarray(position, Math.min(end, position + memoryChunkBytes));
      }
    },
    bytes: async () => bytes,
  };
}

/** A file of any size; its tag is made from name, size and modification time, so nothing is read before it is asked for. */
export async function fileContent(path: string): Promise<Content> {
  const { size, mtimeMs } = await stat(path);
  return {
    length: size,
    etag: `"${createHash("md5").update(`${path}:${size}:${mtimeMs}`).digest("hex")}"`,
    lastModifiedMs: mtimeMs,
    async *read(start, end) {
      if (end > start) yield* createReadStream(path, { start, end: end - 1, highWaterMark: fileChunkBytes });
    },
    bytes: () => readFile(path),
  };
}
