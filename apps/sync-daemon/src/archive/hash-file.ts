import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const pieceBytes = 1 << 20;

/** SHA-256 of a whole file, in lower-case hex. Reads it in pieces, so its size does not matter. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  await using file = await open(path, "r");
  const digest = createHash("sha256");
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, piece.length);
    if (bytesRead === 0) return digest.digest("hex");
    digest.update(piece.subarray(0, bytesRead));
  }
}
