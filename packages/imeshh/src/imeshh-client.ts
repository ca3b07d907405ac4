import { createHttpClient, type DownloadedFile, type HttpSettings } from "@org/http-core";
import { type Auth, createAuth } from "./auth.ts";
import { type CatalogFile, getCatalogFile } from "./catalog-files.ts";
import { type CategoryList, listCategories } from "./categories.ts";
import type { AssetType } from "./data-types.ts";
import {
  createRequestLink,
  defaultArchiveHosts,
  type FetchArchiveOptions,
  fetchArchive,
  type Link,
} from "./downloads.ts";
import { type ExtensionIndex, getExtensionIndex } from "./extensions.ts";
import { checkArchiveHosts } from "./file-url.ts";
import { getMessage, type ShopMessage } from "./messages.ts";
import { type FetchPictureOptions, fetchPicture } from "./pictures.ts";
import { listProducts, type ProductList } from "./products.ts";
import { checkCredentials, createSession, type ImeshhCredentials, type TokenStore } from "./session.ts";
import { getStatus, type ShopStatus } from "./status.ts";
import { getSubscription, type SubscriptionList } from "./subscription.ts";
import { documentedUserAgent } from "./user-agent.ts";

/** Where the parts of the shop live; each can be pointed elsewhere, for instance at a sandbox. */
export interface ImeshhOrigins {
  /** Sign-in, subscription, links. The only place that gets the token. */
  shop: string;
  blog: string;
  /** Plain http, as the shop's bucket offers nothing else: what comes from there is neither secret nor proven. */
  feeds: string;
  extensions: string;
}

export interface ImeshhSettings {
  /** Only `login`, `validateToken`, `getSubscription` and `requestLink` need them. */
  credentials?: ImeshhCredentials | undefined;
  /** Origins that are not named keep the documented ones (`defaultOrigins`). */
  origins?: Partial<ImeshhOrigins> | undefined;
  /** Host names without port that a download link or picture may point to. Default `r2.imeshh.com`. */
  archiveHosts?: readonly string[] | undefined;
  tokenStore?: TokenStore | undefined;
  /** How user name and password are sent. The document shows both; default `json`. */
  loginBody?: "json" | "form" | undefined;
  /** Its `userAgent` is not used: the shop's document requires its own (`documentedUserAgent`). */
  http?: HttpSettings | undefined;
  /** Milliseconds since 1970. Default `http.clock`, else the machine's clock. */
  now?: (() => number) | undefined;
}

interface Signal {
  signal?: AbortSignal | undefined;
}

/** A client of the shop. Every method rejects with `ApiError`. */
export interface Imeshh {
  login: Auth["login"];
  validateToken: Auth["validateToken"];
  /** Is there news? Public. */
  getStatus(options?: Signal): Promise<ShopStatus>;
  /** Public. */
  listCategories(options?: Signal): Promise<CategoryList>;
  /** The whole feed at once; the shop does not page it. Public. */
  listProducts(options?: Signal): Promise<ProductList>;
  /** Public. */
  getCatalogFile(options: { assetType: AssetType } & Signal): Promise<CatalogFile>;
  /** Signs in where needed. */
  getSubscription(options?: Signal): Promise<SubscriptionList>;
  /** **Spends one download.** Signs in where needed. */
  requestLink(options: { productId: number; downloadId: string } & Signal): Promise<Link>;
  /** Free while the link lives. */
  fetchArchive(options: FetchArchiveOptions): Promise<DownloadedFile>;
  /** Public, from `archiveHosts` only. */
  fetchPicture(options: FetchPictureOptions): Promise<DownloadedFile>;
  /** Public. */
  getMessage(options?: Signal): Promise<ShopMessage>;
  /** Public. */
  getExtensionIndex(options?: Signal): Promise<ExtensionIndex>;
}

/** Source: iMeshh API Documentation 1.0; `extensions` from the shop's public Blender add-on 1.2.4. */
export const defaultOrigins: Readonly<ImeshhOrigins> = {
  shop: "https://shop.imeshh.com",
  blog: "https://blog.imeshh.com",
  feeds: "http://imeshh-lambda.s3-website-us-east-1.amazonaws.com",
  extensions: "https://extensions.imeshh.com",
};

/** Builds a client of the shop; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function createImeshh(settings: ImeshhSettings = {}): Imeshh {
  const { credentials, tokenStore, loginBody = "json", archiveHosts = defaultArchiveHosts } = settings;
  checkCredentials(credentials);
  checkArchiveHosts(archiveHosts);
  const http: HttpSettings = { ...settings.http, userAgent: documentedUserAgent };
  const origins = { ...defaultOrigins, ...settings.origins };
  const headers = { "accept-encoding": "gzip" };
  const clock = http.clock;
  const now = settings.now ?? (clock === undefined ? Date.now : () => clock.now());

  const session = createSession({ credentials, tokenStore, logger: http.logger, now });
  const shop = createHttpClient({ origin: origins.shop, headers, http, credentialHeaders: session.headers });
  const blog = createHttpClient({ origin: origins.blog, headers, http });
  const feeds = createHttpClient({ origin: origins.feeds, headers, http, allowPlainHttp: true });
  const extensions = createHttpClient({ origin: origins.extensions, headers, http });
  const auth = createAuth({ shop, session, credentials, loginBody });

  return {
    login: auth.login,
    validateToken: auth.validateToken,
    getStatus: (options = {}) => getStatus(blog, options),
    listCategories: (options = {}) => listCategories(feeds, options),
    listProducts: (options = {}) => listProducts(feeds, options),
    getCatalogFile: (options) => getCatalogFile(feeds, options),
    getSubscription: (options = {}) => getSubscription({ shop, auth }, options),
    requestLink: createRequestLink({ shop, auth }),
    fetchArchive: (options) => fetchArchive({ shop, archiveHosts }, options),
    fetchPicture: (options) => fetchPicture({ shop, archiveHosts }, options),
    getMessage: (options = {}) => getMessage(extensions, options),
    getExtensionIndex: (options = {}) => getExtensionIndex(extensions, options),
  };
}
