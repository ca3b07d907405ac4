import { ApiError } from "@org/http-core/policy";
import { safeParse, type ZodMiniType } from "zod/mini";
import { looksLikePage } from "./3dverse-error.ts";
import type { OpenAnswer } from "./transport/exchange.ts";
import { unreadable } from "./transport/read-answer.ts";

/** A body as text, without a byte order mark. */
export function textOf(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

/** The JSON of a text that may be none. */
export function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // then it is no error of the service either
  }
}

/** The JSON of an answer, or what came instead as an error. */
export function parseAnswer(answer: OpenAnswer, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const what =
      text.trim() === ""
        ? "is empty"
        : looksLikePage(text)
          ? "is a web page"
          : /^\s*[[{"]/.test(text)
            ? "begins like JSON and is not, or was cut short"
            : `is something else (${answer.headers["content-type"] ?? "of no stated type"})`;
    throw unreadable(answer, "not-json", `${what} instead of JSON`);
  }
}

/** Gives the value its type, or throws what does not fit where. */
export function checkShape<T>(answer: OpenAnswer, value: unknown, schema: ZodMiniType<T>): T {
  const checked = safeParse(schema, value);
  if (checked.success) return checked.data;
  const fieldErrors: Record<string, string[]> = Object.create(null);
  for (const issue of checked.error.issues.slice(0, 20)) {
    const field = issue.path.join(".");
    const reason = issue.code === "invalid_type" ? `expected ${issue.expected}` : issue.message;
    fieldErrors[field] = [...(fieldErrors[field] ?? []), reason];
  }
  const [field = "", reasons = []] = Object.entries(fieldErrors)[0] ?? [];
  const { request, status, secrets } = answer;
  throw new ApiError({
    kind: "unexpected-shape",
    code: "unexpected-shape",
    message: `${request.operation}: the answer has another shape than documented${field === "" ? "" : ` at ${field}`}: ${reasons[0] ?? ""}.`,
    status,
    fieldErrors,
    request,
    secrets,
  });
}
