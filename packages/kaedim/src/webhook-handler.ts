import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "@org/http-core";
import type { KaedimRequest } from "./requests.schema.ts";
import type { FetchRequestOptions } from "./requests.ts";
import { readNodeBody, readWebBody } from "./webhook-body.ts";
import { type ConfirmedWebhook, createConfirmations } from "./webhook-confirmations.ts";
import { type KaedimWebhook, parseWebhook } from "./webhook-payload.ts";
import { checkSecrets, verifyWebhook, type WebhookRejection } from "./webhook-signature.ts";
import { createMemoryWebhookStore, type WebhookStore } from "./webhook-store.ts";

export interface WebhookHandlerSettings {
  /** The client that confirms what a webhook says. */
  kaedim: { fetchRequest: (options: FetchRequestOptions) => Promise<KaedimRequest> };
  /** The Kaedim Secret of the settings page; several while one is being replaced. */
  secret: string | readonly string[];
  /**
   * Called once for each webhook, after the API has confirmed it. If it throws, the webhook counts as not delivered.
   * Webhooks may come twice, late and out of order: go by `request` and `state`, which are as of now.
   */
  onConfirmed: (confirmed: ConfirmedWebhook) => void | Promise<void>;
  /** A webhook that was taken and could not be confirmed. Kaedim has its answer already, so look at the request later. */
  onFailed?: ((error: unknown, webhook: KaedimWebhook) => void) | undefined;
  /** A request that was turned away: `not-found`, `signature-mismatch`, … */
  onRejected?: ((reason: WebhookRefusal) => void) | undefined;
  /** Whether a request is one of yours; webhooks about others are dropped. Default: whatever the API knows. */
  isExpected?: ((requestId: string) => boolean | Promise<boolean>) | undefined;
  /**
   * The only path that is answered; best one that cannot be guessed (128 random bits or more). Several while one is being
   * replaced. Default: every path.
   */
  path?: string | readonly string[] | undefined;
  /** Default: in memory, 10,000 webhooks. */
  store?: WebhookStore | undefined;
  /** Default 5 minutes; `null` does not look at the time. */
  maxAgeMs?: number | null | undefined;
  /** Confirmations at a time. Default 4. */
  maxAtOnce?: number | undefined;
  /** Webhooks that may wait for confirmation; further ones are answered 503. Default 10,000. */
  maxWaiting?: number | undefined;
  /** Ends confirmations that are under way. */
  signal?: AbortSignal | undefined;
  /** Milliseconds since 1970. Default: the machine's clock. */
  now?: (() => number) | undefined;
}

/** Why a request was turned away. */
export type WebhookRefusal =
  | WebhookRejection
  | "not-found"
  | "method-not-allowed"
  | "body-incomplete"
  | "body-already-read"
  | "body-unreadable"
  | "too-many-waiting";

export interface WebhookHandler {
  /** For `node:http`: `createServer(handler.node)`. Before any body parser, for the signature is over the bytes. */
  node(this: void, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** For everything that speaks fetch: `Request → Response`. */
  fetch(this: void, request: Request, context?: { waitUntil?(work: Promise<unknown>): void }): Promise<Response>;
  /** Resolves once every webhook that was taken is confirmed or given up. For a clean stop. */
  whenIdle(): Promise<void>;
}

const statuses: Record<WebhookRefusal, number> = {
  "not-found": 404,
  "method-not-allowed": 405,
  "body-too-large": 413,
  "body-incomplete": 400,
  "body-already-read": 500,
  "body-unreadable": 400,
  "signature-missing": 401,
  "signature-malformed": 401,
  "signature-mismatch": 401,
  "timestamp-malformed": 401,
  "timestamp-too-old": 401,
  "too-many-waiting": 503,
};

/**
 * Makes a receiver of Kaedim's webhooks. Each is verified, answered at once with an empty 200, and then confirmed through
 * `fetchRequest`: nothing that a webhook says is taken for true, and no link of it is ever fetched. Answers carry no words.
 */
export function createWebhookHandler(settings: WebhookHandlerSettings): WebhookHandler {
  const { secret, maxAgeMs, now, onRejected } = settings;
  const paths = settings.path === undefined ? undefined : [settings.path].flat();
  checkSecrets(secret);
  const confirmations = createConfirmations({
    fetchRequest: settings.kaedim.fetchRequest,
    store: settings.store ?? createMemoryWebhookStore(),
    isExpected: settings.isExpected,
    onConfirmed: settings.onConfirmed,
    onFailed: settings.onFailed,
    maxAtOnce: settings.maxAtOnce ?? 4,
    maxWaiting: settings.maxWaiting ?? 10_000,
    signal: settings.signal,
  });

  /** What to refuse before the body is looked at. */
  function judgeHead(method: string, url: string): WebhookRefusal | undefined {
    // Every path is tried, so that the time taken does not tell which one fits.
    const isOurs = paths?.map((path) => isSamePath(pathOf(url), path)).includes(true) ?? true;
    if (!isOurs) return "not-found";
    return method === "POST" ? undefined : "method-not-allowed";
  }

  function judgeBody(signature: VerifiedHeader, body: Uint8Array): WebhookRefusal | undefined {
    const verdict = verifyWebhook({ secret, signature, body, maxAgeMs, now });
    if (!verdict.isValid) return verdict.reason;
    try {
      return confirmations.take(parseWebhook(body)) === "full" ? "too-many-waiting" : undefined;
    } catch (error) {
      if (ApiError.isInstance(error)) return "body-unreadable";
      throw error;
    }
  }

  function statusOf(refusal: WebhookRefusal | undefined): number {
    if (refusal === undefined) return 200;
    try {
      onRejected?.(refusal);
    } catch {
      // The sender is to get its answer whatever the reporter does.
    }
    return statuses[refusal];
  }

  return {
    async node(request, response) {
      let refusal = judgeHead(request.method ?? "", request.url ?? "/");
      if (refusal === undefined) {
        const body = await readNodeBody(request);
        refusal = "refuse" in body ? body.refuse : judgeBody(request.headers["kaedim-signature"], body.bytes);
      }
      const status = statusOf(refusal);
      // The rest of a body that nobody wants must not keep the connection.
      const leftOver = request.complete ? {} : { connection: "close" };
      response.writeHead(status, { "content-length": "0", ...leftOver, ...furtherHeaders(status) }).end();
    },

    async fetch(request, context) {
      let refusal = judgeHead(request.method, request.url);
      if (refusal === undefined) {
        const body = await readWebBody(request);
        refusal = "refuse" in body ? body.refuse : judgeBody(request.headers.get("kaedim-signature"), body.bytes);
      }
      const status = statusOf(refusal);
      if (status === 200) context?.waitUntil?.(confirmations.whenIdle());
      return new Response(null, { status, headers: furtherHeaders(status) });
    },

    whenIdle: () => confirmations.whenIdle(),
  };
}

type VerifiedHeader = string | string[] | null | undefined;

function furtherHeaders(status: number): Record<string, string> {
  if (status === 405) return { allow: "POST" };
  return status === 503 ? { "retry-after": "60" } : {};
}

function pathOf(url: string): string {
  return URL.parse(url, "http://receiver")?.pathname ?? "";
}

/** In constant time, since the path may be the secret. */
function isSamePath(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
