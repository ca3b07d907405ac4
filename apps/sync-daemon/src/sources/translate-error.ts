import { ApiError } from "@org/http-core";
import { Failure, type FailureCode, isFailureCode, toFailure } from "../domain/failure.ts";

/** What was being done when the provider's package failed: the same broken line means different things. */
export type Step = "status" | "catalog" | "account" | "link" | "archive" | "picture";

/** Codes of the packages that have another name here. Codes that both sides share need no line. */
const renamed: Readonly<Record<string, FailureCode>> = {
  "sign-in-expired": "sign-in-failed",
  "archive-not-found": "link-expired",
  "link-missing": "answer-unreadable",
  "link-invalid": "link-refused",
  "host-refused": "link-refused",
  "redirect-refused": "link-refused",
  "product-not-found": "product-unknown",
  "checksum-mismatch": "download-damaged",
  "length-unexpected": "download-damaged",
  "file-too-large": "archive-too-large",
};

/**
 * The one place where errors of the provider packages become failures of the daemon. Disk errors of a transfer keep
 * their meaning; an aborted call is `stopped`.
 */
export function translateError(
  error: unknown,
  about: { step: Step; productId?: number; spendOutcome?: "not-spent" | "unknown" },
): Failure {
  const { step, productId, spendOutcome } = about;
  const details = {
    cause: error,
    ...(productId === undefined ? {} : { productId }),
    ...(spendOutcome === undefined ? {} : { spendOutcome }),
  };
  if (!ApiError.isInstance(error)) {
    const failure = toFailure(error);
    return new Failure(failure.code, failure.message, details);
  }
  const { retryAfterMs } = error;
  return new Failure(codeOf(error, step), error.message, {
    ...details,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function codeOf(error: ApiError, step: Step): FailureCode {
  if (error.kind === "aborted") return "stopped";
  const sameMeaning = renamed[error.code];
  if (sameMeaning !== undefined) return sameMeaning;
  if (isFailureCode(error.code)) return error.code;
  // A transfer is gone on with on the same link, whatever it was that broke it.
  if (step === "archive" && (error.kind === "transport" || error.retryable)) return "download-interrupted";
  if (error.kind === "transport") return "provider-unreachable";
  if (error.status === 429) return "rate-limited";
  if (error.kind === "refusal") return "provider-error";
  return step === "catalog" ? "feed-unreadable" : "answer-unreadable";
}
