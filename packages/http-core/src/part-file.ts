import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

/**
 * A file under construction. Bytes are gathered into large writes: the cost of a write is in its number. One write is
 * under way at a time, so that the file on disk is always a beginning of the whole and never has a hole; meanwhile the
 * next buffer fills and the hash goes on. Memory is two buffers, whatever the size of the file.
 */
export interface PartFile {
  /** Bytes taken in, gathered ones included. */
  readonly bytes: number;
  /** A sync has failed: nobody knows what the disk has, and a second one might say that all is well (fsyncgate). */
  readonly damaged: boolean;
  /** Takes bytes in; returns a promise only when the caller must wait. Throws Node's own errors (`ENOSPC`, …). */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Hands everything gathered to the system. */
  flush(): Promise<void>;
  /** Forgets everything. */
  restart(): Promise<void>;
  /** `flush`, then waits until the disk has it. */
  sync(): Promise<void>;
  /** The first bytes, at most `length`. */
  readStart(length: number): Promise<Buffer>;
  /** Of everything flushed; ends the hash. */
  sha256(): string;
  close(): Promise<void>;
}

/** Measured on loopback against 64 KB to 4 MB: above this nothing is gained (bench/download.ts). */
const bufferBytes = 1 << 20;

/** How often the disk is made to keep what it has, in the background. */
const syncEveryBytes = 64 << 20;

/**
 * Opens the part at `path`, keeps its first `keepBytes` (which are read once, for the hash) and cuts off the rest.
 * `onSynced` hears how many bytes are safe on the disk, about every 64 MB.
 */
export async function openPartFile(
  path: string,
  keepBytes: number,
  onSynced: (bytes: number) => Promise<void>,
): Promise<PartFile> {
  const handle = await open(path, keepBytes > 0 ? "r+" : "w+", 0o600);
  try {
    if (keepBytes > 0) await handle.truncate(keepBytes);
    const hash = createHash("sha256");
    if (keepBytes > 0) await hashFile(handle, hash, keepBytes);
    return partFile(handle, hash, keepBytes, onSynced);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function partFile(
  handle: FileHandle,
  startHash: Hash,
  startBytes: number,
  onSynced: (bytes: number) => Promise<void>,
): PartFile {
  let hash = startHash;
  let filling = Buffer.allocUnsafeSlow(bufferBytes);
  let other = Buffer.allocUnsafeSlow(bufferBytes);
  let filled = 0;
  /** Handed to the system, or on the way there. */
  let handedOver = startBytes;
  let writing: Promise<void> | undefined;
  let syncing: Promise<void> | undefined;
  let syncFailure: { error: unknown } | undefined;
  let syncStartedAt = startBytes;

  async function settleWriting(): Promise<void> {
    const current = writing;
    writing = undefined;
    await current;
    if (syncFailure !== undefined) throw syncFailure.error;
  }

  function syncInBackground(bytes: number): void {
    if (syncing !== undefined || bytes - syncStartedAt < syncEveryBytes) return;
    syncStartedAt = bytes;
    syncing = handle
      .datasync()
      .then(() => onSynced(bytes))
      .catch((error: unknown) => {
        syncFailure = { error };
      })
      .finally(() => {
        syncing = undefined;
      });
  }

  async function handOver(): Promise<void> {
    if (writing !== undefined) await settleWriting();
    if (filled === 0) return;
    const full = filling.subarray(0, filled);
    const position = handedOver;
    handedOver += filled;
    [filling, other] = [other, filling];
    filled = 0;
    syncInBackground(position);
    writing = writeFully(handle, full, position);
    // Who waits for it is told by the promise itself; until then it must not count as unhandled.
    writing.catch(() => undefined);
    hash.update(full);
  }

  async function takeRest(chunk: Buffer, from: number): Promise<void> {
    for (let at = from; at < chunk.length || filled === bufferBytes; ) {
      if (filled === bufferBytes) await handOver();
      const taken = chunk.copy(filling, filled, at);
      filled += taken;
      at += taken;
    }
  }

  async function flush(): Promise<void> {
    await handOver();
    await settleWriting();
  }

  return {
    get bytes() {
      return handedOver + filled;
    },
    get damaged() {
      return syncFailure !== undefined;
    },
    write(chunk) {
      const taken = chunk.copy(filling, filled);
      filled += taken;
      return taken < chunk.length || filled === bufferBytes ? takeRest(chunk, taken) : undefined;
    },
    flush,
    async restart() {
      filled = 0;
      await writing?.catch(() => undefined);
      writing = undefined;
      await syncing;
      await handle.truncate(0);
      handedOver = 0;
      syncStartedAt = 0;
      hash = createHash("sha256");
    },
    async sync() {
      await flush();
      await syncing;
      if (syncFailure !== undefined) throw syncFailure.error;
      try {
        await handle.sync();
      } catch (error) {
        syncFailure = { error };
        throw error;
      }
    },
    async readStart(length) {
      const start = Buffer.alloc(length);
      const { bytesRead } = await handle.read(start, 0, length, 0);
      return start.subarray(0, bytesRead);
    },
    sha256: () => hash.digest("hex"),
    async close() {
      await writing?.catch(() => undefined);
      await syncing;
      await handle.close();
    },
  };
}

async function writeFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Feeds the first `length` bytes of an open file to `hash`. Fails when there are fewer. */
export async function hashFile(handle: FileHandle, hash: Hash, length: number): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, length - done), done);
    if (bytesRead === 0) throw new Error(`The file ended after ${done} of ${length} bytes.`);
    hash.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
}
