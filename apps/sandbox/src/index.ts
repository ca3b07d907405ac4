export type { ThreeDVerseSettings } from "./3dverse/settings.ts";
export type { ThreeDVerseState, UploadTaskReport } from "./3dverse/state-report.ts";
export type { ThreeDVerseControl, ThreeDVersePatch } from "./3dverse/three-d-verse.ts";
export type { ArchiveChange } from "./catalog/archives.ts";
export type { NewProduct, ProductUpdate } from "./catalog/catalog.ts";
export type { FeedEncoding } from "./catalog/feed-store.ts";
export type { AssetType } from "./catalog/sample-shop.ts";
export { bundledSampleShop } from "./catalog/sample-shop.ts";
export type { Fault, FaultKind } from "./faults/fault.ts";
export type { FaultReport } from "./faults/fault-list.ts";
export type { HostName, Origins } from "./host-name.ts";
export { documentedUserAgent } from "./http/required-headers.ts";
export type {
  ImagineControl,
  ImaginePatch,
  ImagineProductReport,
  ImagineRenderReport,
  ImagineState,
} from "./imagine/control.ts";
export type { StoredObject, UploadFailure } from "./imagine/s3/bucket.ts";
export type { ContentType as ImagineContentType, ImagineSettings } from "./imagine/settings.ts";
export type { JournalEntry, JournalFilter } from "./journal.ts";
export type { KaedimControl, KaedimPatch, KaedimRequestReport, KaedimState } from "./kaedim/control.ts";
export type { KaedimSettings } from "./kaedim/settings.ts";
export type { WebhookDelivery, WebhookSigning } from "./kaedim/webhooks.ts";
export type { SandboxOptions } from "./options.ts";
export { InvalidInputError } from "./parse-strictly.ts";
export type { Sandbox } from "./sandbox.ts";
export type { ChargingModel } from "./shop/quota.ts";
export { startSandbox } from "./start-sandbox.ts";
export type { SandboxState, StatePatch } from "./state.ts";
