import { createHash } from "node:crypto";
import { ApiError, type Clock, createHttpClient, defaultTimeouts, type HttpSettings } from "@org/http-core";
import type { FileKind } from "./data-types.ts";
import { notSentError, remade } from "./imagine-error.ts";
import { composeMultipart } from "./multipart.ts";
import { findFormProblem, type UploadForm } from "./presigned-post.ts";
import { mayFollowTo, readS3Error, s3RefusalOf } from "./s3-error.ts";
import { whyRefused } from "./signed-url.ts";
import { type OpenedSource, openSource, type UploadSource } from "./upload-source.ts";

export interface UploadOptions {
  /** As `createProduct` gave it. */
  upload: UploadForm;
  file: UploadSource;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

export interface UploadProgress {
  /** Of the file; begins anew where the upload does. */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** A file that S3 has taken. */
export interface UploadedFile {
  readonly bytes: number;
  readonly etag: string | null;
}

export interface UploadParts {
  readonly http: HttpSettings | undefined;
  /** The configured base URL: uploads to this machine are allowed only where it is on this machine too. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** A line that sends less than this for the whole length of a file is taken for stuck. */
const slowestBytesPerSecond = 16_000;

/**
 * Uploads one file with a presigned form: its fields unchanged and in order, the file last, streamed, with a known length
 * and without any header of Imagine's. Costs no credit. What the policy says of time, size and type is checked first.
 * A path is read twice: what is sent must be, byte for byte, what was there at the beginning.
 *
 * S3 takes a file whole or not at all, so an upload that broke before its last bytes were handed over is repeated, like
 * one that S3 asks to repeat. Where everything had been handed over and no answer came, nobody knows: that is
 * `upload-outcome-unknown`, and Imagine has to be asked (`markUploadSuccess`) before anything is sent again.
 */
export async function uploadFile(
  parts: UploadParts,
  kind: FileKind,
  options: UploadOptions & {
    /**
     * Told `true` before the last bytes leave (until it has ended, S3 cannot have the file), and `false` where the upload
     * begins anew after that.
     */
    onWhole?: ((isWhole: boolean) => Promise<void>) | undefined;
  },
): Promise<UploadedFile> {
  const operation = kind === "model" ? "Imagine uploadModel" : "Imagine uploadThumbnail";
  const { upload: form, file, signal } = options;
  const reason = whyRefused(form.url, parts.baseUrl);
  if (reason !== undefined) throw refusedForm(operation, "upload-form-invalid", `its address is not used: ${reason}`);
  const source = await openSource(operation, file);
  const { bytes, name } = source;
  const problem = findFormProblem(form, { kind, bytes, name, now: parts.clock.now() });
  if (problem !== null) throw refusedForm(operation, problem.code, problem.why);
  const from = new URL(form.url);
  const sha256 = await hashOf(operation, source);
  try {
    return await postForm(parts, { operation, kind, url: from, source, sha256, options, signal });
  } catch (error) {
    const moved = ApiError.isInstance(error) ? movedTo(error, from) : undefined;
    if (moved === undefined || !source.isRepeatable) throw error;
    return await postForm(parts, { operation, kind, url: moved, source, sha256, options, signal });
  }
}

/** One sending of the form. */
interface Attempt {
  /** Its last bytes were given away; S3 may have the file. */
  handedOver: boolean;
  answered: boolean;
}

async function postForm(
  parts: UploadParts,
  facts: {
    operation: string;
    kind: FileKind;
    url: URL;
    source: OpenedSource;
    /** What every attempt must send; `null` for a source that nobody can change meanwhile. */
    sha256: string | null;
    options: Parameters<typeof uploadFile>[2];
    signal: AbortSignal | undefined;
  },
): Promise<UploadedFile> {
  const { operation, kind, url, source, sha256, options, signal } = facts;
  const what = `the ${kind}`;
  const file = { field: "file", name: source.name ?? kind, bytes: source.bytes };
  const form = composeMultipart({ fields: Object.entries(options.upload.fields), file });
  let attempt: Attempt = { handedOver: false, answered: false };
  let failure: ApiError | undefined;
  let toldWhole = false;

  /** Ends the request before it is whole, so that S3 cannot take it. */
  function stop(code: string, why: string, cause?: unknown): ApiError {
    failure = uploadStopped(operation, { code, why, cause });
    return failure;
  }

  async function* body(): AsyncGenerator<Uint8Array> {
    const mine: Attempt = { handedOver: false, answered: false };
    attempt = mine;
    if (toldWhole) await tell(false);
    yield form.head;
    let sentBytes = 0;
    const hash = createHash("sha256");
    try {
      for await (const chunk of source.open()) {
        sentBytes += chunk.byteLength;
        if (sentBytes > source.bytes) break;
        if (sha256 !== null) hash.update(chunk);
        yield chunk;
        options.onProgress?.({ sentBytes, totalBytes: source.bytes });
      }
    } catch (error) {
      throw stop("file-unreadable", `${file.name} could not be read to its end`, error);
    }
    if (sentBytes !== source.bytes) throw stop("file-changed", `${file.name} has not the ${source.bytes} bytes it had`);
    // A file that was written to while it was read is neither the old nor the new one.
    if (sha256 !== null && hash.digest("hex") !== sha256)
      throw stop("file-changed", `${file.name} was changed while it was uploaded`);
    await tell(true);
    mine.handedOver = true;
    yield form.tail;
  }

  async function tell(isWhole: boolean): Promise<void> {
    try {
      await options.onWhole?.(isWhole);
    } catch (error) {
      throw stop("record-not-kept", "what onRecord was given could not be kept", error);
    }
    toldWhole = isWhole;
  }

  const sendMs = Math.max(
    parts.http?.timeouts?.sendMs ?? defaultTimeouts.sendMs,
    Math.ceil((source.bytes / slowestBytesPerSecond) * 1000),
  );
  const s3 = createHttpClient({
    origin: url.origin,
    http: { ...parts.http, timeouts: { ...parts.http?.timeouts, sendMs } },
    // No credential at all: asked before each attempt, it is where a blind repetition is stopped.
    credentialHeaders() {
      if (attempt.handedOver && !attempt.answered) throw outcomeUnknown(operation, kind);
      return {};
    },
  });
  const secrets = Object.values(options.upload.fields).filter((value) => value.length > 15);
  try {
    const { status, headers, text } = await s3.requestText({
      name: operation,
      method: "POST",
      path: url.pathname + url.search,
      // http-core hands a body on as it is, and got streams what can be iterated; only the declared type is narrower.
      body: { [Symbol.asyncIterator]: body } as unknown as Uint8Array,
      headers: { ...form.headers },
      repeat: source.isRepeatable ? "repeatable" : "once",
      credentials: true,
      signal,
      refusal(answer) {
        attempt.answered = true;
        return { ...s3RefusalOf(what, answer, secrets), secrets };
      },
    });
    attempt.answered = true;
    const isError = readS3Error(text) !== null;
    if (isError || ![200, 201, 204].includes(status)) {
      const said = s3RefusalOf(what, { status, text }, secrets);
      throw new ApiError({
        kind: isError ? "refusal" : "unexpected-shape",
        code: "answer-unexpected-shape",
        message: `S3 answered ${what} with status ${status}, of which nobody knows what it means.`,
        ...(isError ? said : {}),
        status,
        request: { operation, method: "POST", url: url.href },
        secrets,
      });
    }
    return { bytes: source.bytes, etag: headers.etag ?? null };
  } catch (error) {
    if (failure !== undefined) throw failure;
    if (!ApiError.isInstance(error)) throw error;
    const isLost = attempt.handedOver && !attempt.answered && error.kind !== "refusal" && error.kind !== "aborted";
    if (isLost && error.code !== "upload-outcome-unknown") throw outcomeUnknown(operation, kind, error);
    throw remade(error, { secrets });
  }
}

async function hashOf(operation: string, { hashNow, name }: OpenedSource): Promise<string | null> {
  try {
    return (await hashNow?.()) ?? null;
  } catch (cause) {
    const message = `Nothing was uploaded: ${name ?? "the file"} could not be read to its end.`;
    throw notSentError({ code: "file-unreadable", message, operation, cause });
  }
}

/** Where S3 says that the bucket is, if it may be followed: one that is Amazon's own. */
function movedTo(error: ApiError, from: URL): URL | undefined {
  // http-core follows no POST and keeps the place only in its words.
  const place =
    error.code === "redirect-refused" ? / sent on to (https?:\/\/[^\s/?#]+)/.exec(error.message)?.[1] : undefined;
  const endpoint = error.code === "bucket-moved" ? error.fieldErrors?.Endpoint?.[0] : undefined;
  const base = place?.replace(/\.$/, "") ?? (endpoint === undefined ? undefined : `${from.protocol}//${endpoint}`);
  const target = base === undefined ? null : URL.parse(from.pathname, base);
  if (target === null || target.origin === from.origin || !mayFollowTo(target, from)) return undefined;
  return target;
}

function outcomeUnknown(operation: string, kind: FileKind, cause?: unknown): ApiError {
  return new ApiError({
    kind: "transport",
    code: "upload-outcome-unknown",
    message: `The whole ${kind} was sent and S3's answer was lost, so S3 may have it or not. Ask Imagine with markUploadSuccess, and upload it again only if that is refused.`,
    request: { operation, method: "POST", url: "" },
    cause,
  });
}

function uploadStopped(operation: string, facts: { code: string; why: string; cause: unknown }): ApiError {
  return new ApiError({
    kind: "aborted",
    code: facts.code,
    message: `The upload was stopped: ${facts.why}. S3 has not taken it.`,
    request: { operation, method: "POST", url: "" },
    cause: facts.cause,
  });
}

function refusedForm(operation: string, code: string, why: string): ApiError {
  const advice =
    code === "upload-form-expired" ? " Imagine documents no call for a new one: create the product anew." : "";
  return notSentError({
    code,
    message: `Nothing was uploaded: the upload form does not fit: ${why}.${advice}`,
    operation,
    fieldErrors: { upload: [why] },
  });
}
