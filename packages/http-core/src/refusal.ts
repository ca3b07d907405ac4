import { STATUS_CODES } from "node:http";
import { ApiError, type RedactedRequest } from "./api-error.ts";
import { decodeBody, decodeStoredGzip, readBody } from "./decode-body.ts";
import { decodeText } from "./decode-text.ts";
import type { RefusalDetails, RefusedAnswer } from "./operation.ts";
import { requestIdOf } from "./request-id.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { isRetryableStatus } from "./retry-policy.ts";
import type { OpenAnswer } from "./send-request.ts";

/** A refusal is a sentence; what is longer than this is not read. */
const maxRefusalBytes = 1_000_000;

/** Makes the error for an answer that says no; `translate` puts the provider's meaning over the defaults. */
export function refusalError(
  answer: RefusedAnswer,
  facts: {
    request: RedactedRequest;
    now: number;
    secrets: readonly string[];
    translate?: ((answer: RefusedAnswer) => RefusalDetails) | undefined;
  },
): ApiError {
  const { request } = facts;
  const excerpt = excerptOf(answer.text);
  const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ""}`.trim();
  const host = URL.parse(request.url)?.host ?? "the server";
  const said = facts.translate?.(answer) ?? {};
  const defined = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return new ApiError({
    kind: "refusal",
    code: `http-${answer.status}`,
    message: `${request.operation}: ${host} answered ${status}${excerpt === "" ? "" : `, “${excerpt}”`}.`,
    status: answer.status,
    retryable: isRetryableStatus(answer.status),
    retryAfterMs: parseRetryAfter(answer.headers["retry-after"], facts.now),
    requestId: requestIdOf(answer.headers),
    request,
    ...defined,
    secrets: [...facts.secrets, ...(said.secrets ?? [])],
  });
}

/** The first words of a body as plain text: markup, scripts and line ends gone. */
export function excerptOf(text: string, longest = 200): string {
  const start = text.slice(0, 20_000);
  const plain = /<[a-z!/][^>]*>/i.test(start)
    ? start
        .replace(/<(script|style)\b[^>]*>[\s\S]*?(<\/\1>|$)/gi, " ")
        .replace(/<[^>]*>/g, " ")
        .replace(/&nbsp;/g, " ")
        .replace(/&lt;/g, "<")
        .replace(/&gt;/g, ">")
        .replace(/&quot;/g, '"')
        .replace(/&#0?39;|&apos;/g, "'")
        .replace(/&amp;/g, "&")
    : start;
  const words = plain.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return words.length <= longest ? words : `${words.slice(0, longest).trimEnd()} …`;
}

/** What a refusal says. One that cannot be read is still a refusal, only without words. */
export async function readRefusal(answer: OpenAnswer): Promise<RefusedAnswer> {
  const { status, headers, request } = answer;
  let text = "";
  try {
    const raw = await readBody(answer, maxRefusalBytes);
    const facts = { encoding: headers["content-encoding"], maxBytes: maxRefusalBytes, request };
    text = decodeText(await decodeStoredGzip(await decodeBody(raw, facts), facts));
  } catch (error) {
    if (ApiError.isInstance(error) && error.kind === "aborted") throw error;
  }
  try {
    return { status, headers, text, json: JSON.parse(text) };
  } catch {
    // Most refusals are no JSON; then there is none to look at.
    return { status, headers, text };
  }
}
