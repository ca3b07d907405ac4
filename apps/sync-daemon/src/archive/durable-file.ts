import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { Failure } from "../domain/failure.ts";

const pieceBytes = 1 << 20;

/** Ends what `.part` names begin; the store removes such leftovers when it is opened. */
export const unfinishedSuffix = ".part";

const newUnfinishedPath = (path: string): string => `${path}.${randomUUID()}${unfinishedSuffix}`;

/** Flushes a folder's entries to the disk: renames in it survive a power cut. Windows cannot and need not. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  await using handle = await open(folder, constants.O_RDONLY);
  await handle.sync();
}

/** Flushes a file that somebody else wrote. */
export async function flushFile(path: string): Promise<void> {
  await using handle = await open(path, constants.O_RDWR);
  await handle.sync();
}

/** The old text or the new one is at `path` at every instant; the new one is on the disk when this ends. */
export async function writeTextDurably(file: { folder: string; path: string; text: string }): Promise<void> {
  await replaceDurably(file, async (handle) => handle.writeFile(file.text, "utf8"));
}

/**
 * Copies `from` to `path`, which may be on another device; the copy is whole, hashed and on the disk before it gets its
 * name. Throws `download-damaged` if the bytes are not those of `sha256`.
 */
export async function copyDurably(file: { from: string; folder: string; path: string; sha256: string }): Promise<void> {
  await replaceDurably(file, async (target) => {
    await using source = await open(file.from, "r");
    const digest = createHash("sha256");
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (;;) {
      const { bytesRead } = await source.read(piece, 0, piece.length);
      if (bytesRead === 0) break;
      digest.update(piece.subarray(0, bytesRead));
      await target.writeFile(piece.subarray(0, bytesRead));
    }
    if (digest.digest("hex") === file.sha256) return;
    throw new Failure("download-damaged", `The bytes of ${file.from} changed before they were kept.`, {
      path: file.from,
    });
  });
}

async function replaceDurably(
  file: { folder: string; path: string },
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const unfinished = newUnfinishedPath(file.path);
  try {
    {
      await using handle = await open(unfinished, "wx", 0o600);
      await write(handle);
      await handle.sync();
    }
    await rename(unfinished, file.path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await flushFolder(file.folder);
}
