import {
  type ApiErrorDetails,
  createSecretScrubber,
  isLoopbackHost,
  type RefusedAnswer,
  readableText,
} from "@org/http-core";
import { XMLParser } from "fast-xml-parser";
import { isRecord } from "./json-values.ts";

/** What S3 says in its XML. */
export interface S3Error {
  /** `EntityTooLarge`. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
  /** `MaxSizeAllowed`, `ArgumentName`, … : what may be shown of the rest. */
  readonly details: Readonly<Record<string, string>>;
}

/** What we make of it. */
export interface S3Meaning {
  readonly code: string;
  /** The same form may be sent again. */
  readonly retryable: boolean;
  /** For people. */
  readonly advice: string;
}

const longestXml = 100_000;
const shownDetails = [
  "ProposedSize",
  "MaxSizeAllowed",
  "MinSizeAllowed",
  "ArgumentName",
  "ArgumentValue",
  "Region",
  "Endpoint",
];

/** Reads S3's `<Error>`; `null` for anything else, such as a page of a CDN. Never throws. */
export function readS3Error(text: string, secrets: readonly string[] = []): S3Error | null {
  const scrub = createSecretScrubber(secrets);
  if (text.length > longestXml || !/<Error[\s>]/.test(text)) return null;
  let document: unknown;
  try {
    // Entities other than XML's own would have to be declared in the answer; it may not.
    document = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: true }).parse(
      text.replace(/<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?[^>]*>/gi, ""),
    );
  } catch {
    return null; // Half an answer: the status has to tell.
  }
  const error = isRecord(document) ? document.Error : undefined;
  if (!isRecord(error)) return null;
  const textIn = (name: string) => {
    const text = error[name];
    // After `Policy:` a scrubber expects the policy itself, and would take the reason away.
    return typeof text === "string" ? readableText(scrub(text.replaceAll("Policy: ", "Policy, "))) : "";
  };
  const code = textIn("Code");
  if (code === "") return null;
  const details = shownDetails.map((name) => [name, textIn(name)] as const).filter(([, value]) => value !== "");
  return {
    code,
    message: textIn("Message"),
    requestId: textIn("RequestId") || undefined,
    details: Object.fromEntries(details),
  };
}

const newForm =
  "The form cannot be used any more, and Imagine documents no call for a new one: create the product anew.";
const ourFault =
  "The form was not sent as it was given, or was damaged before; use it exactly as createProduct gave it.";

const meanings: Readonly<Record<string, S3Meaning>> = {
  ...same(["ExpiredToken", "InvalidToken"], { code: "upload-form-expired", retryable: false, advice: newForm }),
  ...same(["SignatureDoesNotMatch", "InvalidAccessKeyId"], {
    code: "upload-form-refused",
    retryable: false,
    advice: ourFault,
  }),
  RequestTimeTooSkewed: {
    code: "clock-skewed",
    retryable: false,
    advice: "Set this machine's clock right.",
  },
  EntityTooLarge: { code: "upload-too-large", retryable: false, advice: "Make the file smaller." },
  EntityTooSmall: { code: "upload-too-small", retryable: false, advice: "Check that the file is whole." },
  ...same(
    [
      "InvalidArgument",
      "UserKeyMustBeSpecified",
      "IncorrectNumberOfFilesInPostRequest",
      "MalformedPOSTRequest",
      "MaxPostPreDataLengthExceeded",
      "MaxPostPreDataLengthExceededError",
      "InvalidPolicyDocument",
      "InvalidDigest",
      "BadDigest",
      "MissingContentLength",
      "PreconditionFailed",
      "MethodNotAllowed",
      "NotImplemented",
    ],
    { code: "upload-form-invalid", retryable: false, advice: ourFault },
  ),
  ...same(["IncompleteBody", "RequestTimeout"], {
    code: "upload-interrupted",
    retryable: true,
    advice: "The connection broke on the way; the same form may be sent again.",
  }),
  NoSuchBucket: { code: "bucket-not-found", retryable: false, advice: "Tell Imagine." },
  ...same(["PermanentRedirect", "TemporaryRedirect"], {
    code: "bucket-moved",
    retryable: false,
    advice: "The bucket is elsewhere, at a place that is not followed.",
  }),
  ...same(["InternalError", "SlowDown", "ServiceUnavailable"], {
    code: "bucket-unavailable",
    retryable: true,
    advice: "Try again later with the same form.",
  }),
};

function same(codes: readonly string[], meaning: S3Meaning): Record<string, S3Meaning> {
  return Object.fromEntries(codes.map((code) => [code, meaning]));
}

/** What S3's refusal means here and whether the same form may be sent again (providers/imagine.md §4.4). */
export function decideS3Meaning(error: Pick<S3Error, "code" | "message">): S3Meaning {
  if (error.code === "AccessDenied") {
    return /policy expired/i.test(error.message)
      ? { code: "upload-form-expired", retryable: false, advice: newForm }
      : { code: "upload-form-refused", retryable: false, advice: ourFault };
  }
  return (
    (Object.hasOwn(meanings, error.code) ? meanings[error.code] : undefined) ?? {
      code: "upload-refused",
      retryable: false,
      advice: "",
    }
  );
}

/** Makes the error's details from S3's refusal; a refusal that is no XML keeps http-core's words and retry rule. */
export function s3RefusalOf(
  what: string,
  answer: Pick<RefusedAnswer, "status" | "text">,
  secrets: readonly string[],
): Partial<ApiErrorDetails> {
  const error = readS3Error(answer.text, secrets);
  if (error === null) return answer.status < 500 && answer.status !== 408 ? { code: "upload-refused" } : {};
  const { code, retryable, advice } = decideS3Meaning(error);
  const details = Object.entries(error.details).map(([name, value]) => `${name} ${value}`);
  const said = [error.message, ...details].filter((text) => text !== "").join(", ");
  const sentence = `S3 refused ${what} with status ${answer.status} (${error.code})${said === "" ? "" : `: “${said}”`}.`;
  return {
    code,
    retryable,
    message: advice === "" ? sentence : `${sentence} ${advice}`,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    fieldErrors: { Code: [error.code], ...mapValues(error.details) },
  };
}

function mapValues(details: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, [value]]));
}

/** True for a host that a bucket may be moved to: Amazon's over https, or this machine for a sandbox on it. */
export function mayFollowTo(target: URL, from: URL): boolean {
  if (isLoopbackHost(from.hostname)) return isLoopbackHost(target.hostname);
  return target.protocol === "https:" && /(?:^|\.)amazonaws\.com(?:\.cn)?$/i.test(target.hostname);
}
