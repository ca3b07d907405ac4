import { escapeMarkup, type Reply, textReply } from "../../http/reply.ts";

/** The errors of S3 that an upload can meet, with their statuses and Amazon's sentences. */
export const s3Errors = {
  AccessDenied: [403, "Access Denied"],
  BadDigest: [400, "The Content-MD5 you specified did not match what we received."],
  EntityTooLarge: [400, "Your proposed upload exceeds the maximum allowed size"],
  EntityTooSmall: [400, "Your proposed upload is smaller than the minimum allowed size"],
  ExpiredToken: [400, "The provided token has expired."],
  IncompleteBody: [400, "You did not provide the number of bytes specified by the Content-Length HTTP header"],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidAccessKeyId: [403, "The AWS Access Key Id you provided does not exist in our records."],
  InvalidArgument: [400, "Invalid Argument"],
  InvalidDigest: [400, "The Content-MD5 you specified was invalid."],
  InvalidPolicyDocument: [400, "Invalid Policy: Invalid JSON."],
  InvalidToken: [400, "The provided token is malformed or otherwise invalid."],
  MalformedPOSTRequest: [400, "The body of your POST request is not well-formed multipart/form-data."],
  MaxPostPreDataLengthExceeded: [400, "Your POST request fields preceding the upload file were too large."],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  MissingContentLength: [411, "You must provide the Content-Length HTTP header."],
  NoSuchBucket: [404, "The specified bucket does not exist"],
  NotImplemented: [501, "A header you provided implies functionality that is not implemented"],
  PermanentRedirect: [301, "The bucket you are attempting to access must be addressed using the specified endpoint."],
  PreconditionFailed: [412, "At least one of the pre-conditions you specified did not hold"],
  RequestTimeTooSkewed: [403, "The difference between the request time and the current time is too large."],
  RequestTimeout: [
    400,
    "Your socket connection to the server was not read from or written to within the timeout period.",
  ],
  ServiceUnavailable: [503, "Please reduce your request rate."],
  SignatureDoesNotMatch: [
    403,
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  ],
  SlowDown: [503, "Please reduce your request rate."],
  TemporaryRedirect: [307, "Please re-send this request to the specified temporary endpoint."],
} as const satisfies Record<string, readonly [number, string]>;

export type S3ErrorCode = keyof typeof s3Errors;
export const s3ErrorCodes = Object.keys(s3Errors) as S3ErrorCode[];

/** An error as S3 writes it; `extra` are the elements behind the message, in order. */
export function s3Error(
  code: S3ErrorCode,
  given: {
    message?: string;
    extra?: Record<string, string | number>;
    status?: number;
    headers?: Record<string, string>;
  } = {},
): Reply {
  const [status, sentence] = s3Errors[code];
  const elements = Object.entries({
    Code: code,
    Message: given.message ?? sentence,
    ...given.extra,
    RequestId: "5ANDB0X5ANDB0X00",
    HostId: "c2FuZGJveA==",
  });
  const xml = elements.map(([name, value]) => `<${name}>${escapeMarkup(String(value))}</${name}>`).join("");
  return textReply(
    given.status ?? status,
    "application/xml",
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xml}</Error>`,
    { server: "AmazonS3", ...given.headers },
  );
}
