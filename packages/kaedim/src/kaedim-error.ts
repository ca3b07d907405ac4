import { ApiError, type ApiErrorDetails, looksLikeHtml, type RefusedAnswer, readableText } from "@org/http-core";
import { isRecord } from "./json-values.ts";

/** What was asked when Kaedim refused: the same 400 means different things. */
type Asked = "refresh" | "hook" | "process" | "read";

/** What a refusal says, whichever shape it came in. */
interface Problem {
  /** For people; empty where there is none. */
  readonly message: string;
  /** `cause` of the document's error shape. */
  readonly cause: string;
  /** Kaedim's number of the request that failed. */
  readonly requestId: string | undefined;
  /** The body was a page, as firewalls and web servers send, and not an answer of the API. */
  readonly isPage: boolean;
}

export const processOperation = "Kaedim process";

/** Reads a refusal: `{status, message, cause?, requestID?}` of the document, a bare text, or a page. */
export function readProblem(answer: Pick<RefusedAnswer, "text" | "json">): Problem {
  const { json } = answer;
  if (isRecord(json)) {
    const said = typeof json.message === "string" ? json.message : json.error;
    return {
      message: typeof said === "string" ? readableText(said) : "",
      cause: typeof json.cause === "string" ? readableText(json.cause) : "",
      requestId: typeof json.requestID === "string" && json.requestID !== "" ? json.requestID : undefined,
      isPage: false,
    };
  }
  const text = typeof json === "string" ? json : json === undefined ? answer.text : "";
  return {
    message: readableText(text),
    cause: "",
    requestId: undefined,
    isPage: json === undefined && looksLikeHtml(answer.text),
  };
}

/** How Kaedim names the token nobody knows; these are the words its document uses for it. */
const tokenWords = /\b(?:jwt|token|authorization|unauthori[sz]ed)\b/i;
const creditWords = /\bcredits?\b/i;
const accountWords = /\b(?:dev ?-?id|api[- ]?key|refresh[- ]?token|user)\b/i;

/**
 * Names a refusal. The document lists 400, 404 and 406 only; 401 is what Kaedim's own plugins react to.
 *
 * - of `refreshJWT`, and of `registerHook` when it speaks of the account: `sign-in-failed`;
 * - 401, or a 403 that speaks of the token: `sign-in-expired`;
 * - 402, or a 4xx that speaks of credits: `quota-exhausted`;
 * - a 403 that is a page: `access-blocked`, a firewall's; every other 403: `entitlement-missing`;
 * - a 404 that is a page: `route-not-found`; another one of a reading call: `request-not-found`;
 * - 406 of `process`: `loq-invalid`; 413: `image-too-large`; 400: `request-refused`.
 *
 * `undefined` leaves the name to http-core.
 */
function decideRefusalCode(status: number, problem: Problem, asked: Asked): string | undefined {
  if (status >= 500 || status === 408 || status === 429) return undefined;
  const said = `${problem.message} ${problem.cause}`;
  if (problem.isPage && status === 403) return "access-blocked";
  if (problem.isPage && (status === 404 || status === 405)) return "route-not-found";
  if (asked === "refresh") return "sign-in-failed";
  if (asked === "hook" && (status !== 400 || accountWords.test(said))) return "sign-in-failed";
  if (status === 402 || creditWords.test(said)) return "quota-exhausted";
  if (status === 401) return "sign-in-expired";
  if (status === 403) return tokenWords.test(said) ? "sign-in-expired" : "entitlement-missing";
  if (status === 404 && asked === "read") return "request-not-found";
  if (status === 406) return "loq-invalid";
  if (status === 413) return "image-too-large";
  return status === 400 || status === 404 || status === 422 ? "request-refused" : undefined;
}

const advice: Record<string, string> = {
  "sign-in-failed":
    "Check devId, API key and refresh token; pressing Copy in Kaedim's settings replaces the value that was there before.",
  "sign-in-expired": "The JWT is no longer accepted; a new one anywhere ends all older ones.",
  "quota-exhausted": "The account has no credits left for this request.",
  "access-blocked": "A firewall answered instead of Kaedim; try again later or from another network.",
  "entitlement-missing":
    "API access is reserved for Enterprise customers; without a webhook only test requests may be sent.",
  "route-not-found": "Kaedim's API has changed, or the origin in the settings is wrong.",
  "request-not-found": "Check the request's id, and whether it belongs to a studio.",
  "loq-invalid": "The level of quality is standard, high or ultra.",
  "image-too-large": "An image may have 5 MB.",
};

/** Makes the `refusal` of an operation. `subject` ends "Kaedim refused …". http-core scrubs what was sent from the message. */
export function refusalOf(asked: Asked, subject: string) {
  return (answer: RefusedAnswer): Partial<ApiErrorDetails> => {
    const problem = readProblem(answer);
    const code = decideRefusalCode(answer.status, problem, asked);
    const did = answer.status >= 500 ? "failed at" : "refused";
    return {
      ...(code === undefined ? {} : { code, retryable: false }),
      ...(problem.requestId === undefined ? {} : { requestId: problem.requestId }),
      message: sentenceOf(`Kaedim ${did} ${subject} with status ${answer.status}`, problem, code),
    };
  };
}

/** Throws where an accepted answer says `"status": "error"` inside. */
export function throwErrorInside(
  answer: { data: unknown; status: number },
  facts: {
    asked: Asked;
    subject: string;
    request: { operation: string; method: string; url: string };
    secrets: readonly string[];
  },
): void {
  const { data, status } = answer;
  if (!isRecord(data) || typeof data.status !== "string" || !/^(?:error|failed|failure)$/i.test(data.status)) return;
  const problem = readProblem({ text: "", json: data });
  const said = `${problem.message} ${problem.cause}`;
  const isAboutToken = tokenWords.test(said) && facts.asked === "read";
  const code =
    facts.asked === "refresh"
      ? "sign-in-failed"
      : creditWords.test(said)
        ? "quota-exhausted"
        : isAboutToken
          ? "sign-in-expired"
          : "request-refused";
  throw new ApiError({
    kind: "refusal",
    code,
    message: sentenceOf(`Kaedim refused ${facts.subject} inside an answer with status ${status}`, problem, code),
    status,
    requestId: problem.requestId,
    request: facts.request,
    secrets: facts.secrets,
  });
}

function sentenceOf(what: string, problem: Problem, code: string | undefined): string {
  const said = [problem.message, problem.cause].filter((text) => text !== "").join(": ");
  const sentence = `${what}${said === "" ? "" : `: “${said}”`}.`;
  const further = code === undefined ? undefined : advice[code];
  return further === undefined ? sentence : `${sentence} ${further}`;
}

/**
 * What a failed `process` means for the account's credits.
 *
 * `not-spent`: Kaedim refused it (4xx), it never left this machine, or it was not `process` itself that failed but the
 * sign-in before it. `unknown`: everything else, also what is no `ApiError`. Then look with `findLostRequest` before
 * asking again.
 */
export function spendOutcome(error: unknown): "not-spent" | "unknown" {
  if (!ApiError.isInstance(error)) return "unknown";
  if (error.neverSent) return "not-spent";
  if (error.request.operation !== "" && error.request.operation !== processOperation) return "not-spent";
  // 408 and 499 are said by proxies that did not wait for Kaedim's answer.
  const refused = error.kind === "refusal" && error.status !== undefined && error.status >= 400 && error.status < 500;
  return refused && error.status !== 408 && error.status !== 499 ? "not-spent" : "unknown";
}

/** A failure before anything was sent. */
export function notSentError(details: {
  code: string;
  message: string;
  operation: string;
  fieldErrors?: Record<string, string[]> | undefined;
  cause?: unknown;
  secrets?: readonly string[] | undefined;
}): ApiError {
  const { operation, ...told } = details;
  return new ApiError({ kind: "refusal", ...told, neverSent: true, request: { operation, method: "", url: "" } });
}

/**
 * The same error without any of `secrets`. http-core removes what the failed request carried; an answer may repeat what
 * earlier ones did.
 */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!ApiError.isInstance(error)) return error;
  const { message, cause, kind, code, status, retryable, retryAfterMs, requestId, request, neverSent, fieldErrors } =
    error;
  const facts = { kind, code, status, retryable, retryAfterMs, requestId, request, neverSent, fieldErrors };
  return new ApiError({ ...facts, message, cause, secrets });
}

/** The same refusal under a name of ours, with a sentence more. */
export function renamed(error: ApiError, to: { code: string; advice: string }): ApiError {
  return new ApiError({
    kind: error.kind,
    code: to.code,
    message: `${error.message} ${to.advice}`,
    status: error.status,
    requestId: error.requestId,
    neverSent: error.neverSent,
    request: error.request,
  });
}
