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

/** The one error that these packages throw for anything that went wrong between them and a far side. */
export class ApiError extends Error {
  override readonly name = "ApiError";
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
    super(details.message);
    this.kind = details.kind;
    this.code = details.code;
    if (details.status !== undefined) this.status = details.status;
    this.retryable = details.retryable ?? false;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.requestId !== undefined) this.requestId = details.requestId;
    this.request = details.request ?? { operation: "", method: "", url: "" };
    this.neverSent = details.neverSent ?? false;
    if (details.fieldErrors !== undefined) this.fieldErrors = details.fieldErrors;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for an `ApiError` of any copy of this package; `instanceof` fails when two are installed. */
  static isInstance(error: unknown): error is ApiError {
    return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[marker] === true;
  }
}
