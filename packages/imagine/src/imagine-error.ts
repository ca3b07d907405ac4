import { ApiError, type ApiErrorDetails, type RefusedAnswer } from "@org/http-core";
import { type Problem, readProblem } from "./imagine-problem.ts";

/** What was asked when the service refused: the same 404 means different things. */
export type Asked = "product" | "render" | "zapier";

/**
 * Names a refusal.
 *
 * - 401: `sign-in-failed`, the key or the domain; a 403 that is a page: `access-blocked`; every other 403:
 *   `entitlement-missing`, a scope or the domain;
 * - 402, or a 403 or 429 that tells of no credits left: `quota-exhausted`; every other 429: `limit-reached`, of which the
 *   document does not say whether it passes;
 * - 404: `product-not-found`, `render-not-found`, for a page of a list `page-not-found`, for a web page
 *   `route-not-found`;
 * - "already exists" in a 400: `sku-taken`, `gtin-taken`; "valid extension": `model-type-unsupported`; every other 4xx
 *   that judges the request: `request-refused`.
 *
 * `undefined` leaves the name to http-core.
 */
export function decideRefusalCode(status: number, problem: Problem, asked: Asked): string | undefined {
  if (status >= 500 || status === 408) return undefined;
  if (problem.isPage && status === 403) return "access-blocked";
  if (problem.isPage && (status === 404 || status === 405)) return "route-not-found";
  if (status === 401) return "sign-in-failed";
  if (status === 402) return "quota-exhausted";
  if (status === 403 || status === 429) {
    if (problem.creditsLeft === 0) return "quota-exhausted";
    return status === 429 ? "limit-reached" : "entitlement-missing";
  }
  const said = [problem.message, ...Object.values(problem.fieldErrors).flat()].join(" ");
  if (status === 404) {
    if (/invalid page/i.test(said)) return "page-not-found";
    return asked === "zapier" ? "route-not-found" : `${asked}-not-found`;
  }
  if (/sku[ _]?id already exists/i.test(said)) return "sku-taken";
  if (/gtin already exists/i.test(said)) return "gtin-taken";
  if (/valid extension/i.test(said)) return "model-type-unsupported";
  return status >= 400 && status < 500 ? "request-refused" : undefined;
}

const advice: Record<string, string> = {
  "sign-in-failed": "Check the API key, and that the domain in the settings (sent as Origin) is registered for it.",
  "entitlement-missing":
    "Give the key the scope it needs, or add the domain in the settings (sent as Origin) to its allowed domains.",
  "access-blocked": "A firewall answered instead of Imagine; try again later or from another network.",
  "quota-exhausted": "The account has no API credits left.",
  "limit-reached": "The account's request limit is reached, or its credits are used up: stop asking, and look at both.",
  "product-not-found": "Check the product's identifier.",
  "render-not-found": "Check the render's number.",
  "route-not-found": "Imagine's API has changed, or the base URL in the settings is wrong.",
  "sku-taken": "If an earlier answer was lost, this product may be your own: look it up with getProduct.",
  "gtin-taken": "If an earlier answer was lost, this product may be your own: look it up with getProduct.",
};

/** Makes the `refusal` of an operation. `subject` ends "Imagine refused …". */
export function refusalOf(facts: {
  asked: Asked;
  subject: string;
  /** Keys, without their scheme: the service may repeat them. */
  secrets: readonly string[];
  onProblem?: (problem: Problem) => void;
}) {
  return (answer: RefusedAnswer): Partial<ApiErrorDetails> => {
    const problem = readProblem(answer, facts.secrets);
    facts.onProblem?.(problem);
    const code = decideRefusalCode(answer.status, problem, facts.asked);
    const did = answer.status >= 500 ? "failed at" : "refused";
    // Each further request may cost a credit, so "later" must be said by the service itself.
    const isLater = code === "limit-reached" && answer.headers["retry-after"] !== undefined;
    return {
      ...(code === undefined ? {} : { code, retryable: isLater }),
      message: sentenceOf(`Imagine ${did} ${facts.subject} with status ${answer.status}`, problem, code),
      ...fieldErrorsOf(problem),
      secrets: facts.secrets,
    };
  };
}

/** The error for an accepted answer that says no inside. */
export function refusalInside(
  answer: { data: unknown; status: number },
  facts: {
    asked: Asked;
    subject: string;
    request: { operation: string; method: string; url: string };
    secrets: readonly string[];
  },
): ApiError {
  const problem = readProblem({ text: "", json: answer.data }, facts.secrets);
  const code = decideRefusalCode(400, problem, facts.asked) ?? "request-refused";
  const named = /invalid api key/i.test(problem.message) ? "sign-in-failed" : code;
  return new ApiError({
    kind: "refusal",
    code: named,
    message: sentenceOf(
      `Imagine refused ${facts.subject} inside an answer with status ${answer.status}`,
      problem,
      named,
    ),
    status: answer.status,
    request: facts.request,
    ...fieldErrorsOf(problem),
    secrets: facts.secrets,
  });
}

function fieldErrorsOf({ fieldErrors }: Problem): { fieldErrors?: Record<string, string[]> } {
  return Object.keys(fieldErrors).length === 0 ? {} : { fieldErrors };
}

function sentenceOf(what: string, problem: Problem, code: string | undefined): string {
  const fields = Object.entries(problem.fieldErrors)
    .slice(0, 5)
    .map(([field, texts]) => `${field}: ${texts.join(" ")}`);
  const said = [problem.message, ...fields].filter((text) => text !== "").join("; ");
  const sentence = `${what}${said === "" ? "" : `: “${said}”`}.`;
  const further = code === undefined ? undefined : advice[code];
  return further === undefined ? sentence : `${sentence} ${further}`;
}

/** A failure before anything was sent. */
export function notSentError(details: {
  code: string;
  message: string;
  operation: string;
  fieldErrors?: Record<string, string[]> | undefined;
  cause?: unknown;
}): ApiError {
  const { operation, ...told } = details;
  return new ApiError({ kind: "refusal", ...told, neverSent: true, request: { operation, method: "", url: "" } });
}

/** The failure of an argument; `argument` names it, `why` ends "… must …". */
export function argumentInvalid(operation: string, argument: string, why: string): ApiError {
  return notSentError({
    code: "argument-invalid",
    message: `Nothing was sent to Imagine: ${argument} must ${why}.`,
    operation,
    fieldErrors: { [argument]: [`must ${why}`] },
  });
}

/** The same failure with other words; what is secret is removed from it. */
export function remade(
  error: ApiError,
  changes: Partial<Pick<ApiErrorDetails, "code" | "message" | "kind" | "retryable" | "fieldErrors" | "secrets">> = {},
): ApiError {
  return new ApiError({
    kind: error.kind,
    code: error.code,
    message: error.message,
    status: error.status,
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs,
    requestId: error.requestId,
    request: error.request,
    neverSent: error.neverSent,
    fieldErrors: error.fieldErrors,
    cause: error.cause,
    ...changes,
  });
}
