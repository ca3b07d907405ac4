import { createHash } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { abortedError } from "./aborted-error.ts";
import { type Agents, createAgents } from "./agents.ts";
import { ApiError } from "./api-error.ts";
import { systemClock } from "./clock.ts";
import type { DownloadFileOptions } from "./download-options.ts";
import { bytesToKeep, currentBoot, readRecord, removeRecord, resourceKey, writeRecord } from "./download-record.ts";
import { fetchToEnd, startOver, type Transfer } from "./fetch-to-end.ts";
import { beginsLikeWebPage } from "./judge-download-answer.ts";
import { hashFile, openPartFile } from "./part-file.ts";
import { publishFile } from "./publish-file.ts";
import { redactUrl } from "./redact.ts";
import { createProgressReporter } from "./transfer-progress.ts";

export interface DownloadedFile {
  path: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  etag?: string;
  /** Bytes that an earlier call had left and this one used. */
  resumedFromBytes: number;
  /** Requests sent, redirects included; 0 when everything was here already. */
  requests: number;
}

/** Smaller files are fetched again sooner than a record of them is kept. */
const smallestResumableBytes = 1 << 20;

/**
 * Fetches `url` to `path`: a whole file or nothing. It grows as `PATH.part`, with `PATH.part.json` beside it, and goes
 * on from there after a broken connection, an abort or a restart of the process, where the server lets it be known that
 * the file is still the same. Ends by checking length and hash, syncing and renaming. A file at `path` that has the
 * expected hash (or, without one, the expected length) is taken for it.
 *
 * Throws `ApiError`, or Node's own error with its `code` for anything the disk says (`ENOSPC`, `EACCES`, …). After
 * either, a part that can be gone on with stays, and one that cannot is removed.
 */
export async function downloadFile(options: DownloadFileOptions): Promise<DownloadedFile> {
  const agents = createAgents(options.http ?? {});
  try {
    return await downloadThrough(agents, options);
  } finally {
    agents.close();
  }
}

/**
 * The same over the connections of a client: certificate authorities are read once, and a thousand thumbnails need not
 * shake hands a thousand times.
 */
export async function downloadThrough(agents: Agents, options: DownloadFileOptions): Promise<DownloadedFile> {
  const operation = options.name ?? "download";
  const http = options.http ?? {};
  const url = parseLink(options.url, operation);
  const request = { operation, method: "GET", url: redactUrl(url) };
  const signals = [http.signal, options.signal].filter((signal) => signal !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  if (signal?.aborted) throw abortedError(request, { reason: signal.reason });
  const present = await findFinished(options);
  if (present !== undefined) return present;

  const partPath = `${options.path}.part`;
  const resource = resourceKey(url);
  const boot = currentBoot();
  const record = await readRecord(`${partPath}.json`);
  const partBytes = await sizeOf(partPath);
  const { expectedBytes, maxBytes } = options;
  const keep = bytesToKeep({ record, resource, partBytes, boot, expectedBytes, maxBytes });
  const kept = keep > 0 ? record : undefined;
  const clock = http.clock ?? systemClock;

  const transfer: Transfer = {
    part: await openPartFile(partPath, keep, async (bytes) => {
      transfer.syncedBytes = bytes;
      await keepRecord();
    }),
    totalBytes: kept?.totalBytes,
    validator: kept && { etag: kept.etag, lastModified: kept.lastModified },
    etag: kept?.etag,
    resumedFromBytes: keep,
    syncedBytes: Math.min(keep, record?.syncedBytes ?? 0),
    requests: 0,
    restarts: 0,
    furthestBytes: keep,
  };
  const { part } = transfer;

  /** Writes down what a later call needs, or makes sure that it finds nothing. True if there is something to go on with. */
  async function keepRecord(): Promise<boolean> {
    const { totalBytes, validator, syncedBytes } = transfer;
    const useful = totalBytes !== undefined && validator !== undefined && totalBytes >= smallestResumableBytes;
    if (useful) {
      await writeRecord(`${partPath}.json`, {
        version: 1,
        url: options.url,
        resource,
        totalBytes,
        ...validator,
        syncedBytes,
        boot,
      });
    } else {
      await removeRecord(`${partPath}.json`);
    }
    return useful;
  }

  async function leavePart(error: unknown): Promise<void> {
    try {
      const worthKeeping = !part.damaged && !isSpoilt(error) && part.bytes > 0;
      if (worthKeeping) {
        await part.flush();
        // Without the name of this boot only synced bytes will be trusted.
        if (boot === undefined) {
          await part.sync();
          transfer.syncedBytes = part.bytes;
        }
      }
      await part.close();
      if (worthKeeping && (await keepRecord())) return;
      await rm(partPath, { force: true });
      await removeRecord(`${partPath}.json`);
    } catch {
      // A disk that fails here has failed before; the first error is the one to tell. What lies there now is either
      // described by the record of the last sync or will be begun anew.
      await part.close().catch(() => undefined);
    }
  }

  const dropRecord = () => removeRecord(`${partPath}.json`);
  const progress = createProgressReporter(options.onProgress, keep, clock);
  const fetchAll = () =>
    fetchToEnd({ options, operation, url, request, http, signal, agents, transfer, keepRecord, dropRecord, progress });
  try {
    if (keep === 0) await dropRecord();
    await fetchAll();
    let sha256 = await seal();
    if (sha256 === undefined && transfer.resumedFromBytes > 0) {
      // The kept bytes may have been spoilt on this disk; the far side gets one chance to show that it was so.
      await startOver({ transfer, dropRecord });
      await fetchAll();
      sha256 = await seal();
    }
    if (sha256 === undefined) {
      throw new ApiError({
        kind: "unreadable",
        code: "checksum-mismatch",
        message: `${operation}: the file came whole, but its SHA-256 is not the expected one.`,
        request,
      });
    }
    await part.close();
    await publishFile(partPath, options.path);
    await removeRecord(`${partPath}.json`);
    progress.finish(part.bytes, part.bytes);
    const etag = transfer.etag === undefined ? {} : { etag: transfer.etag };
    const { resumedFromBytes, requests } = transfer;
    return { path: options.path, bytes: part.bytes, sha256, ...etag, resumedFromBytes, requests };
  } catch (error) {
    await leavePart(error);
    throw error;
  }

  /** Looks at the file as a whole and has the disk keep it. `undefined` when the hash is not the expected one. */
  async function seal(): Promise<string | undefined> {
    await part.flush();
    if (beginsLikeWebPage(await part.readStart(512), [url.pathname, options.path])) {
      throw new ApiError({
        kind: "unreadable",
        code: "unexpected-content",
        message: `${operation}: a web page came instead of the file.`,
        request,
      });
    }
    const sha256 = part.sha256();
    const expected = options.expectedSha256?.toLowerCase();
    if (expected !== undefined && expected !== sha256) return undefined;
    await part.sync();
    return sha256;
  }
}

/** Errors after which the bytes that are here are worth nothing. */
function isSpoilt(error: unknown): boolean {
  if (ApiError.isInstance(error))
    return ["checksum-mismatch", "unexpected-content", "length-mismatch"].includes(error.code);
  // The disk itself is failing.
  return (error as NodeJS.ErrnoException | null)?.code === "EIO";
}

function parseLink(link: string, operation: string): URL {
  const url = URL.parse(link);
  if (url !== null) return url;
  throw new ApiError({
    kind: "refusal",
    code: "link-invalid",
    message: `${operation}: the link is no URL.`,
    neverSent: true,
    request: { operation, method: "GET", url: "" },
  });
}

/** The file at `path`, if it is known to be the wanted one. */
async function findFinished(options: DownloadFileOptions): Promise<DownloadedFile | undefined> {
  const { path, expectedBytes, expectedSha256 } = options;
  if (expectedBytes === undefined && expectedSha256 === undefined) return undefined;
  const bytes = await sizeOf(path);
  if (bytes === 0 && expectedBytes !== 0) return undefined;
  if (expectedBytes !== undefined && bytes !== expectedBytes) return undefined;
  let sha256: string;
  try {
    const handle = await open(path, "r");
    try {
      const hash = createHash("sha256");
      await hashFile(handle, hash, bytes);
      sha256 = hash.digest("hex");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (expectedSha256 !== undefined && expectedSha256.toLowerCase() !== sha256) return undefined;
  return { path, bytes, sha256, resumedFromBytes: 0, requests: 0 };
}

/** The size of a file, 0 when there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
