import { createHttpClient, type DownloadedFile, type HttpSettings, type Paginated, systemClock } from "@org/http-core";
import { createCredits, isCreditBudget } from "./credits.ts";
import { type DownloadImageOptions, downloadImage } from "./download-image.ts";
import type { ImagineApi } from "./imagine-api.ts";
import {
  type CreateContentJobOptions,
  type CreatedContentJob,
  createContentJob,
  type GetContentStatusOptions,
  type GottenContentStatus,
  getContentStatus,
} from "./jobs.ts";
import { createKeys } from "./keys.ts";
import type { ListPage } from "./pages.ts";
import type { ProductKey } from "./product-key.ts";
import type { Product } from "./products.schema.ts";
import {
  type ChangedProduct,
  type CreatedProduct,
  type CreateProductOptions,
  createProduct,
  type DeletedProduct,
  deleteProduct,
  type FoundProduct,
  getProduct,
  type ListProductsOptions,
  listProducts,
  markUploadSuccess,
  type ProductNames,
  updateProduct,
} from "./products.ts";
import { type PublishedProduct, type PublishProductOptions, publishProduct } from "./publish-product.ts";
import {
  type CreatedImages,
  type CreateImagesOptions,
  createImages,
  type ListRenderImagesOptions,
  listRenderImages,
  type RenderImage,
} from "./renders.ts";
import {
  type ArchivedRenders,
  type ArchiveRendersOptions,
  type GetSharedContentOptions,
  getSharedContent,
  type SharedContent,
  setArchived,
} from "./shared-content.ts";
import { type UploadedFile, type UploadOptions, uploadFile } from "./uploads.ts";
import { type FinishedContent, type WaitForContentOptions, waitForContent } from "./wait-for-content.ts";
import { type FinishedRender, type WaitForRenderOptions, waitForRender } from "./wait-for-render.ts";

export interface ImagineSettings {
  /** `sk_…`, for everything that writes. For servers only: in a browser it is refused. */
  secretKey?: string | undefined;
  /** `pk_…`, used for everything that only reads; without it the secret key is. */
  publicKey?: string | undefined;
  /** A domain registered for the key, as registered (`yourdomain.com`, `localhost:3000`); sent as `Origin`. */
  domain: string;
  /** Default `https://api.imagine.io`. Keys go there and nowhere else. */
  baseUrl?: string | undefined;
  /** Credits to keep, for every poll and listing that names no other number. Default: none are kept. */
  creditBudget?: number | undefined;
  /** Host names without port that images may come from. Default: wherever the service's URLs lead, over https. */
  mediaHosts?: readonly string[] | undefined;
  http?: HttpSettings | undefined;
}

interface Signal {
  signal?: AbortSignal | undefined;
}

/** A client of Imagine. Every method rejects with `ApiError`. Every answered request costs a credit. */
export interface Imagine {
  /** Credits of the account as the last answer told; `null` before the first that does. */
  creditsLeft(): number | null;
  createProduct(options: CreateProductOptions): Promise<CreatedProduct>;
  /** To S3; costs no credit. */
  uploadModel(options: UploadOptions): Promise<UploadedFile>;
  /** To S3; costs no credit. */
  uploadThumbnail(options: UploadOptions): Promise<UploadedFile>;
  markUploadSuccess(options: { unicode: string } & Signal): Promise<ChangedProduct>;
  updateProduct(options: { unicode: string } & ProductNames & Signal): Promise<ChangedProduct>;
  getProduct(options: ProductKey & Signal): Promise<FoundProduct>;
  listProducts(options?: ListProductsOptions): Paginated<Product, ListPage<Product>>;
  deleteProduct(options: { unicode: string } & Signal): Promise<DeletedProduct>;
  createContentJob(options: CreateContentJobOptions): Promise<CreatedContentJob>;
  getContentStatus(options: GetContentStatusOptions): Promise<GottenContentStatus>;
  getSharedContent(options: GetSharedContentOptions): Promise<SharedContent>;
  archiveRenders(options: ArchiveRendersOptions): Promise<ArchivedRenders>;
  unarchiveRenders(options: ArchiveRendersOptions): Promise<ArchivedRenders>;
  createImages(options: CreateImagesOptions): Promise<CreatedImages>;
  listRenderImages(options: ListRenderImagesOptions): Paginated<RenderImage, ListPage<RenderImage>>;
  waitForContent(options: WaitForContentOptions): Promise<FinishedContent>;
  waitForRender(options: WaitForRenderOptions): Promise<FinishedRender>;
  /** Costs no credit, unless the URL has ended and is replaced. */
  downloadImage(options: DownloadImageOptions): Promise<DownloadedFile>;
  publishProduct(options: PublishProductOptions): Promise<PublishedProduct>;
}

/** Source: collection, "Base URL". */
export const defaultBaseUrl = "https://api.imagine.io";

/** Builds a client; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function createImagine(settings: ImagineSettings): Imagine {
  const { secretKey, publicKey, domain, creditBudget, mediaHosts, http } = settings;
  if (!isCreditBudget(creditBudget)) throw new TypeError("creditBudget must be a whole number of credits, 0 or more");
  const keys = createKeys({ secretKey, publicKey, domain });
  const client = createHttpClient({ origin: (settings.baseUrl ?? defaultBaseUrl).replace(/\/+$/, ""), http });
  const api: ImagineApi = { http: client, keys, credits: createCredits(creditBudget) };
  const clock = http?.clock ?? systemClock;
  const uploads = { http, baseUrl: client.origin, clock };
  const waits = { api, clock, httpSignal: http?.signal };
  const downloads = {
    http: client,
    mediaHosts,
    clock,
    getSharedContent: (options: GetSharedContentOptions) => getSharedContent(api, options),
    listRenderImages: (options: ListRenderImagesOptions) => listRenderImages(api, options),
  };

  return {
    creditsLeft: api.credits.left,
    createProduct: (options) => createProduct(api, options),
    uploadModel: (options) => uploadFile(uploads, "model", options),
    uploadThumbnail: (options) => uploadFile(uploads, "thumbnail", options),
    markUploadSuccess: (options) => markUploadSuccess(api, options),
    updateProduct: (options) => updateProduct(api, options),
    getProduct: (options) => getProduct(api, options),
    listProducts: (options) => listProducts(api, options),
    deleteProduct: (options) => deleteProduct(api, options),
    createContentJob: (options) => createContentJob(api, options),
    getContentStatus: (options) => getContentStatus(api, options),
    getSharedContent: (options) => getSharedContent(api, options),
    archiveRenders: (options) => setArchived(api, { ...options, isArchived: true }),
    unarchiveRenders: (options) => setArchived(api, { ...options, isArchived: false }),
    createImages: (options) => createImages(api, options),
    listRenderImages: (options) => listRenderImages(api, options),
    waitForContent: (options) => waitForContent(waits, options),
    waitForRender: (options) => waitForRender(waits, options),
    downloadImage: (options) => downloadImage(downloads, options),
    publishProduct: (options) => publishProduct({ ...waits, uploads }, options),
  };
}
