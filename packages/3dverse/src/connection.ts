import { defaultTimeouts, type HttpSettings, isLoopbackHost, type Timeouts } from "@org/http-core/policy";
import { type Credential, type CredentialHeader, type CredentialKind, readCredential } from "./credential.ts";
import { type Agents, createAgents } from "./transport/agents.ts";

/** The service's production address; the vendor's own library has the same (@3dverse/api 0.8.11). */
export const defaultBaseUrl = "https://api.3dverse.com/app/v1";

/** Unknown to every document at hand; the part's name can be set, for one client and for one upload. */
export const defaultUploadFieldName = "files";

export interface ConnectionSettings {
  /** Exactly one of `{ apiKey }`, `{ userToken }`, `{ guestToken }`. */
  credential: Credential;
  /** Default `defaultBaseUrl`. Plain http for loopback only. */
  baseUrl?: string | undefined;
  /** Name of the multipart part of an uploaded file. Default `"files"`; the documents do not tell the right one. */
  uploadFieldName?: string | undefined;
  http?: HttpSettings | undefined;
}

/** Where and as whom calls are sent: the first argument of every operation. Holds the credential, shows it nowhere. */
export interface Connection {
  readonly baseUrl: string;
  readonly credentialKind: CredentialKind;
  readonly uploadFieldName: string;
  /** The same connection for somebody else; the credential of this one is not sent by it. */
  withCredential(credential: Credential): Connection;
  /** @internal What a request needs. */
  parts(): ConnectionParts;
}

/** @internal */
export interface ConnectionParts {
  readonly base: URL;
  readonly credential: CredentialHeader;
  readonly http: HttpSettings;
  readonly timeouts: Timeouts;
  readonly agents: Agents;
}

/** Opens nothing yet: checks settings and builds what calls share. Throws a `TypeError` for settings that cannot work. */
export function connect3dverse(settings: ConnectionSettings): Connection {
  const http = settings.http ?? {};
  const uploadFieldName = settings.uploadFieldName ?? defaultUploadFieldName;
  if (typeof uploadFieldName !== "string" || uploadFieldName === "") {
    throw new TypeError("uploadFieldName must be a text that is not empty.");
  }
  const given = Object.fromEntries(Object.entries(http.timeouts ?? {}).filter(([, value]) => value !== undefined));
  return connectAs(settings.credential, {
    base: parseBaseUrl(settings.baseUrl ?? defaultBaseUrl),
    http,
    uploadFieldName,
    timeouts: { ...defaultTimeouts, ...given },
    agents: createAgents(http),
  });
}

function connectAs(
  given: Credential,
  shared: Omit<ConnectionParts, "credential"> & { uploadFieldName: string },
): Connection {
  const credential = readCredential(given);
  return {
    baseUrl: shared.base.href.replace(/\/$/, ""),
    credentialKind: credential.kind,
    uploadFieldName: shared.uploadFieldName,
    withCredential: (other) => connectAs(other, shared),
    parts: () => ({ ...shared, credential }),
  };
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`baseUrl must be a URL such as ${defaultBaseUrl}.`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError(`baseUrl ${url.origin} must have no user info, query or fragment.`);
  }
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname)) {
    throw new TypeError(
      `baseUrl ${url.origin} is plain http, which would show the credential to everybody on the way.`,
    );
  }
  return url;
}
