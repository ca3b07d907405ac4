import { ApiError, type RedactedRequest } from "@org/http-core/policy";
import type { CredentialKind } from "./credential.ts";

/** What a refusal says: `{ errorCode, message }`, a page, or nothing. */
export interface Problem {
  /** The service's own number; its catalogue is not known. */
  readonly errorCode: number | undefined;
  readonly message: string;
  /** The body was a web page, as firewalls and gateways send, and no answer of the API. */
  readonly isPage: boolean;
}

/** Reads a refusal. Never throws. */
export function readProblem(text: string): Problem {
  const body = parseJson(text);
  if (isRecord(body)) {
    const inner = isRecord(body.error) ? body.error : body;
    const code = Number(inner.errorCode ?? Number.NaN);
    const said = [inner.message, body.message, body.error].find((one) => typeof one === "string");
    return {
      errorCode: Number.isFinite(code) ? code : undefined,
      message: typeof said === "string" ? readable(said) : "",
      isPage: false,
    };
  }
  const isPage = looksLikePage(text);
  return { errorCode: undefined, message: readable(typeof body === "string" ? body : text), isPage };
}

/** An error that came with a success status; only the whole shape of one counts, since answers may have a `message`. */
export function readHiddenProblem(value: unknown): Problem | undefined {
  if (!isRecord(value)) return undefined;
  const { errorCode, message } = value;
  if (typeof errorCode !== "number" || errorCode === 0 || typeof message !== "string") return undefined;
  return { errorCode, message: readable(message), isPage: false };
}

/**
 * Names a refusal:
 *
 * - 401: `credential-refused`, the key or token is wrong or has ended;
 * - 403 that is a web page: `access-blocked`, a firewall's; every other: `access-denied`;
 * - 404: `not-found`; that what is asked for is new may be the reason, see `afterCreate`;
 * - 409: `conflict`; 413: `upload-too-large`; 429: `rate-limited`;
 * - `undefined` leaves `http-STATUS`.
 */
export function decideRefusalCode(status: number, problem: Problem): string | undefined {
  switch (status) {
    case 401:
      return "credential-refused";
    case 403:
      return problem.isPage ? "access-blocked" : "access-denied";
    case 404:
      return problem.isPage ? "route-not-found" : "not-found";
    case 409:
      return "conflict";
    case 413:
      return "upload-too-large";
    case 429:
      return "rate-limited";
    default:
      return undefined;
  }
}

const credentialNames: Record<CredentialKind, string> = {
  apiKey: "an API key",
  userToken: "a user token",
  guestToken: "a guest token",
};

/** Operations whose page in the reference names the API key alone (providers/3dverse.md §c). */
const apiKeyOnly = new Set(["listUsers", "registerUser", "getUser", "updateUser"]);

function adviceFor(code: string | undefined, operation: string, kind: CredentialKind): string {
  if (kind !== "apiKey" && apiKeyOnly.has(operation) && /^(credential-refused|access-denied)$/.test(code ?? "")) {
    return `The reference allows ${operation} with an API key only, and ${credentialNames[kind]} was sent.`;
  }
  switch (code) {
    case "credential-refused":
      return `${capital(credentialNames[kind])} was sent; check it, tokens end.`;
    case "access-denied":
      return `${capital(credentialNames[kind])} was sent; its scope and its user's access to the folder both count.`;
    case "access-blocked":
      return "A firewall answered instead of 3dverse; try again later or from another network.";
    case "not-found":
      return "Check the id. What was created a moment ago may need a moment: ask with afterCreate.";
    case "route-not-found":
      return "The API has changed, or baseUrl is wrong.";
    default:
      return "";
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Makes the error for a refusal; values that were sent as credentials are scrubbed by `ApiError`. */
export function refusalError(facts: {
  operation: string;
  status: number;
  problem: Problem;
  kind: CredentialKind;
  request: RedactedRequest;
  secrets: readonly string[];
  retryable: boolean;
  retryAfterMs: number | undefined;
  requestId: string | undefined;
}): ApiError {
  const { operation, status, problem, request } = facts;
  const code = status < 300 ? "answer-holds-error" : decideRefusalCode(status, problem);
  const did = status >= 500 ? "failed at" : "refused";
  const said = problem.message === "" ? "" : `: “${problem.message}”`;
  const number = problem.errorCode === undefined ? "" : ` (errorCode ${problem.errorCode})`;
  const sentence = `3dverse ${did} ${operation} with status ${status}${said}${number}.`;
  return new ApiError({
    kind: "refusal",
    code: code ?? `http-${status}`,
    message: [sentence, adviceFor(code, operation, facts.kind)].filter((part) => part !== "").join(" "),
    status,
    retryable: facts.retryable,
    retryAfterMs: facts.retryAfterMs,
    requestId: facts.requestId,
    request,
    secrets: facts.secrets,
    ...(problem.errorCode === undefined ? {} : { fieldErrors: { errorCode: [String(problem.errorCode)] } }),
  });
}

/** The service's own `errorCode` of a refusal, where it told one. */
export function serviceErrorCode(error: unknown): number | undefined {
  const told = ApiError.isInstance(error) ? error.fieldErrors?.errorCode?.[0] : undefined;
  return told === undefined ? undefined : Number(told);
}

/** A failure before anything was sent, with a sentence that says what to give instead. */
export function argumentInvalid(operation: string, why: string): ApiError {
  return notSent(operation, "argument-invalid", `${operation} was not sent: ${why}.`);
}

/** A failure before anything was sent. */
export function notSent(operation: string, code: string, message: string, cause?: unknown): ApiError {
  return new ApiError({
    kind: "refusal",
    code,
    message,
    neverSent: true,
    request: { operation: `3dverse ${operation}`, method: "", url: "" },
    cause,
  });
}

export function looksLikePage(text: string): boolean {
  return /^\s*<(!doctype\s+html|html|head|body)\b/i.test(text.slice(0, 1_000));
}

/** The first words of a text without markup. */
function readable(text: string): string {
  const plain = text
    .slice(0, 20_000)
    .replace(/<(script|style)\b[^>]*>[\s\S]*?(<\/\1>|$)/gi, " ")
    .replace(/<[a-z!/][^>]*>/gi, " ")
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim();
  return plain.length <= 200 ? plain : `${plain.slice(0, 200).trimEnd()} …`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // most pages and empty bodies are none; the caller reads the text
  }
}
