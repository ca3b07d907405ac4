import { z } from "zod";
import type { ContentOutcome } from "./content-status.ts";
import { type ContentType, contentTypes } from "./data-types.ts";
import { argumentInvalid } from "./imagine-error.ts";

/** `sent`: it left, and how it ended is not known yet. */
const stepState = z.enum(["none", "sent", "done"]);

const upload = z.strictObject({
  /** `null` until the product is created. */
  form: z.strictObject({ url: z.string(), fields: z.record(z.string(), z.string()) }).nullable(),
  state: stepState,
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  skuId: z.string().nullable(),
  gtin: z.string().nullable(),
  contentTypes: z.array(z.enum(contentTypes)).min(1),
  create: stepState,
  unicode: z.string().nullable(),
  productId: z.number().nullable(),
  model: upload,
  thumbnail: upload.nullable(),
  mark: stepState,
  job: stepState,
  jobSentAtMs: z.number().nullable(),
  outcomes: z.record(z.string(), z.string()).nullable(),
});

/**
 * How far a `publishProduct` has come: plain JSON, to be kept until it is finished. It holds the upload forms, which are
 * permissions to upload in your name: keep it as you keep keys.
 */
export interface PublishRecord {
  version: 1;
  skuId: string | null;
  gtin: string | null;
  contentTypes: ContentType[];
  create: "none" | "sent" | "done";
  unicode: string | null;
  /** Imagine's number of the product. */
  productId: number | null;
  model: UploadRecord;
  /** `null` where there is no thumbnail. */
  thumbnail: UploadRecord | null;
  mark: "none" | "sent" | "done";
  job: "none" | "sent" | "done";
  /** Milliseconds since 1970. */
  jobSentAtMs: number | null;
  outcomes: Partial<Record<ContentType, ContentOutcome>> | null;
}

export interface UploadRecord {
  form: { url: string; fields: Record<string, string> } | null;
  state: "none" | "sent" | "done";
}

/** The record of a publication that has not begun. */
export function newRecord(facts: {
  skuId: string | undefined;
  gtin: string | undefined;
  contentTypes: ContentType[];
  hasThumbnail: boolean;
}): PublishRecord {
  const { skuId = null, gtin = null, contentTypes, hasThumbnail } = facts;
  return {
    version: 1,
    skuId,
    gtin,
    contentTypes,
    create: "none",
    unicode: null,
    productId: null,
    model: { form: null, state: "none" },
    thumbnail: hasThumbnail ? { form: null, state: "none" } : null,
    mark: "none",
    job: "none",
    jobSentAtMs: null,
    outcomes: null,
  };
}

/** Takes a kept record, of the same product and content; throws `argument-invalid` for anything else. */
export function readRecord(operation: string, kept: unknown, expected: PublishRecord): PublishRecord {
  const parsed = recordSchema.safeParse(kept);
  if (!parsed.success) {
    throw argumentInvalid(operation, "resumeFrom", "be a record as onRecord was given it");
  }
  const record = parsed.data as PublishRecord;
  const sameContent = [...record.contentTypes].sort().join() === [...expected.contentTypes].sort().join();
  const sameFiles = (record.thumbnail === null) === (expected.thumbnail === null);
  if (record.skuId !== expected.skuId || record.gtin !== expected.gtin || !sameContent || !sameFiles) {
    throw argumentInvalid(operation, "resumeFrom", "belong to the same skuId, gtin, contentTypes and thumbnail");
  }
  return record;
}
