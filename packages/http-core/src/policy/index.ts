export { abortedError } from "../aborted-error.ts";
export { ApiError, type ApiErrorDetails, type ApiErrorKind, type RedactedRequest } from "../api-error.ts";
export type { Bandwidth } from "../bandwidth.ts";
export { type CertificateSettings, createTrust } from "../certificates.ts";
export { type Clock, systemClock } from "../clock.ts";
export { defaultTimeouts, type HttpLogger, type HttpSettings, type Repeat, type Timeouts } from "../http-settings.ts";
export { describeNodeFailure, describeProxyRefusal, errorCodeOf, type NamedFailure } from "../name-failure.ts";
export { type Page, type Paginated, type PaginateOptions, paginate } from "../paginate.ts";
export { type PollOptions, pollUntil } from "../poll-until.ts";
export { isPrivateAddress, isPrivateHost, publicLookup } from "../private-address.ts";
export { chooseProxy, type ProxySettings, proxyAuthorization } from "../proxy.ts";
export { createSecretScrubber, redactHeaders, redactUrl } from "../redact.ts";
export { decideRedirect, defaultMaxRedirects, isRedirect, type RedirectDecision } from "../redirect.ts";
export { requestIdOf } from "../request-id.ts";
export { parseRetryAfter } from "../retry-after.ts";
export {
  completeRetrySettings,
  decideRetry,
  defaultRetrySettings,
  isRetryableStatus,
  type RetryDecision,
  type RetrySettings,
} from "../retry-policy.ts";
export { headersAcross, isLoopbackHost, isSameOrigin } from "../same-origin.ts";
