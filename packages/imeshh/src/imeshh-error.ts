import { ApiError, type ApiErrorDetails, type RefusedAnswer } from "@org/http-core";
import { looksLikeHtml, readableText } from "./display-text.ts";
import { isRecord, textOf } from "./php-json.ts";

/** What was asked when the shop refused: the same 403 means different things. */
type Asked = "login" | "account" | "link" | "public" | "enterprise";

/** What a refusal says, whichever of the shop's shapes it came in. */
interface Problem {
  /** `jwt_auth_invalid_token`, `[jwt_auth] incorrect_password`, `rest_forbidden`; empty where there is none. */
  readonly code: string;
  /** For people: no tags, no entities; empty where there is none. */
  readonly message: string;
  /** The body was a page, as firewalls and CDNs send, and not an answer of the API. */
  readonly isPage: boolean;
}

/**
 * Reads a refusal: `{code, message, data}` of WordPress (also wrapped in an array, or with `additional_errors`),
 * `{message}` of the shop itself, or a page.
 */
export function readProblem(answer: RefusedAnswer): Problem {
  const body = Array.isArray(answer.json) ? answer.json[0] : answer.json;
  if (isRecord(body)) {
    const said = [body, ...additionalErrors(body)].map((one) => readableText(textOf(one.message)));
    return {
      code: textOf(body.code).trim(),
      message: [...new Set(said.filter((text) => text !== ""))].join(" "),
      isPage: false,
    };
  }
  const text = typeof answer.json === "string" ? answer.json : answer.json === undefined ? answer.text : "";
  return { code: "", message: readableText(text), isPage: answer.json === undefined && looksLikeHtml(answer.text) };
}

function additionalErrors(body: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(body.additional_errors) ? body.additional_errors.filter(isRecord) : [];
}

/**
 * The shop's own words are "Download limit exceeded for this product" (API document, "Error Handling"); the shop
 * system below it says "you have reached your download limit for this file".
 */
const quotaWords = /download limit/i;

/** True for a text in which the shop says that a product's downloads are used up. */
export function saysQuotaExhausted(text: string): boolean {
  return quotaWords.test(text);
}

/** Codes of the sign-in plugin begin so; those of its login with brackets (providers/imeshh.md §3). */
const signInCode = /^\[?jwt_auth/i;

/** Sign-in refusals that a new token cannot mend: the header was lost on the way, or the server is set up wrongly. */
const unmendable = /^jwt_auth_(?:no_auth_header|bad_config|unsupported_algorithm)$/i;

/**
 * Names a refusal. Status and text both count, because the sign-in plugin answers 403 where the document says 401:
 *
 * - "download limit" in a 4xx: `quota-exhausted`, before anything else, so that no sign-in ever follows it;
 * - 401, or a code of the sign-in plugin: `sign-in-expired`, or `sign-in-failed` where a new token would not help;
 * - any refusal of the login itself: `sign-in-failed`;
 * - a 403 that is a page and no answer of the API: `access-blocked`, a firewall's;
 * - every other 403: `entitlement-missing`;
 * - 404 for a link: `product-not-found`; for a route that is not there: `route-not-found`.
 *
 * `undefined` leaves the name to http-core.
 */
export function decideRefusalCode(status: number, problem: Problem, asked: Asked): string | undefined {
  if (status >= 500 || status === 408 || status === 429) return undefined;
  if (problem.code === "rest_no_route") return "route-not-found";
  if (asked === "login") return "sign-in-failed";
  if (asked === "enterprise") return decideEnterpriseCode(status, problem);
  if (saysQuotaExhausted(problem.message)) return "quota-exhausted";
  if (signInCode.test(problem.code)) return unmendable.test(problem.code) ? "sign-in-failed" : "sign-in-expired";
  if (asked === "public") return undefined;
  if (status === 401) return "sign-in-expired";
  if (status === 403) return problem.isPage ? "access-blocked" : "entitlement-missing";
  if (status === 404 && asked === "link") return "product-not-found";
  return undefined;
}

/** The worker knows one key and no accounts. Its document names 401, 404 and 500 only. */
function decideEnterpriseCode(status: number, problem: Problem): string | undefined {
  if (status === 401 || status === 403) return problem.isPage ? "access-blocked" : "sign-in-failed";
  return status === 404 ? "file-not-found" : undefined;
}

const advice: Record<string, string> = {
  "quota-exhausted": "The shop grants each product a limited number of downloads.",
  "sign-in-expired": "The token is no longer accepted; sign in again.",
  "access-blocked": "A firewall answered instead of the shop; try again later or from another network.",
  "entitlement-missing": "Check the subscription in the shop.",
  "product-not-found": "The shop may have withdrawn it.",
  "route-not-found": "The shop's API has changed, or an origin in the settings is wrong.",
};

const speakers: Record<Asked, string> = {
  login: "The shop",
  account: "The shop",
  link: "The shop",
  public: "iMeshh",
  enterprise: "The Enterprise worker",
};

/** Makes the `refusal` of an operation. `subject` ends "The shop refused …". http-core scrubs what was sent from the message. */
export function refusalOf(asked: Asked, subject: string) {
  return (answer: RefusedAnswer): Partial<ApiErrorDetails> => {
    const problem = readProblem(answer);
    const code = decideRefusalCode(answer.status, problem, asked);
    const said = joined([
      problem.message === "" ? "" : `“${problem.message}”`,
      problem.code === "" ? "" : `(${problem.code})`,
    ]);
    const did = answer.status >= 500 ? "failed at" : "refused";
    const sentence = `${speakers[asked]} ${did} ${subject} with status ${answer.status}${said === "" ? "" : `: ${said}`}.`;
    return {
      ...(code === undefined ? {} : { code, retryable: false }),
      message: joined([sentence, code === undefined ? "" : adviceFor(code, problem, asked)]),
    };
  };
}

function adviceFor(code: string, problem: Problem, asked: Asked): string {
  if (code !== "sign-in-failed") return advice[code] ?? "";
  if (asked === "enterprise") return "Check the secret key.";
  if (/no_auth_header/.test(problem.code)) {
    return "The Authorization header was sent but did not arrive: a proxy or the shop's server drops it.";
  }
  if (unmendable.test(problem.code)) return "The shop's sign-in is set up wrongly; only its owner can mend that.";
  return "Accounts made with Google or Facebook need a password of their own first.";
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

/** The operation that spends; `spendOutcome` knows it by this name. */
export const requestLinkOperation = "iMeshh requestLink";

/**
 * Whether a failed `requestLink` may have used up one of the product's downloads.
 *
 * `not-spent`: the shop refused it (4xx), it never left this machine, or it was not `requestLink` itself that failed
 * but the sign-in before it. `unknown`: everything else, also what is no `ApiError`; count it as spent.
 */
export function spendOutcome(error: unknown): "not-spent" | "unknown" {
  if (!ApiError.isInstance(error)) return "unknown";
  if (error.neverSent) return "not-spent";
  if (error.request.operation !== "" && error.request.operation !== requestLinkOperation) return "not-spent";
  // 408 and 499 are said by proxies that did not wait for the shop's answer.
  const refused = error.kind === "refusal" && error.status !== undefined && error.status >= 400 && error.status < 500;
  return refused && error.status !== 408 && error.status !== 499 ? "not-spent" : "unknown";
}

/** A failure before anything was sent. */
export function notSentError(details: { code: string; message: string; operation: string }): ApiError {
  return new ApiError({
    kind: "refusal",
    code: details.code,
    message: details.message,
    neverSent: true,
    request: { operation: details.operation, method: "", url: "" },
  });
}

/** The same refusal under a name of ours, with a sentence more. */
export function renamed(error: ApiError, to: { code: string; advice: string }): ApiError {
  return new ApiError({
    kind: error.kind,
    code: to.code,
    message: `${error.message} ${to.advice}`,
    status: error.status,
    requestId: error.requestId,
    request: error.request,
  });
}
