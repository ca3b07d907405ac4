import { z } from "zod";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import { excerptOf } from "./refusal.ts";

/** Parses JSON, or says what came instead. */
export function parseJson(
  text: string,
  facts: {
    request: RedactedRequest;
    status: number;
    contentType?: string | undefined;
    requestId?: string | undefined;
    secrets: readonly string[];
  },
): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { request } = facts;
    throw new ApiError({
      kind: "unreadable",
      code: "not-json",
      message: `${request.operation}: ${URL.parse(request.url)?.host ?? "the server"} sent ${nameOf(text, facts.contentType)} instead of JSON.`,
      status: facts.status,
      requestId: facts.requestId,
      request,
      // V8's message quotes the text, of which nobody knows what it holds.
      cause: error instanceof SyntaxError ? new SyntaxError("JSON.parse failed") : error,
      secrets: facts.secrets,
    });
  }
}

/** Gives the value its type, or throws what does not fit where. */
export function checkShape<T>(
  value: unknown,
  schema: z.ZodType<T>,
  facts: { request: RedactedRequest; status: number; requestId?: string | undefined; secrets: readonly string[] },
): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const { request } = facts;
  const fieldErrors: Record<string, string[]> = Object.create(null);
  for (const issue of checked.error.issues.slice(0, 20)) {
    const field = z.core.toDotPath(issue.path);
    fieldErrors[field] = [...(fieldErrors[field] ?? []), issue.message];
  }
  const [field = "", reasons = []] = Object.entries(fieldErrors)[0] ?? [];
  throw new ApiError({
    kind: "unexpected-shape",
    code: "unexpected-shape",
    message: `${request.operation}: the answer has another shape than documented${field === "" ? "" : ` at ${field}`}: ${reasons[0] ?? ""}.`,
    status: facts.status,
    requestId: facts.requestId,
    fieldErrors,
    request,
    secrets: facts.secrets,
  });
}

/** What it is that is no JSON, in a few words; never the body itself unless it is a page's own text. */
function nameOf(text: string, contentType: string | undefined): string {
  const trimmed = text.trimStart();
  if (trimmed === "") return "an empty answer";
  if (/^<(!doctype html|html|head|body)\b/i.test(trimmed)) return `a web page (“${excerptOf(text, 120)}”)`;
  if (trimmed.startsWith("<")) return `markup (“${excerptOf(text, 120)}”)`;
  if (/^[[{"]/.test(trimmed)) return "something that begins like JSON and is not, or was cut short,";
  return `something else (${contentType ?? "of no stated type"}, ${text.length} characters)`;
}
