import { createSecretScrubber, redactUrl } from "./redact.ts";

/** Which of the five kinds of failure it was; only `refusal` means the far side understood the question. */
export type ApiErrorKind = "transport" | "refusal" | "unreadable" | "unexpected-shape" | "aborted";

/** A request as it may be printed. */
export interface RedactedRequest {
  /** The operation's name, for instance `iMeshh getStatus`. */
  operation: string;
  method: string;
  /** Origin, path and query, with everything secret replaced. */
  url: string;
}

/** What an `ApiError` is made from. `message` and `cause` are scrubbed on the way in. */
export interface ApiErrorDetails {
  kind: ApiErrorKind;
  /** kebab-case, noun then fault: `connection-refused`. */
  code: string;
  /** One sentence: what, which, and what a person can do. */
  message: string;
  /** The answer's status, where there was an answer. */
  status?: number | undefined;
  /** Trying the same later may help. Default false. */
  retryable?: boolean | undefined;
  /** How long the far side asked to wait. */
  retryAfterMs?: number | undefined;
  /** The far side's own number for this request. */
  requestId?: string | undefined;
  request?: RedactedRequest | undefined;
  /** The request provably did not reach the far side. Default false. */
  neverSent?: boolean | undefined;
  /** What is wrong with which field, by the field's path. */
  fieldErrors?: Record<string, string[]> | undefined;
  /** Kept as a plain error with scrubbed message and code, never as it came. */
  cause?: unknown;
  /** Known secret values to remove from message and cause, besides what looks like one. */
  secrets?: readonly string[] | undefined;
}

const marker = Symbol.for("@org/http-core/ApiError");

/** Nobody reads more of a message, and a scrubber should not have to. */
const longestMessage = 2_000;

/**
 * The one error that these packages throw for anything that went wrong between them and a far side.
 * Whatever goes in, no secret comes out: message, cause, URL and field errors are scrubbed here, before anything can
 * print them.
 */
export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  readonly code: string;
  readonly status?: number;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  readonly request: RedactedRequest;
  readonly neverSent: boolean;
  readonly fieldErrors?: Record<string, string[]>;

  constructor(details: ApiErrorDetails) {
    const scrub = createSecretScrubber(details.secrets);
    super(scrub(shorten(details.message)));
    Object.defineProperty(this, "name", { value: "ApiError", enumerable: false });
    Object.defineProperty(this, marker, { value: true });
    this.kind = details.kind;
    this.code = details.code;
    if (details.status !== undefined) this.status = details.status;
    this.retryable = details.retryable ?? false;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.requestId !== undefined) this.requestId = scrub(details.requestId.slice(0, 200));
    this.request = {
      operation: scrub(details.request?.operation ?? ""),
      method: details.request?.method ?? "",
      url: details.request === undefined ? "" : scrub(redactUrl(details.request.url)),
    };
    this.neverSent = details.neverSent ?? false;
    if (details.fieldErrors !== undefined) {
      this.fieldErrors = Object.fromEntries(
        Object.entries(details.fieldErrors).map(([field, texts]) => [field, texts.map((text) => scrub(shorten(text)))]),
      );
    }
    if (details.cause !== undefined) {
      Object.defineProperty(this, "cause", { value: plainCause(details.cause, scrub), enumerable: false });
    }
  }

  /** Everything worth logging; JSON.stringify would leave the message out. */
  toJSON(): Record<string, unknown> {
    const shown: Record<string, unknown> = { name: this.name, message: this.message };
    return Object.assign(shown, this);
  }

  /** True for an `ApiError` of any copy of this package; `instanceof` fails when two are installed. */
  static isInstance(error: unknown): error is ApiError {
    return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[marker] === true;
  }
}

/** Message and code of a foreign error in a new one: the original may hold the request with its credentials. */
function plainCause(cause: unknown, scrub: (text: string) => string, depth = 0): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const several = cause instanceof AggregateError ? cause.errors.map((one) => String(one?.message ?? one)) : [];
  const plain = new Error(scrub(shorten([message, ...several].filter((text) => text !== "").join("; "))));
  plain.name = cause instanceof Error ? scrub(cause.name) : "Error";
  // Its own stack would only show this function.
  plain.stack = `${plain.name}: ${plain.message}`;
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === "string" || typeof code === "number") Object.assign(plain, { code: scrub(String(code)) });
  if (cause instanceof Error && cause.cause !== undefined && depth < 3) {
    plain.cause = plainCause(cause.cause, scrub, depth + 1);
  }
  return plain;
}

function shorten(text: string): string {
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage)} …`;
}
