/** What libuv reads from a plain socket, and OpenSSL decrypts, at once: these chunks have an ArrayBuffer of their own. */
const socketReadBytes = new Set([65_536, 16_384]);

/**
 * Gives the memory of a chunk that has been copied away back at once. Left to the garbage collector, tens of megabytes
 * of them pile up and each is collected by a walk over the whole heap, which costs a fifth of a fast transfer's time
 * (bench/download.ts). Only a chunk that fills its whole ArrayBuffer is taken, since others may share theirs.
 */
export function releaseChunk(chunk: Buffer): void {
  const memory = chunk.buffer;
  if (!socketReadBytes.has(chunk.length) || memory.byteLength !== chunk.length) return;
  // A SharedArrayBuffer has no owner to hand over.
  if (memory instanceof ArrayBuffer) memory.transfer(0);
}
