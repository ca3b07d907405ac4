export type { SignIn, TokenCheck } from "./auth.ts";
export type { CatalogFile } from "./catalog-files.ts";
export {
  type Category,
  type CategoryList,
  type CategoryName,
  parseCategories,
  type SubCategory,
} from "./categories.ts";
export {
  type AssetType,
  assetTypes,
  blenderVersions,
  isAssetType,
  type Labelled,
  labelOf,
  licenceTypes,
  type MessageStatus,
  messageStatuses,
  type Open,
  type SubscriptionStatus,
  subscriptionStatuses,
} from "./data-types.ts";
export { displayText } from "./display-text.ts";
export { defaultArchiveHosts, type FetchArchiveOptions, type Link } from "./downloads.ts";
export {
  createImeshhEnterprise,
  defaultEnterpriseOrigin,
  type EnterpriseProduct,
  type EnterpriseProductList,
  type FetchedFile,
  type FetchFileOptions,
  type ImeshhEnterprise,
  type ImeshhEnterpriseSettings,
} from "./enterprise.ts";
export type { EnterpriseFile } from "./enterprise-address.ts";
export type { Extension, ExtensionIndex } from "./extensions.ts";
export { decideFileUrl, type FileUrlDecision } from "./file-url.ts";
export { createImeshh, defaultOrigins, type Imeshh, type ImeshhOrigins, type ImeshhSettings } from "./imeshh-client.ts";
export { spendOutcome } from "./imeshh-error.ts";
export type { ShopMessage } from "./messages.ts";
export type { FetchPictureOptions } from "./pictures.ts";
export type { Product, ProductDownload, ProductImage, SkippedFeedRecord } from "./products.schema.ts";
export { type ProductList, parseProducts } from "./products.ts";
export type { ImeshhCredentials, TokenStore } from "./session.ts";
export type { ShopStatus } from "./status.ts";
export type { Subscription, SubscriptionList } from "./subscription.ts";
export { documentedUserAgent } from "./user-agent.ts";
