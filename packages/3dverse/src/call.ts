import {
  ApiError,
  decideRedirect,
  defaultMaxRedirects,
  headersAcross,
  isRedirect,
  isRetryableStatus,
  isSameOrigin,
  parseRetryAfter,
  type Repeat,
  redactUrl,
  requestIdOf,
} from "@org/http-core/policy";
import type { ZodMiniType } from "zod/mini";
import { looksLikePage, readHiddenProblem, readProblem, refusalError } from "./3dverse-error.ts";
import { checkShape, parseAnswer, parseLoosely, textOf } from "./check-answer.ts";
import { composePath, composeQuery, type QueryValue } from "./compose-call.ts";
import type { Connection, ConnectionParts } from "./connection.ts";
import { exchange, type OpenAnswer } from "./transport/exchange.ts";
import { acceptedEncodings, readBytes, unreadable } from "./transport/read-answer.ts";
import type { RequestBody } from "./transport/request-body.ts";
import { bodyHeaders } from "./transport/send-body.ts";
import { type AfterCreate, withRetries } from "./transport/with-retries.ts";

/** What every call accepts besides its own parameters. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /**
   * Repeats a 403 or 404 for a while, for what was created or granted a moment ago. `true` is 15 s. Off unless asked:
   * otherwise every wrong id would wait.
   */
  afterCreate?: AfterCreate | undefined;
}

/** @internal One operation as it is sent. */
export interface Call {
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/folders/{folder_id}`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON; fields that are `undefined` are left out. */
  readonly json?: unknown;
  readonly body?: RequestBody;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every answer but the binary ones is read into memory up to here: http-core's bound. */
const maxAnswerBytes = 20_000_000;
/** A refusal is a sentence; what is longer is not read. */
const maxRefusalBytes = 1_000_000;

/** @internal Sends a call and checks its JSON answer. GETs are repeated on trouble, everything else only if it never left. */
export async function callJson<T>(
  connection: Connection,
  call: Call,
  schema: ZodMiniType<T>,
  options: CallOptions = {},
): Promise<T> {
  return (await callJsonWithHeaders(connection, call, schema, options)).data;
}

/** @internal The same, with the answer's headers, where some lists carry their total. */
export function callJsonWithHeaders<T>(
  connection: Connection,
  call: Call,
  schema: ZodMiniType<T>,
  options: CallOptions = {},
): Promise<{ data: T; headers: Readonly<Record<string, string>> }> {
  return perform(connection, call, options, async (answer) => {
    const text = textOf(await readBytes(answer, maxAnswerBytes));
    const value = parseAnswer(answer, text);
    refuseHiddenProblem(connection, call, answer, value);
    return { data: checkShape(answer, value, schema), headers: answer.headers };
  });
}

/** @internal Sends a call whose answer tells nothing but "done"; an error or a web page in it is a failure all the same. */
export function callNothing(connection: Connection, call: Call, options: CallOptions = {}): Promise<void> {
  return perform(connection, call, options, async (answer) => {
    const text = textOf(await readBytes(answer, maxAnswerBytes));
    if (looksLikePage(text)) throw unreadable(answer, "not-json", "is a web page, not one of 3dverse");
    if (/^\s*\{/.test(text)) refuseHiddenProblem(connection, call, answer, parseLoosely(text));
  });
}

/** @internal Sends a call whose answer is text. */
export function callText(connection: Connection, call: Call, options: CallOptions = {}): Promise<string> {
  return perform(connection, call, options, async (answer) => {
    const text = textOf(await readBytes(answer, maxAnswerBytes));
    if (looksLikePage(text)) throw unreadable(answer, "not-text", "is a web page, not one of 3dverse");
    if (/^\s*\{/.test(text)) refuseHiddenProblem(connection, call, answer, parseLoosely(text));
    return text;
  });
}

/** @internal Sends a call as often as it may be sent, and makes of each accepted answer what `finish` makes of it. */
export async function perform<T>(
  connection: Connection,
  call: Call,
  options: CallOptions,
  finish: (answer: OpenAnswer) => Promise<T>,
): Promise<T> {
  const parts = connection.parts();
  const { http } = parts;
  const operation = `3dverse ${call.operation}`;
  const base = parts.base.href.replace(/\/$/, "");
  const url = new URL(
    base +
      composePath(call.operation, call.path, call.parameters ?? {}) +
      composeQuery(call.operation, call.query ?? {}),
  );
  const signals = [http.signal, options.signal].filter((one) => one !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  const repeat = repeatOf(call);
  return withRetries({ operation, repeat, http, signal, afterCreate: options.afterCreate }, async (attempt) => {
    const started = performance.now();
    const line = { operation, method: call.method, url: redactUrl(url), attempt };
    try {
      const answer = await sendAndFollow(parts, call, { operation, url, signal });
      if (answer.status < 200 || answer.status >= 300) throw await refusalOf(parts, call, answer);
      const result = await finish(answer);
      const durationMs = Math.round(performance.now() - started);
      http.logger?.debug({ ...line, status: answer.status, durationMs }, `${operation} done`);
      return result;
    } catch (error) {
      const code = ApiError.isInstance(error) ? error.code : "unknown";
      const durationMs = Math.round(performance.now() - started);
      http.logger?.debug({ ...line, code, durationMs }, `${operation} failed`);
      throw error;
    }
  });
}

/** Nothing here costs the user money; whatever is no reading may create or delete a second time. */
function repeatOf(call: Call): Exclude<Repeat, "spends"> {
  return call.method === "GET" ? "repeatable" : "once";
}

async function sendAndFollow(
  parts: ConnectionParts,
  call: Call,
  facts: { operation: string; url: URL; signal: AbortSignal | undefined },
): Promise<OpenAnswer> {
  const { credential, http } = parts;
  const json = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json));
  const body = call.body ?? json;
  const visited = [facts.url];
  let headers: Record<string, string> = {
    "user-agent": http.userAgent ?? "@org/3dverse",
    accept: "application/json",
    "accept-encoding": acceptedEncodings,
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    ...bodyHeaders(body, call.method),
    ...call.headers,
    [credential.name]: credential.value,
  };
  for (let url = facts.url; ; ) {
    const answer = await exchange(parts.agents, {
      operation: facts.operation,
      method: call.method,
      url,
      headers,
      body,
      timeouts: parts.timeouts,
      fresh: call.method !== "GET",
      signal: facts.signal,
      // A far side that echoes the request must not put the credential into an error.
      secrets: [credential.value],
    });
    if (answer.status === 417 && headers.expect !== undefined && !answer.bodyBegan) {
      // Somebody on the way does not know the question; it is asked without (RFC 9110 §10.1.1), nothing was taken yet.
      answer.cancel();
      const { expect: _, ...unasked } = headers;
      headers = unasked;
      continue;
    }
    if (!isRedirect(answer.status, answer.headers)) return answer;
    answer.cancel();
    const decision = decideRedirect({
      method: call.method,
      repeat: repeatOf(call),
      location: answer.headers.location ?? "",
      visited,
      maxRedirects: defaultMaxRedirects,
    });
    if ("refuse" in decision) {
      throw new ApiError({
        kind: "refusal",
        code: "redirect-refused",
        message: `${facts.operation}: the request was not carried on, because ${decision.refuse}.`,
        status: answer.status,
        request: answer.request,
        secrets: answer.secrets,
      });
    }
    // Once away from home, always away: what was dropped is not restored on the way back.
    headers = headersAcross(url, decision.follow, headers);
    url = decision.follow;
    visited.push(url);
  }
}

async function refusalOf(parts: ConnectionParts, call: Call, answer: OpenAnswer): Promise<ApiError> {
  const { status, headers } = answer;
  let text = "";
  try {
    text = textOf(await readBytes(answer, maxRefusalBytes));
  } catch (error) {
    // One that cannot be read is still a refusal, only without words.
    if (ApiError.isInstance(error) && error.kind === "aborted") throw error;
  }
  const isHome = isSameOrigin(answer.request.url, parts.base);
  const problem = readProblem(text);
  return refusalError({
    ...told(answer),
    operation: call.operation,
    kind: parts.credential.kind,
    status,
    // Another host's words are not 3dverse's.
    problem: isHome ? problem : { ...problem, errorCode: undefined },
    retryable: isRetryableStatus(status),
    retryAfterMs: parseRetryAfter(headers["retry-after"], (parts.http.clock ?? Date).now()),
  });
}

/** @internal Throws when a success status carries an error. */
export function refuseHiddenProblem(connection: Connection, call: Call, answer: OpenAnswer, value: unknown): void {
  const problem = readHiddenProblem(value);
  if (problem === undefined) return;
  const { credentialKind: kind } = connection;
  throw refusalError({
    ...told(answer),
    operation: call.operation,
    kind,
    status: answer.status,
    problem,
    retryable: false,
    retryAfterMs: undefined,
  });
}

function told(answer: OpenAnswer) {
  const { request, secrets, headers } = answer;
  return { request, secrets, requestId: requestIdOf(headers) };
}
