import { z } from "zod";
import type { contentStatuses } from "./products.ts";
import type { StoredObject, UploadFailure } from "./s3/bucket.ts";
import { s3ErrorCodes } from "./s3/xml-error.ts";
import { type ContentType, contentTypes, type ImagineSettings, imagineSettingsSchema } from "./settings.ts";

/** What `startSandbox` takes under `imagine`. */
export const imagineOptionsSchema = imagineSettingsSchema.partial().extend({
  outcomes: imagineSettingsSchema.shape.outcomes.partial().optional(),
  upload: imagineSettingsSchema.shape.upload.partial().optional(),
});

const statusText = z.string().min(1);
export const uploadFailureSchema = z.strictObject({
  code: z.enum(s3ErrorCodes as [(typeof s3ErrorCodes)[number]]),
  times: z.int().positive().optional(),
  status: z.int().min(200).max(599).optional(),
  afterStoring: z.boolean().optional(),
  endpoint: z.string().optional(),
});

/** What `PATCH /_sandbox/state` takes under `imagine`: settings, and what may be changed besides. */
export const imaginePatchSchema = imagineOptionsSchema.extend({
  /** The allowed domains of every key. */
  domains: z.array(z.string().min(1)).optional(),
  products: z
    .array(
      z.strictObject({
        unicode: z.string(),
        /** Status per type; of all its images where there are several. */
        statuses: z.partialRecord(z.enum(contentTypes), statusText).optional(),
        /** Everything that was requested reaches its outcome now. */
        finish: z.literal(true).optional(),
        uploadStatus: z.enum(["1", "2"]).optional(),
        salsifyId: z.string().nullable().optional(),
      }),
    )
    .optional(),
  renders: z
    .array(z.strictObject({ renderId: z.int(), status: statusText.optional(), finish: z.literal(true).optional() }))
    .optional(),
  /** The next uploads meet these errors. */
  uploadFailures: z.array(uploadFailureSchema).optional(),
});
export type ImaginePatch = z.input<typeof imaginePatchSchema>;

/** A product as the state shows it. */
export interface ImagineProductReport {
  id: number;
  unicode: string;
  name: string | null;
  skuId: string | null;
  gtin: string | null;
  salsifyId: string | null;
  createdAt: string;
  uploadStatus: "1" | "2";
  modelKey: string;
  thumbnailKey: string | null;
  statuses: ReturnType<typeof contentStatuses>;
}

export interface ImagineRenderReport {
  renderId: number;
  skuIds: (string | null)[];
  images: { id: number; angleName: string; status: string; isArchived: boolean }[];
}

export interface ImagineState {
  settings: ImagineSettings;
  credits: number;
  /** Newest first; those that nobody deleted. */
  products: ImagineProductReport[];
  renders: ImagineRenderReport[];
  objects: StoredObject[];
  uploadFailures: UploadFailure[];
}

/** The Imagine of a running sandbox, as a test drives it. */
export interface ImagineControl {
  /** What a client needs: the first key of each kind and the first domain. */
  credentials(): { secretKey: string; publicKey: string; domain: string; zapierToken: string };
  /** Changes settings; a wrong patch throws `InvalidInputError` and changes nothing. */
  configure(patch: z.input<typeof imagineOptionsSchema>): void;
  credits(): number;
  setCredits(credits: number): void;
  products(): ImagineProductReport[];
  /** A product whose upload is complete, without the calls. */
  addProduct(product?: { name?: string; skuId?: string; gtin?: string; modelFileName?: string }): ImagineProductReport;
  /** Everything that was requested of the product reaches its outcome now. */
  finishProduct(unicode: string): void;
  /** The status of one type from now on; `index` picks one of several images. */
  setStatus(unicode: string, type: ContentType, status: string, index?: number): void;
  renders(): ImagineRenderReport[];
  finishRender(renderId: number): void;
  setRenderStatus(renderId: number, status: string, index?: number): void;
  /** What was uploaded: size and sums, not the bytes. */
  objects(): StoredObject[];
  /** The next uploads meet this error of S3, after those that were asked for before. */
  failUploads(failure: UploadFailure): void;
}
