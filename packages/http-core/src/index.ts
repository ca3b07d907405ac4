export { ApiError, type ApiErrorDetails, type ApiErrorKind, type RedactedRequest } from "./api-error.ts";
export { type Bandwidth, createBandwidth } from "./bandwidth.ts";
export { type CertificateSettings, createTrust } from "./certificates.ts";
export { type Clock, systemClock } from "./clock.ts";
export { createHttpClient, type HttpClient, type HttpClientSettings } from "./create-http-client.ts";
export { type DownloadedFile, downloadFile } from "./download-file.ts";
export type { DownloadFileOptions, DownloadStart } from "./download-options.ts";
export { defaultTimeouts, type HttpLogger, type HttpSettings, type Repeat, type Timeouts } from "./http-settings.ts";
export { type LooseArray, looseArray, type SkippedRecord } from "./loose-schema.ts";
export {
  defaultMaxAnswerBytes,
  type HttpAnswer,
  type JsonAnswer,
  type JsonOperation,
  type Operation,
  type Query,
  type RefusalDetails,
  type RefusedAnswer,
  type TextAnswer,
} from "./operation.ts";
export { type Page, type Paginated, type PaginateOptions, paginate } from "./paginate.ts";
export { type PollOptions, pollUntil } from "./poll-until.ts";
export { isPrivateAddress, isPrivateHost } from "./private-address.ts";
export { chooseProxy, type ProxySettings, printableProxy, proxyAuthorization } from "./proxy.ts";
export { createRateLimit, type RateLimit, type RateLimitSettings } from "./rate-limit.ts";
export { looksLikeHtml, readableText } from "./readable-text.ts";
export { createSecretScrubber, redactHeaders, redactUrl } from "./redact.ts";
export { parseRetryAfter } from "./retry-after.ts";
export { defaultRetrySettings, type RetrySettings } from "./retry-policy.ts";
export { bareHost, isLoopbackHost, isSameOrigin } from "./same-origin.ts";
export { createSingleFlight, type SingleFlight } from "./single-flight.ts";
export type { DownloadProgress } from "./transfer-progress.ts";
