import { createAgents } from "./agents.ts";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import { systemClock } from "./clock.ts";
import { composeBody, composeUrl, parseOrigin, secretsIn } from "./compose-request.ts";
import { acceptedEncodings, decodeBody, decodeStoredGzip, readBody } from "./decode-body.ts";
import { decodeText } from "./decode-text.ts";
import { type DownloadedFile, downloadThrough } from "./download-file.ts";
import type { DownloadFileOptions } from "./download-options.ts";
import { defaultTimeouts, type HttpSettings, type Timeouts } from "./http-settings.ts";
import {
  defaultMaxAnswerBytes,
  type HttpAnswer,
  type JsonAnswer,
  type JsonOperation,
  type Operation,
  type TextAnswer,
} from "./operation.ts";
import { redactUrl } from "./redact.ts";
import { decideRedirect, defaultMaxRedirects, isRedirect } from "./redirect.ts";
import { readRefusal, refusalError } from "./refusal.ts";
import { requestIdOf } from "./request-id.ts";
import { checkShape, parseJson } from "./request-json.ts";
import { headersAcross } from "./same-origin.ts";
import { type OpenAnswer, sendRequest } from "./send-request.ts";
import { withRetries } from "./with-retries.ts";
import { withoutUndefined } from "./without-undefined.ts";

export interface HttpClientSettings {
  /** `https://shop.example`, optionally with a base path; every operation's path lies below it. */
  origin: string;
  /** Sent with every operation to this origin. */
  headers?: Record<string, string> | undefined;
  /** Asked once for each request of operations that say `credentials: true`; sent to this origin only. */
  credentialHeaders?: (() => Promise<Record<string, string>> | Record<string, string>) | undefined;
  /**
   * Values that no error of this client may show, whatever the far side repeats of them: keys, passwords, tokens. Asked
   * anew for each request, since tokens change. What a request itself sends under a secret-looking name is known anyway.
   */
  secrets?: (() => readonly string[]) | undefined;
  http?: HttpSettings | undefined;
  /** Default 5. */
  maxRedirects?: number | undefined;
  /** Plain http is refused except for loopback unless this is true. */
  allowPlainHttp?: boolean | undefined;
}

/** A client of one origin. Every method throws `ApiError` only, except for what `credentialHeaders` throws. */
export interface HttpClient {
  readonly origin: string;
  /** Sends an operation and reads its answer; any status from 300 that is not a redirect we follow is a refusal. */
  request(operation: Operation): Promise<HttpAnswer>;
  /** The same as text; gzip that no header tells of is undone. */
  requestText(operation: Operation): Promise<TextAnswer>;
  /** The same as JSON of a checked shape. */
  requestJson<T>(operation: JsonOperation<T>): Promise<JsonAnswer<T>>;
  /**
   * As `downloadFile`, with this client's `http` settings and secrets. None of the client's headers are sent. The host of
   * this client's origin, which a person configured, may be private.
   */
  downloadFile(options: Omit<DownloadFileOptions, "http">): Promise<DownloadedFile>;
}

interface Received {
  answer: HttpAnswer;
  request: RedactedRequest;
  secrets: readonly string[];
}

/** Builds a client; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const http = settings.http ?? {};
  const origin = parseOrigin(settings.origin, settings.allowPlainHttp ?? false);
  const timeouts: Timeouts = { ...defaultTimeouts, ...withoutUndefined(http.timeouts ?? {}) };
  const agents = createAgents(http);
  const clock = http.clock ?? systemClock;

  /** Sends one request and follows where it is sent on to. */
  async function sendAndFollow(
    operation: Operation,
    start: { url: URL; headers: Record<string, string>; body: string | Uint8Array | FormData | undefined },
    facts: { signal: AbortSignal | undefined; secrets: readonly string[] },
  ): Promise<OpenAnswer> {
    const visited = [start.url];
    let headers = start.headers;
    for (let url = start.url; ; ) {
      // The origin was configured; wherever else an answer sends us is its choice.
      const publicOnly = url.hostname !== start.url.hostname;
      const answer = await sendRequest(agents, {
        operation: operation.name,
        method: operation.method,
        url,
        headers,
        body: start.body,
        timeouts,
        fresh: operation.repeat !== "repeatable",
        publicOnly,
        ...facts,
      });
      if (!isRedirect(answer.status, answer.headers)) return answer;
      answer.cancel();
      const decision = decideRedirect({
        method: operation.method,
        repeat: operation.repeat,
        location: answer.headers.location ?? "",
        visited,
        maxRedirects: settings.maxRedirects ?? defaultMaxRedirects,
      });
      if ("refuse" in decision) {
        throw new ApiError({
          kind: "refusal",
          code: "redirect-refused",
          message: `${operation.name}: the request was not carried on, because ${decision.refuse}.`,
          status: answer.status,
          requestId: requestIdOf(answer.headers),
          request: answer.request,
          secrets: facts.secrets,
        });
      }
      headers = headersAcross(url, decision.follow, headers);
      url = decision.follow;
      visited.push(url);
    }
  }

  async function attemptOnce(operation: Operation, url: URL, signal: AbortSignal | undefined): Promise<Received> {
    const credentials = operation.credentials === true ? ((await settings.credentialHeaders?.()) ?? {}) : {};
    const body = composeBody(operation);
    const headers = lowerCaseNames({
      "user-agent": http.userAgent ?? "@org/http-core",
      "accept-encoding": acceptedEncodings,
      ...lowerCaseNames(settings.headers ?? {}),
      ...body.headers,
      ...lowerCaseNames(operation.headers ?? {}),
      ...lowerCaseNames(credentials),
    });
    const secrets = [...secretsIn({ headers, credentials, operation, http }), ...(settings.secrets?.() ?? [])];
    const answer = await sendAndFollow(operation, { url, headers, body: body.content }, { signal, secrets });
    const { request } = answer;
    if (answer.status < 200 || answer.status >= 300) {
      const refused = await readRefusal(answer);
      throw refusalError(refused, { request, now: clock.now(), secrets, translate: operation.refusal });
    }
    const maxBytes = operation.maxBytes ?? defaultMaxAnswerBytes;
    const raw = await readBody(answer, maxBytes);
    const bytes = await decodeBody(raw, { encoding: answer.headers["content-encoding"], maxBytes, request });
    return { answer: { status: answer.status, headers: answer.headers, bytes }, request, secrets };
  }

  /** Sends an operation as often as it may be sent, and makes of each accepted answer what `finish` makes of it. */
  async function perform<T>(operation: Operation, finish: (received: Received) => Promise<T>): Promise<T> {
    const url = composeUrl(origin, operation);
    const signals = [http.signal, operation.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    return withRetries({ repeat: operation.repeat, http, signal, operation: operation.name }, async (attempt) => {
      const started = clock.monotonicMs();
      const line = { operation: operation.name, method: operation.method, url: redactUrl(url), attempt };
      try {
        const received = await attemptOnce(operation, url, signal);
        const result = await finish(received);
        const durationMs = Math.round(clock.monotonicMs() - started);
        http.logger?.debug(
          { ...line, status: received.answer.status, bytes: received.answer.bytes.length, durationMs },
          `${operation.name} done`,
        );
        return result;
      } catch (error) {
        const durationMs = Math.round(clock.monotonicMs() - started);
        const code = ApiError.isInstance(error) ? error.code : "unknown";
        http.logger?.debug({ ...line, code, durationMs }, `${operation.name} failed`);
        throw error;
      }
    });
  }

  async function asText(received: Received, maxBytes = defaultMaxAnswerBytes): Promise<TextAnswer> {
    const bytes = await decodeStoredGzip(received.answer.bytes, { maxBytes, request: received.request });
    return { ...received.answer, bytes, text: decodeText(bytes) };
  }

  return {
    origin: origin.href.replace(/\/$/, ""),
    request: (operation) => perform(operation, async (received) => received.answer),
    requestText: (operation) => perform(operation, (received) => asText(received, operation.maxBytes)),
    requestJson: (operation) =>
      perform({ ...operation, headers: { accept: "application/json", ...operation.headers } }, async (received) => {
        const { text, status, headers } = await asText(received, operation.maxBytes);
        const facts = {
          request: received.request,
          status,
          contentType: headers["content-type"],
          requestId: requestIdOf(headers),
          secrets: received.secrets,
        };
        const data = checkShape(parseJson(text, facts), operation.schema, facts);
        return { data, status, headers, raw: text };
      }),
    downloadFile: (options) =>
      downloadThrough(agents, {
        ...options,
        http,
        privateHosts: [...(options.privateHosts ?? []), origin.hostname],
        secrets: [...(options.secrets ?? []), ...(settings.secrets?.() ?? [])],
      }),
  };
}

function lowerCaseNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
