export type { ContentItem, ContentItems, ContentOutcome, ContentStatus } from "./content-status.ts";
export { decideContentOutcome } from "./content-status.ts";
export {
  type ContentType,
  contentStatuses,
  contentTypes,
  type FileKind,
  type KnownStatus,
  modelExtensions,
  type Open,
  thumbnailExtensions,
} from "./data-types.ts";
export type { DownloadImageOptions, ImageOrigin } from "./download-image.ts";
export type { WithCredits } from "./imagine-api.ts";
export { createImagine, defaultBaseUrl, type Imagine, type ImagineSettings } from "./imagine-client.ts";
export type {
  CreateContentJobOptions,
  CreatedContentJob,
  GetContentStatusOptions,
  GottenContentStatus,
} from "./jobs.ts";
export type { ListPage } from "./pages.ts";
export { readUploadPolicy, type UploadForm, type UploadPolicy } from "./presigned-post.ts";
export type { ProductKey } from "./product-key.ts";
export type { Product } from "./products.schema.ts";
export type {
  ChangedProduct,
  CreatedProduct,
  CreateProductOptions,
  DeletedProduct,
  FoundProduct,
  ListProductsOptions,
  ProductNames,
} from "./products.ts";
export type { PublishedProduct, PublishProductOptions } from "./publish-product.ts";
export type { PublishRecord, UploadRecord } from "./publish-record.ts";
export type {
  CreatedImages,
  CreateImagesOptions,
  ListRenderImagesOptions,
  ProductPlacement,
  RenderImage,
  RenderKey,
} from "./renders.ts";
export type {
  ArchivedRenders,
  ArchiveRendersOptions,
  GetSharedContentOptions,
  SharedContent,
  SiloImage,
} from "./shared-content.ts";
export { readUrlExpiry } from "./signed-url.ts";
export type { UploadSource, UploadStream } from "./upload-source.ts";
export type { UploadedFile, UploadOptions, UploadProgress } from "./uploads.ts";
export type { ContentProgress, FinishedContent, WaitForContentOptions } from "./wait-for-content.ts";
export type { FinishedRender, RenderProgress, WaitForRenderOptions } from "./wait-for-render.ts";
export type { WaitOptions } from "./wait-options.ts";
export {
  createImagineZapier,
  defaultZapierBaseUrl,
  type ImagineZapier,
  type ImagineZapierSettings,
  type ZapierAccount,
  type ZapierImage,
  type ZapierToken,
} from "./zapier.ts";
