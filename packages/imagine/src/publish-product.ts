import { ApiError, type Clock } from "@org/http-core";
import type { ContentOutcome } from "./content-status.ts";
import type { ContentType, FileKind } from "./data-types.ts";
import type { ImagineApi } from "./imagine-api.ts";
import { argumentInvalid } from "./imagine-error.ts";
import { checkContentTypes, createContentJob, getContentStatus } from "./jobs.ts";
import type { UploadForm } from "./presigned-post.ts";
import { checkFileName, createProduct, getProduct, markUploadSuccess } from "./products.ts";
import { newRecord, type PublishRecord, readRecord, type UploadRecord } from "./publish-record.ts";
import { sourceName, type UploadSource } from "./upload-source.ts";
import { type UploadParts, type UploadProgress, uploadFile } from "./uploads.ts";
import { type ContentProgress, waitForContent } from "./wait-for-content.ts";
import { completeWait, type WaitOptions } from "./wait-options.ts";

export interface PublishProductOptions extends WaitOptions {
  model: UploadSource;
  /** Default: the source's own name. */
  modelFileName?: string | undefined;
  /** The document calls it optional, and wants both files before content is made: give one. */
  thumbnail?: UploadSource | undefined;
  thumbnailFileName?: string | undefined;
  name?: string | undefined;
  mainAssetName?: string | undefined;
  /** This or `gtin` is needed: by it a product is found whose creation was not answered. */
  skuId?: string | undefined;
  gtin?: string | undefined;
  contentTypes: readonly ContentType[];
  /** Goes on where an earlier call with the same options stopped. */
  resumeFrom?: unknown;
  /** Told each time more is known; what it gets is to be stored before it returns. */
  onRecord?: ((record: PublishRecord) => Promise<void> | void) | undefined;
  onUpload?: ((kind: FileKind, progress: UploadProgress) => void) | undefined;
  onProgress?: ((progress: ContentProgress) => void) | undefined;
}

/** A product with content. */
export interface PublishedProduct {
  readonly unicode: string;
  readonly productId: number | null;
  readonly outcomes: Readonly<Partial<Record<ContentType, ContentOutcome>>>;
  /** Everything that was asked for is `done`. */
  readonly isComplete: boolean;
  readonly record: PublishRecord;
  readonly creditsLeft: number | null;
}

export interface PublishParts {
  readonly api: ImagineApi;
  readonly uploads: UploadParts;
  readonly clock: Clock;
  readonly httpSignal: AbortSignal | undefined;
}

const operation = "Imagine publishProduct";

/**
 * Creates a product, uploads its files, says so, has content made and waits for it. Costs three credits and one for each
 * look. Before each step that must not happen twice, `onRecord` is told; a later call with that record as `resumeFrom` goes
 * on at the same step, and where nobody knows whether the step was done, asks the service first.
 */
export async function publishProduct(parts: PublishParts, options: PublishProductOptions): Promise<PublishedProduct> {
  const plan = checkOptions(options);
  let record = plan.record;
  const { api } = parts;
  const { signal, creditBudget } = options;

  async function save(changes: Partial<PublishRecord>): Promise<void> {
    record = { ...record, ...changes };
    await options.onRecord?.(structuredClone(record));
  }

  async function create(): Promise<string> {
    if (record.unicode !== null && record.create === "done") return record.unicode;
    if (record.create === "sent") await findLost();
    api.credits.check(creditBudget, operation);
    await save({ create: "sent" });
    const { name, mainAssetName, skuId, gtin } = options;
    const { modelFileName, thumbnailFileName } = plan;
    const created = await createProduct(api, {
      modelFileName,
      thumbnailFileName,
      name,
      mainAssetName,
      skuId,
      gtin,
      signal,
    }).catch(async (error: unknown) => {
      if (wasRefused(error)) await save({ create: "none" });
      throw error;
    });
    const { thumbnailUpload, modelUpload } = created;
    const { unicode } = created.product;
    await save({
      create: "done",
      unicode,
      model: { form: formOf(modelUpload), state: "none" },
      thumbnail: record.thumbnail === null ? null : { form: formOf(thumbnailUpload), state: "none" },
    });
    return unicode;
  }

  /** Looks for a product whose creation was not answered; with it the forms are lost. */
  async function findLost(): Promise<void> {
    const { skuId, gtin } = options;
    const found = await getProduct(api, skuId === undefined ? { gtin, signal } : { skuId, signal }).catch(
      (error: unknown) => {
        if (ApiError.isInstance(error) && error.code === "product-not-found") return undefined;
        throw error;
      },
    );
    if (found === undefined) return;
    const { unicode } = found.product;
    await save({ unicode });
    throw new ApiError({
      kind: "refusal",
      code: "upload-form-lost",
      message: `Product ${unicode} was created, but the answer with its upload forms was lost, and Imagine documents no call for new ones. Delete it with deleteProduct and publish anew, under another skuId while that one is taken.`,
      fieldErrors: { unicode: [unicode] },
      request: { operation, method: "", url: "" },
    });
  }

  async function upload(kind: FileKind, source: UploadSource | undefined): Promise<void> {
    const known = record[kind];
    if (known === null || known.form === null || known.state !== "none" || source === undefined) return;
    const { form } = known;
    const saveState = (state: "none" | "sent" | "done") => save({ [kind]: { form, state } });
    try {
      await uploadFile(parts.uploads, kind, {
        upload: form,
        file: source,
        signal,
        onProgress: (progress) => options.onUpload?.(kind, progress),
        onWhole: (isWhole) => saveState(isWhole ? "sent" : "none"),
      });
    } catch (error) {
      // Then the service is asked, by saying that the upload succeeded.
      if (ApiError.isInstance(error) && error.code === "upload-outcome-unknown") return;
      if (record[kind]?.state === "sent" && wasRefused(error)) await saveState("none");
      throw error;
    }
    await saveState("done");
  }

  async function uploadAll(): Promise<void> {
    await upload("model", options.model);
    await upload("thumbnail", options.thumbnail);
  }

  async function mark(unicode: string): Promise<void> {
    if (record.mark === "done") return;
    const wasSent = record.mark === "sent";
    api.credits.check(creditBudget, operation);
    await save({ mark: "sent" });
    try {
      const { product } = await markUploadSuccess(api, { unicode, signal });
      await save({ mark: "done", productId: product.id, ...withUploads("sent", "done") });
    } catch (error) {
      if (!isJudged(error)) {
        if (wasRefused(error) && !wasSent) await save({ mark: "none" });
        throw error;
      }
      const inDoubt = record.model.state === "sent" || record.thumbnail?.state === "sent";
      // Said before, and not answered: the job, which is next, is refused where it did not count.
      if (wasSent && !inDoubt) return save({ mark: "done" });
      await save({ mark: "none", ...withUploads("sent", "none") });
      if (!inDoubt) throw error;
      await uploadAll();
      return mark(unicode);
    }
  }

  function withUploads(from: "sent", to: "none" | "done"): Pick<PublishRecord, "model" | "thumbnail"> {
    const { model, thumbnail } = record;
    return {
      model: model.state === from ? { ...model, state: to } : model,
      thumbnail: thumbnail?.state === from ? { ...thumbnail, state: to } : thumbnail,
    };
  }

  async function startJob(unicode: string): Promise<void> {
    if (record.job === "none") await sendJob(unicode);
    if (record.job !== "sent") return;
    await pause(remainingDelayMs());
    api.credits.check(creditBudget, operation);
    const status = await getContentStatus(api, { unicode, signal });
    const hasArrived = record.contentTypes.some((type) => status.types[type] !== null);
    if (hasArrived) return save({ job: "done" });
    await save({ job: "none" });
    await sendJob(unicode);
    if (record.job === "sent") throw jobUnknown(unicode);
  }

  /** Leaves `sent` where nobody knows whether it arrived. */
  async function sendJob(unicode: string): Promise<void> {
    api.credits.check(creditBudget, operation);
    await save({ job: "sent", jobSentAtMs: parts.clock.now() });
    try {
      await createContentJob(api, { unicode, contentTypes: record.contentTypes, signal });
    } catch (error) {
      if (wasRefused(error)) await save({ job: "none", jobSentAtMs: null });
      if (wasRefused(error) || !ApiError.isInstance(error) || error.kind === "aborted") throw error;
      return;
    }
    await save({ job: "done" });
  }

  function remainingDelayMs(): number {
    const sinceMs = record.jobSentAtMs === null ? 0 : parts.clock.now() - record.jobSentAtMs;
    return Math.max(0, plan.wait.firstDelayMs - Math.max(0, sinceMs));
  }

  async function pause(ms: number): Promise<void> {
    const signals = [signal, parts.httpSignal].filter((one) => one !== undefined);
    const any = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    await parts.clock.sleep(ms, any).catch((reason: unknown) => {
      throw new ApiError({
        kind: "aborted",
        code: "aborted",
        message: `${operation} was aborted; its record goes on from here.`,
        request: { operation, method: "", url: "" },
        cause: reason,
      });
    });
  }

  const unicode = await create();
  if (record.mark !== "done") await uploadAll();
  await mark(unicode);
  await startJob(unicode);
  if (record.outcomes === null) {
    const { outcomes } = await waitForContent(parts, {
      unicode,
      contentTypes: record.contentTypes,
      ...plan.wait,
      firstDelayMs: remainingDelayMs(),
      creditBudget,
      signal,
      onProgress: options.onProgress,
    });
    await save({ outcomes });
  }
  const outcomes = record.outcomes ?? {};
  return {
    unicode,
    productId: record.productId,
    outcomes,
    isComplete: Object.values(outcomes).every((outcome) => outcome === "done"),
    record,
    creditsLeft: api.credits.left(),
  };
}

function checkOptions(options: PublishProductOptions) {
  const { model, thumbnail, skuId, gtin } = options;
  const wait = completeWait(operation, options);
  const contentTypes = checkContentTypes(operation, options.contentTypes);
  if ((skuId ?? gtin ?? "").trim() === "") {
    throw argumentInvalid(operation, "skuId", "be given, or gtin: by it a product is found whose answer was lost");
  }
  const modelFileName = options.modelFileName ?? sourceName(model) ?? "";
  checkFileName(operation, "model", modelFileName);
  const thumbnailFileName =
    thumbnail === undefined ? undefined : (options.thumbnailFileName ?? sourceName(thumbnail) ?? "");
  if (thumbnailFileName !== undefined) checkFileName(operation, "thumbnail", thumbnailFileName);
  const fresh = newRecord({ skuId, gtin, contentTypes, hasThumbnail: thumbnail !== undefined });
  const record = options.resumeFrom === undefined ? fresh : readRecord(operation, options.resumeFrom, fresh);
  return { wait, modelFileName, thumbnailFileName, record };
}

/** `null` where the service gave no form. */
function formOf(form: UploadForm | null): UploadRecord["form"] {
  return form === null ? null : { url: form.url, fields: { ...form.fields } };
}

/** It provably did not happen. */
function wasRefused(error: unknown): boolean {
  if (!ApiError.isInstance(error)) return false;
  if (error.neverSent) return true;
  const { kind, status } = error;
  // 408 and 499 are said by proxies that did not wait for the service's answer.
  return kind === "refusal" && status !== undefined && status < 500 && status !== 408 && status !== 499;
}

/** The service looked at it and says that it is not so, rather than that it may not be asked now. */
function isJudged(error: unknown): error is ApiError {
  return ApiError.isInstance(error) && wasRefused(error) && error.code === "request-refused";
}

function jobUnknown(unicode: string): ApiError {
  return new ApiError({
    kind: "transport",
    code: "job-outcome-unknown",
    message: `Twice nobody answered to the content job of product ${unicode}. Go on later with the record: it looks before it asks again.`,
    request: { operation, method: "", url: "" },
  });
}
