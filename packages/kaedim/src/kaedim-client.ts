import { createHttpClient, type DownloadedFile, type HttpSettings } from "@org/http-core";
import { type Auth, createAuth } from "./auth.ts";
import { type HookRegistration, registerHook } from "./hooks.ts";
import { type FindLostRequestOptions, findLostRequest, type LostRequest } from "./lost-request.ts";
import { type ImageUrlForm, type ProcessedRequest, type ProcessOptions, processImages } from "./process.ts";
import { fetchProjects, type ProjectList } from "./projects.ts";
import type { KaedimRequest } from "./requests.schema.ts";
import {
  type FetchAllOptions,
  type FetchRequestOptions,
  fetchAll,
  fetchRequest,
  type RequestList,
} from "./requests.ts";
import { type DownloadResultOptions, downloadResult } from "./results.ts";
import { type AuthorizationForm, checkCredentials, createSession, type TokenStore } from "./session.ts";
import { type FinishedRequest, type WaitForRequestOptions, waitForRequest } from "./wait-for-request.ts";
import type { DateFormat } from "./wire-date.ts";

export interface KaedimSettings {
  /** From Kaedim's settings page, like the next two. Pressing Copy there replaces the value that was valid before. */
  devId: string;
  apiKey: string;
  refreshToken: string;
  /** A JWT that is still good; one in `tokenStore` goes before it. Without either, one is asked for when needed. */
  jwt?: string | undefined;
  /** The team; sent where the API takes it, unless a call names another. */
  studioId?: string | undefined;
  /** Default `https://api.kaedim3d.com/api/v1`. Either with its path, or the bare origin of a sandbox with the same one. */
  origin?: string | undefined;
  /** How the JWT is sent first. The other form is tried once after a 401, and what works is remembered. Default `bearer`. */
  authorization?: AuthorizationForm | undefined;
  /** How `fetchAll` writes dates. Default `MM-DD-YYYY`, the document's table. */
  dateFormat?: DateFormat | undefined;
  /** Name of the parts that carry images. Default `images`; a function gets the index, for `image-0`, `image-1`. */
  imagePartName?: string | ((index: number) => string) | undefined;
  /** How image addresses are sent. Default `json`. */
  imageUrlForm?: ImageUrlForm | undefined;
  /** Host names without port that links of results may point to. Default: any https name, for none is documented. */
  resultHosts?: readonly string[] | undefined;
  /** Share one between all processes of a devID: only the newest JWT is valid. */
  tokenStore?: TokenStore | undefined;
  http?: HttpSettings | undefined;
}

interface Signal {
  signal?: AbortSignal | undefined;
}

/** A client of Kaedim's Web API. Every method rejects with `ApiError`. */
export interface Kaedim {
  /** **Probably replaces the webhook of this devID.** Never called by anything else. */
  registerHook(options: { destination: string } & Signal): Promise<HookRegistration>;
  refreshJwt: Auth["refreshJwt"];
  /** **Spends credits.** */
  process(options: ProcessOptions): Promise<ProcessedRequest>;
  fetchRequest(options: FetchRequestOptions): Promise<KaedimRequest>;
  /** The whole list at once; Kaedim does not page it. */
  fetchAll(options?: FetchAllOptions): Promise<RequestList>;
  fetchProjects(options?: Signal): Promise<ProjectList>;
  waitForRequest(options: WaitForRequestOptions): Promise<FinishedRequest>;
  downloadResult(options: DownloadResultOptions): Promise<DownloadedFile>;
  /** After a `process` whose `spendOutcome` is `unknown`. */
  findLostRequest(options: FindLostRequestOptions): Promise<LostRequest>;
}

/** Source: Kaedim Web API; its one `api.kaedim.com` is a name of before. */
export const defaultOrigin = "https://api.kaedim3d.com/api/v1";

/**
 * 30 MB of images take ten minutes at 0.4 Mbit/s, and Kaedim may fetch six addresses before it answers. A request that is
 * given up too early leaves its caller in doubt about credits.
 */
const patientTimeouts = { sendMs: 600_000, responseMs: 180_000 };

/** Builds a client; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function createKaedim(settings: KaedimSettings): Kaedim {
  const { devId, apiKey, refreshToken, jwt, studioId, tokenStore, http, resultHosts } = settings;
  const {
    authorization = "bearer",
    dateFormat = "MM-DD-YYYY",
    imagePartName = "images",
    imageUrlForm = "json",
  } = settings;
  checkCredentials({ devId, apiKey, refreshToken, jwt });
  checkChoice("authorization", authorization, ["bearer", "raw"]);
  checkChoice("imageUrlForm", imageUrlForm, ["json", "parts", "list-part"]);
  if (typeof dateFormat !== "function") checkChoice("dateFormat", dateFormat, ["MM-DD-YYYY", "YYYY-MM-DD"]);

  const clock = http?.clock;
  const now = clock === undefined ? Date.now : () => clock.now();
  const session = createSession({ apiKey, refreshToken, jwt, authorization, tokenStore, logger: http?.logger, now });
  const origin = completeOrigin(settings.origin ?? defaultOrigin);
  const headers = { "x-api-key": apiKey };
  const api = createHttpClient({ origin, headers, http });
  const slowApi = createHttpClient({
    origin,
    headers,
    http: { ...http, timeouts: { ...patientTimeouts, ...http?.timeouts } },
  });
  const auth = createAuth({ api, session, devId });
  const account = { api, auth, session, devId, studioId };

  const client: Kaedim = {
    registerHook: (options) => registerHook({ api, session, devId }, options),
    refreshJwt: auth.refreshJwt,
    process: (options) =>
      processImages(
        {
          ...account,
          api: slowApi,
          imagePartName: typeof imagePartName === "function" ? imagePartName : () => imagePartName,
          imageUrlForm,
          logger: http?.logger,
        },
        options,
      ),
    fetchRequest: (options) => fetchRequest(account, options),
    fetchAll: (options = {}) => fetchAll({ ...account, dateFormat }, options),
    fetchProjects: (options = {}) => fetchProjects(account, options),
    waitForRequest: (options) =>
      waitForRequest({ fetchRequest: client.fetchRequest, clock, httpSignal: http?.signal }, options),
    downloadResult: (options) => downloadResult({ api, fetchRequest: client.fetchRequest, resultHosts }, options),
    findLostRequest: (options) => findLostRequest(client.fetchAll, options),
  };
  return client;
}

/** `https://host` alone gets the documented path, so that a sandbox is named like every other origin. */
function completeOrigin(origin: string): string {
  const url = URL.parse(origin);
  return url?.pathname === "/" && url.search === "" && url.hash === "" ? `${origin.replace(/\/$/, "")}/api/v1` : origin;
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) {
    throw new TypeError(`${name} must be one of ${choices.join(", ")}, not ${JSON.stringify(value)}`);
  }
}
