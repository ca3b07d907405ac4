import { ApiError, type HttpClient, type Query } from "@org/http-core";
import { z } from "zod";
import type { Credits } from "./credits.ts";
import { type Asked, refusalInside, refusalOf, remade } from "./imagine-error.ts";
import { isRefusalInside } from "./imagine-problem.ts";
import { countOf, isRecord } from "./json-values.ts";
import type { Access, Keys } from "./keys.ts";
import { composeMultipart } from "./multipart.ts";

/** What every call of the API needs. */
export interface ImagineApi {
  readonly http: HttpClient;
  readonly keys: Keys;
  readonly credits: Credits;
}

/** One call. At most one of `json` and `fields`. */
export interface ApiCall<T> {
  /** `Imagine getProduct`. */
  readonly operation: string;
  readonly access: Access;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  readonly json?: unknown;
  /** Sent as `multipart/form-data`; `undefined` leaves a field out. */
  readonly fields?: Record<string, string | undefined>;
  /** What the answer must be. */
  readonly schema: z.ZodType<T>;
  readonly asked?: Asked;
  /** Ends "Imagine refused …". */
  readonly subject: string;
  readonly signal: AbortSignal | undefined;
  /** One look of a poll: the poll itself looks again, later. */
  readonly isLook?: boolean;
  /** What an empty answer stands for; without it an empty answer is an error. */
  readonly emptyAnswer?: unknown;
}

/** What every answer carries besides its content. */
export interface WithCredits {
  /** Credits of the account as this answer tells; `null` where it does not. */
  readonly creditsLeft: number | null;
}

/**
 * Sends one call with the key that its operation needs, to the configured base URL only, and reads the answer. Reading is
 * repeated on trouble (each repetition may cost a credit), writing never unless it provably did not leave this machine:
 * Imagine knows no idempotency key.
 */
export async function callApi<T>(api: ImagineApi, call: ApiCall<T>): Promise<{ data: T } & WithCredits> {
  const { http, keys, credits } = api;
  const { operation, method, path, subject, asked = "product" } = call;
  const request = { operation, method, url: http.origin + path };
  const secrets = keys.secrets();
  const { body, headers } = composeFields(call.fields);
  let text: string;
  let status: number;
  try {
    const answer = await http.requestText({
      name: operation,
      method,
      path,
      query: call.query,
      json: call.json,
      body,
      headers: { accept: "application/json", ...headers, ...keys.headersFor(call.access, operation) },
      repeat: call.access === "read" && call.isLook !== true ? "repeatable" : "once",
      signal: call.signal,
      refusal: refusalOf({ asked, subject, secrets, onProblem: (problem) => credits.note(problem.creditsLeft) }),
    });
    text = answer.text;
    status = answer.status;
  } catch (error) {
    // http-core knows the header with its scheme; the bare key could come back in other places.
    throw ApiError.isInstance(error) ? remade(error, { secrets }) : error;
  }
  const facts = { asked, subject, request, secrets };
  const json = readJson(text, { ...facts, status, emptyAnswer: call.emptyAnswer });
  const creditsLeft = isRecord(json) ? countOf(json.api_hits_available) : null;
  credits.note(creditsLeft);
  if (isRefusalInside(json)) throw refusalInside({ data: json, status }, facts);
  const checked = call.schema.safeParse(json);
  if (checked.success) return { data: checked.data, creditsLeft };
  throw unexpectedShape(checked.error, { ...facts, status });
}

function composeFields(fields: Record<string, string | undefined> | undefined) {
  if (fields === undefined) return { body: undefined, headers: {} };
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const form = composeMultipart({ fields: given });
  return { body: form.head, headers: form.headers };
}

function readJson(
  text: string,
  facts: {
    request: { operation: string; method: string; url: string };
    status: number;
    secrets: readonly string[];
    emptyAnswer: unknown;
  },
): unknown {
  if (text.trim() === "" && facts.emptyAnswer !== undefined) return facts.emptyAnswer;
  try {
    return JSON.parse(text);
  } catch {
    const what =
      text.trim() === ""
        ? "an empty answer"
        : text.trimStart().startsWith("<")
          ? "a page"
          : "something that is not JSON, or was cut short,";
    throw new ApiError({
      kind: "unreadable",
      code: "not-json",
      message: `${facts.request.operation}: Imagine sent ${what} instead of JSON. Check the base URL; if it wrote, look before you repeat it.`,
      status: facts.status,
      request: facts.request,
      secrets: facts.secrets,
    });
  }
}

function unexpectedShape(
  error: z.ZodError,
  facts: {
    request: { operation: string; method: string; url: string };
    status: number;
    secrets: readonly string[];
  },
): ApiError {
  const fieldErrors = new Map<string, string[]>();
  for (const issue of error.issues.slice(0, 20)) {
    const field = z.core.toDotPath(issue.path);
    fieldErrors.set(field, [...(fieldErrors.get(field) ?? []), issue.message]);
  }
  const [field = ""] = fieldErrors.keys();
  return new ApiError({
    kind: "unexpected-shape",
    code: "answer-unexpected-shape",
    message: `${facts.request.operation}: the answer of Imagine has another shape than documented${field === "" ? "" : ` at ${field}`}.`,
    status: facts.status,
    request: facts.request,
    fieldErrors: Object.fromEntries(fieldErrors),
    secrets: facts.secrets,
  });
}
