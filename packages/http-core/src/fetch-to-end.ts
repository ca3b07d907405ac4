import { abortedError } from "./aborted-error.ts";
import type { Agents } from "./agents.ts";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import { systemClock } from "./clock.ts";
import type { DownloadFileOptions } from "./download-options.ts";
import { type Validator, validatorOf } from "./download-record.ts";
import { defaultTimeouts, type HttpSettings } from "./http-settings.ts";
import { type DownloadVerdict, judgeDownloadAnswer } from "./judge-download-answer.ts";
import { openDownload } from "./open-download.ts";
import type { PartFile } from "./part-file.ts";
import { isSecretName } from "./redact.ts";
import { readRefusal, refusalError } from "./refusal.ts";
import { releaseChunk } from "./release-chunk.ts";
import { requestIdOf } from "./request-id.ts";
import type { OpenAnswer } from "./send-request.ts";
import type { ProgressReporter } from "./transfer-progress.ts";
import { withRetries } from "./with-retries.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** What is known of the remote file, and what has happened so far. */
export interface Transfer {
  readonly part: PartFile;
  totalBytes: number | undefined;
  validator: Validator | undefined;
  etag: string | undefined;
  resumedFromBytes: number;
  syncedBytes: number;
  requests: number;
  restarts: number;
  furthestBytes: number;
}

/** A file that changes this often while it is fetched will not hold still for the next try either. */
const maxRestarts = 3;
/** However much progress each of them makes. */
const maxRequests = 1_000;
/** Less than this is no progress that would earn new patience. */
const leastProgressBytes = 64 << 10;

interface Context {
  options: DownloadFileOptions;
  operation: string;
  url: URL;
  request: RedactedRequest;
  http: HttpSettings;
  signal: AbortSignal | undefined;
  agents: Agents;
  transfer: Transfer;
  keepRecord: () => Promise<unknown>;
  dropRecord: () => Promise<void>;
  progress: ProgressReporter;
}

/** Asks until every byte of the file is in the part, as often as the retry policy allows. */
export async function fetchToEnd(context: Context): Promise<void> {
  const { transfer, http, signal, operation, options } = context;
  await withRetries(
    {
      repeat: options.repeat ?? "repeatable",
      http,
      signal,
      operation,
      hasProgressed() {
        const gained = transfer.part.bytes - transfer.furthestBytes;
        transfer.furthestBytes = Math.max(transfer.furthestBytes, transfer.part.bytes);
        return gained >= leastProgressBytes;
      },
    },
    () => fetchRest(context),
  );
}

async function fetchRest(context: Context): Promise<void> {
  const { transfer, options, request, operation } = context;
  const { part } = transfer;
  while (transfer.totalBytes === undefined || part.bytes < transfer.totalBytes) {
    if (transfer.requests >= maxRequests) {
      throw failure(
        context,
        "transport",
        "attempts-exhausted",
        `the file did not come whole in ${maxRequests} requests`,
      );
    }
    // Nothing proves that what would come belongs to what is here.
    if (part.bytes > 0 && transfer.validator === undefined) await startOver(context);
    const offset = part.bytes;
    const answer = await ask(context, offset);
    const verdict = judgeDownloadAnswer(answer.status, answer.headers, {
      offset,
      totalBytes: transfer.totalBytes,
      validator: transfer.validator,
      expectedBytes: options.expectedBytes,
      maxBytes: options.maxBytes,
      requireLength: options.requireLength ?? true,
      names: [context.url.pathname, options.path],
    });
    if (verdict.take === "refusal") throw await linkRefused(context, answer);
    if (verdict.take === "body") {
      try {
        await takeBody(context, answer, verdict);
      } finally {
        answer.cancel();
      }
      continue;
    }
    answer.cancel();
    if (verdict.take === "nothing") return;
    if (verdict.take === "wrong") {
      throw failure(context, "unreadable", verdict.code, verdict.why, answer);
    }
    transfer.restarts += 1;
    if (transfer.restarts > maxRestarts) throw failure(context, "unreadable", "file-changing", verdict.why, answer);
    context.http.logger?.warn(
      { operation, url: request.url, offset },
      `${operation}: beginning anew, because ${verdict.why}`,
    );
    await startOver(context);
  }
}

/**
 * Forgets what is here. An empty part under an old record is harmless, a record beside bytes of another version would
 * vouch for them after a crash: so the part is emptied (which also waits for a sync that would write the record), then
 * the record goes, and only then new bytes may come.
 */
export async function startOver({ transfer, dropRecord }: Pick<Context, "transfer" | "dropRecord">): Promise<void> {
  await transfer.part.restart();
  Object.assign(transfer, {
    totalBytes: undefined,
    validator: undefined,
    etag: undefined,
    resumedFromBytes: 0,
    syncedBytes: 0,
  });
  await dropRecord();
}

function ask(context: Context, offset: number): Promise<OpenAnswer> {
  const { transfer, options, http } = context;
  const proof = transfer.validator?.etag ?? transfer.validator?.lastModified ?? "";
  return openDownload({
    agents: context.agents,
    operation: context.operation,
    url: context.url,
    headers: {
      "user-agent": http.userAgent ?? "@org/http-core",
      ...options.headers,
      // Lengths, ranges and hashes are those of the file, not of a packed form of it.
      "accept-encoding": "identity",
      ...(offset > 0 ? { range: `bytes=${offset}-`, "if-range": proof } : {}),
    },
    allowedHosts: options.allowedHosts,
    privateHosts: options.privateHosts ?? [],
    timeouts: { ...defaultTimeouts, ...withoutUndefined(http.timeouts ?? {}) },
    signal: context.signal,
    secrets: secretsOf(options),
    fresh: options.repeat === "once",
    onRequest: () => {
      transfer.requests += 1;
    },
  });
}

async function takeBody(
  context: Context,
  answer: OpenAnswer,
  verdict: Extract<DownloadVerdict, { take: "body" }>,
): Promise<void> {
  const { transfer, options, progress, signal } = context;
  const { part } = transfer;
  if (verdict.start === 0) {
    if (part.bytes > 0) await startOver(context);
    transfer.totalBytes = verdict.totalBytes;
    transfer.validator = validatorOf(answer.headers, (context.http.clock ?? systemClock).now());
    transfer.etag = answer.headers.etag;
  }
  // Meanwhile the body is read: bytes that nobody fetches are lost when the connection breaks.
  const recorded = verdict.start === 0 ? context.keepRecord() : Promise.resolve();
  recorded.catch(() => undefined);
  options.onStart?.({
    totalBytes: transfer.totalBytes,
    resumedFromBytes: verdict.start,
    etag: transfer.etag,
    headers: answer.headers,
  });
  const bandwidth = options.bandwidth ?? context.http.bandwidth;
  const startedAt = part.bytes;
  const limit = verdict.end ?? options.maxBytes;
  for (;;) {
    const chunk = answer.readNow() ?? (await answer.read());
    if (chunk === null) break;
    if (part.bytes + chunk.length > limit) {
      throw verdict.end === undefined
        ? failure(context, "unreadable", "file-too-large", `it has more than the ${limit} bytes allowed`, answer)
        : failure(context, "unreadable", "length-mismatch", "more bytes came than were announced", answer);
    }
    if (bandwidth !== undefined && bandwidth.limit !== null) {
      await bandwidth.take(chunk.length, signal).catch((reason: unknown) => {
        throw abortedError(context.request, { reason });
      });
    }
    const room = part.write(chunk);
    if (room !== undefined) await room;
    releaseChunk(chunk);
    progress.update(part.bytes, transfer.totalBytes);
  }
  await recorded;
  if (verdict.end === undefined) transfer.totalBytes = part.bytes;
  else if (part.bytes < verdict.end || part.bytes === startedAt) {
    if (part.bytes === verdict.end && verdict.end === transfer.totalBytes) return;
    throw failure(context, "transport", "answer-truncated", "fewer bytes came than were announced", answer, true);
  }
}

/** What a status means for a link that was handed out for a time. */
const linkCodes: Record<number, string> = {
  400: "link-refused",
  401: "link-refused",
  403: "link-expired",
  404: "link-not-found",
  410: "link-expired",
};

async function linkRefused(context: Context, answer: OpenAnswer): Promise<ApiError> {
  const { http, request, options } = context;
  return refusalError(await readRefusal(answer), {
    request: { ...answer.request, operation: request.operation },
    now: (http.clock ?? systemClock).now(),
    secrets: secretsOf(options),
    translate: ({ status }) => ({ code: linkCodes[status] }),
  });
}

function failure(
  context: Context,
  kind: "transport" | "unreadable",
  code: string,
  why: string,
  answer?: OpenAnswer,
  retryable = false,
): ApiError {
  return new ApiError({
    kind,
    code,
    message: `${context.operation}: ${URL.parse(context.request.url)?.host ?? "the server"} did not give the file: ${why}.`,
    status: answer?.status,
    requestId: answer === undefined ? undefined : requestIdOf(answer.headers),
    retryable,
    request: answer?.request ?? context.request,
    secrets: secretsOf(context.options),
  });
}

function secretsOf(options: DownloadFileOptions): string[] {
  const sent = Object.entries(options.headers ?? {})
    .filter(([name]) => isSecretName(name))
    .map(([, value]) => value.replace(/^(Bearer|Basic|Token)\s+/i, ""));
  return [...sent, ...(options.secrets ?? [])];
}
