export type { JwtRefresh } from "./auth.ts";
export {
  type IterationStatus,
  type IterationType,
  iterationStatuses,
  iterationTypes,
  type LevelOfQuality,
  levelsOfQuality,
  type Open,
  processCosts,
  type ResultFormat,
  resultFormats,
} from "./data-types.ts";
export { createFileTokenStore, type FileTokenStoreSettings } from "./file-token-store.ts";
export type { HookRegistration } from "./hooks.ts";
export { type ImageInput, type ImageStream, maxImageBytes, maxImages } from "./images.ts";
export { createKaedim, defaultOrigin, type Kaedim, type KaedimSettings } from "./kaedim-client.ts";
export { spendOutcome } from "./kaedim-error.ts";
export type { FindLostRequestOptions, LostRequest } from "./lost-request.ts";
export type { ImageUrlForm, ProcessedRequest, ProcessOptions } from "./process.ts";
export type { ProcessSettings } from "./process-fields.ts";
export type { Project, ProjectList } from "./projects.ts";
export { decideRequestState, type RequestState } from "./request-state.ts";
export type { Iteration, KaedimRequest, Results, SkippedRecord } from "./requests.schema.ts";
export type { FetchAllOptions, FetchRequestOptions, RequestList } from "./requests.ts";
export type { DownloadResultOptions } from "./results.ts";
export type { AuthorizationForm, TokenStore } from "./session.ts";
export type { FinishedRequest, RequestProgress, WaitForRequestOptions } from "./wait-for-request.ts";
export type { ConfirmedWebhook } from "./webhook-confirmations.ts";
export {
  createWebhookHandler,
  type WebhookHandler,
  type WebhookHandlerSettings,
  type WebhookRefusal,
} from "./webhook-handler.ts";
export { type KaedimWebhook, parseWebhook } from "./webhook-payload.ts";
export {
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookRejection,
  type WebhookVerdict,
} from "./webhook-signature.ts";
export { createMemoryWebhookStore, type WebhookStore } from "./webhook-store.ts";
export type { DateFormat } from "./wire-date.ts";
