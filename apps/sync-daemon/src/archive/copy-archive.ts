import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { toFailure } from "../domain/failure.ts";

const pieceBytes = 1 << 20;

/**
 * Copies a file of a person's to `to`, which must not be there yet. The original is only read, and never through a link.
 * Throws `Failure`; then nothing is left at `to`.
 */
export async function copyArchive(copied: {
  from: string;
  to: string;
  signal: AbortSignal;
}): Promise<{ sha256: string; bytes: number }> {
  const { from, to, signal } = copied;
  try {
    await using source = await open(
      from,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    await using target = await open(to, "wx", 0o600);
    try {
      const digest = createHash("sha256");
      const piece = Buffer.allocUnsafe(pieceBytes);
      let bytes = 0;
      for (;;) {
        signal.throwIfAborted();
        const { bytesRead } = await source.read(piece, 0, piece.length);
        if (bytesRead === 0) return { sha256: digest.digest("hex"), bytes };
        digest.update(piece.subarray(0, bytesRead));
        await target.writeFile(piece.subarray(0, bytesRead));
        bytes += bytesRead;
      }
    } catch (error) {
      await rm(to, { force: true });
      throw error;
    }
  } catch (error) {
    throw toFailure(error);
  }
}
