import { z } from "zod";
import {
  type ContentOutcome,
  type ContentStatus,
  contentStatusAnswer,
  contentTypeQuery,
  decideContentOutcome,
} from "./content-status.ts";
import { type ContentType, contentTypes } from "./data-types.ts";
import { callApi, type ImagineApi, type WithCredits } from "./imagine-api.ts";
import { argumentInvalid } from "./imagine-error.ts";
import { isRecord, textOrNull } from "./json-values.ts";
import { describeKey, type ProductKey, productQuery, unicodeForPath } from "./product-key.ts";
import { writeAnswer } from "./products.ts";

export interface CreateContentJobOptions {
  unicode: string;
  /** At least one, each once. */
  contentTypes: readonly ContentType[];
  signal?: AbortSignal | undefined;
}

/** A job that was taken. */
export interface CreatedContentJob extends WithCredits {
  readonly unicode: string;
  readonly message: string;
}

export type GetContentStatusOptions = ProductKey & {
  /** Narrows the answer to one type; the others are `null` then. */
  contentType?: ContentType | undefined;
  signal?: AbortSignal | undefined;
};

export type GottenContentStatus = ContentStatus &
  WithCredits & {
    readonly outcomes: Readonly<Record<ContentType, ContentOutcome>>;
  };

/**
 * Has content made of an uploaded product. Costs a credit, and whatever the account's plan says of the work. Sent once:
 * after a lost answer, `getContentStatus` tells whether it arrived.
 */
export async function createContentJob(api: ImagineApi, options: CreateContentJobOptions): Promise<CreatedContentJob> {
  const operation = "Imagine createContentJob";
  const { unicode, signal } = options;
  const types = checkContentTypes(operation, options.contentTypes);
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "POST",
    path: "/v1/product/job/",
    json: {
      product: unicodeForPath(operation, unicode),
      job_detail_list: types.map((type) =>
        type === "silo" ? { req_type: "Product Image", image_type: "silo" } : { req_type: type },
      ),
    },
    schema: writeAnswer(z.unknown().optional()),
    subject: `the content job for product ${unicode}`,
    signal,
  });
  const named = isRecord(data.data) ? textOrNull.parse(data.data.unicode) : null;
  return { unicode: named ?? unicode, message: data.message, creditsLeft };
}

/** How far the content of a product is. Costs a credit: see `waitForContent` for how often to ask. */
export async function getContentStatus(
  api: ImagineApi,
  options: GetContentStatusOptions,
  look: { operation?: string; isLook?: boolean } = {},
): Promise<GottenContentStatus> {
  const { operation = "Imagine getContentStatus", isLook = false } = look;
  const { contentType, signal, ...key } = options;
  if (contentType !== undefined) checkContentTypes(operation, [contentType]);
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "read",
    method: "GET",
    path: "/v1/product/status/",
    query: {
      ...productQuery(operation, key),
      content_type: contentType === undefined ? undefined : contentTypeQuery(contentType),
    },
    schema: contentStatusAnswer,
    isLook,
    subject: `the status of product ${describeKey(key)}`,
    signal,
  });
  const outcomes = Object.fromEntries(contentTypes.map((type) => [type, decideContentOutcome(data.types[type])]));
  return { ...data, outcomes: outcomes as Record<ContentType, ContentOutcome>, creditsLeft };
}

/** The types, each once; throws `argument-invalid` for none or for one that the document does not know. */
export function checkContentTypes(operation: string, types: readonly ContentType[]): ContentType[] {
  const isKnown = Array.isArray(types) && types.length > 0 && types.every((type) => contentTypes.includes(type));
  if (!isKnown) throw argumentInvalid(operation, "contentTypes", `be one or more of ${contentTypes.join(", ")}`);
  return [...new Set(types)];
}
