import { type FileHandle, open } from "node:fs/promises";
import { toFailure } from "../domain/failure.ts";
import { archiveFailure } from "./archive-failure.ts";
import { type EndRecord, endRecordReach, findEndRecord } from "./end-record.ts";
import { beginsAsEmptyZip, beginsAsZip, describeFirstBytes, firstBytesReach } from "./first-bytes.ts";

export interface VerifyArchiveRequest {
  readonly path: string;
  /** The shop's name for it, for messages. Without it the file's own name is used. */
  readonly name?: string | undefined;
  /** The length that was announced; `null` where nobody announced one. */
  readonly expectedBytes: number | null;
  readonly signal: AbortSignal;
}

/**
 * Is the whole zip there? Reads its beginning and its end only, so it costs the same for 4 KB and 4 GB. Throws `Failure`:
 * `archive-incomplete` (cut), `archive-not-zip` (the sentence says what arrived), `archive-damaged`, or
 * `archive-unsupported` (part of a split archive). What it accepts may still fail in `inspectArchive`.
 */
export async function verifyArchive(request: VerifyArchiveRequest): Promise<void> {
  request.signal.throwIfAborted();
  try {
    await using file = await open(request.path, "r");
    await readEndRecord({ file, ...request });
  } catch (error) {
    throw toFailure(error);
  }
}

/** The part of verifying that inspecting begins with as well. */
export async function readEndRecord(request: {
  file: FileHandle;
  path: string;
  name?: string | undefined;
  expectedBytes: number | null;
}): Promise<{ record: EndRecord; fileBytes: number }> {
  const { file, expectedBytes } = request;
  const { size: fileBytes } = await file.stat();
  const first = await readRange(file, { start: 0, end: Math.min(fileBytes, firstBytesReach) });
  if (expectedBytes !== null && fileBytes < expectedBytes) {
    throw archiveFailure("archive-incomplete", request, `has ${fileBytes} of ${expectedBytes} bytes`);
  }
  if (!beginsAsZip(first) && !beginsAsEmptyZip(first)) {
    throw archiveFailure("archive-not-zip", request, `is no zip but ${describeFirstBytes(first)}`);
  }
  if (expectedBytes !== null && fileBytes > expectedBytes) {
    throw archiveFailure("archive-damaged", request, `has ${fileBytes} bytes where ${expectedBytes} were announced`);
  }
  const tail = await readRange(file, { start: Math.max(0, fileBytes - endRecordReach), end: fileBytes });
  const answer = findEndRecord({ tail, fileBytes });
  if (answer.outcome !== "found") throw archiveFailure(`archive-${answer.outcome}`, request, answer.reason);
  if (answer.record.entryCount === 0) throw archiveFailure("archive-damaged", request, "holds no files");
  return { record: answer.record, fileBytes };
}

/** Reads exactly this range, or throws. */
export async function readRange(file: FileHandle, range: { start: number; end: number }): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(range.end - range.start);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, range.start + filled);
    if (bytesRead === 0) throw new Error(`The file ended at byte ${range.start + filled} while it was read.`);
    filled += bytesRead;
  }
  return buffer;
}
