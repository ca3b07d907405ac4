/**
 * What proves who calls; exactly one of them. An API key is for servers only; a user token (or a public token, which is
 * sent the same way) may be given to users; a guest token opens one session.
 */
export type Credential =
  | { readonly apiKey: string; readonly userToken?: undefined; readonly guestToken?: undefined }
  | { readonly userToken: string; readonly apiKey?: undefined; readonly guestToken?: undefined }
  | { readonly guestToken: string; readonly apiKey?: undefined; readonly userToken?: undefined };

export type CredentialKind = "apiKey" | "userToken" | "guestToken";

const headerNames: Record<CredentialKind, string> = {
  apiKey: "api_key",
  userToken: "user_token",
  guestToken: "guest_token",
};

/** A credential as it is sent. */
export interface CredentialHeader {
  readonly kind: CredentialKind;
  readonly name: string;
  readonly value: string;
}

/** What a header can carry; a line end would begin another one. */
const sendable = /^[\x21-\x7e]+$/;

/** Reads a credential. Throws a `TypeError` that names what is wrong, never what was given. */
export function readCredential(credential: Credential): CredentialHeader {
  if (typeof credential !== "object" || credential === null) {
    throw new TypeError("credential must be one of { apiKey }, { userToken } and { guestToken }.");
  }
  const kinds = Object.keys(headerNames) as CredentialKind[];
  const given = kinds.filter((kind) => credential[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length !== 1) {
    const found = given.length === 0 ? "none of them" : given.join(" and ");
    throw new TypeError(
      `credential must hold exactly one of apiKey, userToken and guestToken, not ${found}: which of two the service would take is unknown.`,
    );
  }
  const value: unknown = credential[kind];
  if (typeof value !== "string" || !sendable.test(value)) {
    throw new TypeError(`credential.${kind} must be a text without spaces or line ends, as 3dverse gave it.`);
  }
  return { kind, name: headerNames[kind], value };
}
