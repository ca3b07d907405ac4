import type { ApiErrorDetails } from "./api-error.ts";

/** Code and words of a failure, and what else its cause says of it. */
export type NamedFailure = Pick<ApiErrorDetails, "code" | "message"> & Partial<ApiErrorDetails>;

/**
 * What one of Node's error codes (sockets, DNS, TLS, HTTP parser) means, `undefined` for one that is not known. `place`
 * is the host as it is told to people.
 */
export function describeNodeFailure(
  code: string,
  facts: { answered: boolean; place: string },
): NamedFailure | undefined {
  const { answered, place } = facts;
  const known = byCode[code];
  if (known !== undefined) return known(place);
  if (code.startsWith("HPE_")) {
    return {
      kind: "unreadable",
      code: "answer-malformed",
      message: `${place} sent something that is not HTTP (${code}).`,
    };
  }
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) {
    return {
      code: "tls-failed",
      message: `No secure connection to ${place} could be made (${code}).`,
      retryable: false,
    };
  }
  if (/CERT|ISSUER|SIGNATURE|CRL/.test(code)) return untrusted(place, code);
  if (/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/.test(code)) return describeBreak(answered, place);
  return undefined;
}

/** A connection that ended before its time. */
export function describeBreak(answered: boolean, place: string): NamedFailure {
  return answered
    ? { code: "answer-truncated", message: `The connection to ${place} broke in the middle of the answer.` }
    : { code: "connection-reset", message: `The connection to ${place} broke before an answer came.` };
}

const byCode: Record<string, (place: string) => NamedFailure> = {
  ENOTFOUND: (place) => ({
    code: "name-not-resolved",
    message: `The name of ${place} could not be resolved. Is the network up?`,
  }),
  EAI_AGAIN: (place) => ({
    code: "name-not-resolved",
    message: `The name of ${place} could not be resolved. Is the network up?`,
  }),
  ECONNREFUSED: (place) => ({ code: "connection-refused", message: `${place} refused the connection.` }),
  EHOSTUNREACH: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  ENETUNREACH: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  ENETDOWN: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  EADDRNOTAVAIL: (place) => ({ code: "host-unreachable", message: `There is no way to ${place} from here.` }),
  ETIMEDOUT: (place) => ({ code: "connection-timed-out", message: `${place} could not be reached in time.` }),
  ERR_ADDRESS_REFUSED: (place) => ({
    code: "host-refused",
    message: `${place} leads into a private network, where an answer from outside has no business to send us.`,
    retryable: false,
  }),
  CERT_HAS_EXPIRED: (place) => ({
    code: "certificate-expired",
    message: `The certificate of ${place} has expired.`,
    retryable: false,
  }),
  CERT_NOT_YET_VALID: (place) => ({
    code: "certificate-expired",
    message: `The certificate of ${place} is not valid yet. Is the clock of this machine right?`,
    retryable: false,
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: (place) => ({
    code: "certificate-name-mismatch",
    message: `The certificate that ${place} showed belongs to another host.`,
    retryable: false,
  }),
  DEPTH_ZERO_SELF_SIGNED_CERT: (place) => untrusted(place, "self-signed"),
  SELF_SIGNED_CERT_IN_CHAIN: (place) => untrusted(place, "self-signed in its chain"),
};

function untrusted(place: string, why: string): NamedFailure {
  return {
    code: "certificate-untrusted",
    message: `The certificate of ${place} is not trusted (${why}). Behind a company proxy, name the company's CA file in the certificate settings or in NODE_EXTRA_CA_CERTS.`,
    retryable: false,
  };
}

/** A proxy that answered CONNECT with another status than 200. */
export function describeProxyRefusal(status: number, place: string, proxy = "the proxy"): NamedFailure {
  if (status === 407) {
    return {
      code: "proxy-authentication-required",
      message: `The proxy ${proxy} wants a name and a password (407); put them into its URL.`,
      retryable: false,
      status,
    };
  }
  return {
    code: "proxy-refused",
    message: `The proxy ${proxy} refused to connect to ${place} (${status}).`,
    retryable: status >= 500,
    status,
  };
}

/** Several addresses tried come as one AggregateError; the code of the first, where it has one. */
export function errorCodeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const code = (at as NodeJS.ErrnoException).code;
    if (typeof code === "string" && code !== "ERR_GOT_REQUEST_ERROR" && code !== "ERR_READING_RESPONSE_STREAM")
      return code;
  }
  return "";
}
