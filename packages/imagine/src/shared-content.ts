import { looseArray } from "@org/http-core";
import { z } from "zod";
import { contentTypeQuery } from "./content-status.ts";
import type { ContentType } from "./data-types.ts";
import { callApi, type ImagineApi, type WithCredits } from "./imagine-api.ts";
import { argumentInvalid } from "./imagine-error.ts";
import { checkContentTypes } from "./jobs.ts";
import { addressOrNull, countOf, countOrNull, isRecord, textOrNull } from "./json-values.ts";
import { describeKey, type ProductKey, productQuery, unicodeForPath } from "./product-key.ts";
import { type Product, productRecord } from "./products.schema.ts";
import { checkId, writeAnswer } from "./products.ts";

/** A finished product image. Its URLs are signed and end (`readUrlExpiry`): use them unchanged. */
export interface SiloImage {
  readonly id: number | null;
  readonly name: string | null;
  readonly imageUrl: string | null;
  readonly thumbnailUrl: string | null;
}

/** What is ready of a product. */
export interface SharedContent extends WithCredits {
  readonly product: Product;
  /** Signed. */
  readonly thumbnailUrl: string | null;
  /** Pages for people, not signed; `null` while there is nothing to see. */
  readonly modelViewerUrl: string | null;
  readonly arViewerUrl: string | null;
  readonly spinViewerUrl: string | null;
  /** Only what is finished. */
  readonly siloImages: readonly SiloImage[];
}

export type GetSharedContentOptions = ProductKey & {
  contentType?: ContentType | undefined;
  signal?: AbortSignal | undefined;
};

export interface ArchiveRendersOptions {
  unicode: string;
  /** Ids of rendered images. */
  ids: readonly number[];
  signal?: AbortSignal | undefined;
}

export interface ArchivedRenders extends WithCredits {
  readonly updatedCount: number | null;
  readonly ids: readonly number[];
  readonly message: string;
}

const siloImage = z
  .looseObject({ id: countOrNull, name: textOrNull, image_url: addressOrNull, thumbnail_url: addressOrNull })
  .transform(
    (image): SiloImage => ({
      id: image.id,
      name: image.name,
      imageUrl: image.image_url,
      thumbnailUrl: image.thumbnail_url,
    }),
  );

const siloImages = looseArray(siloImage);

const sharedContent = productRecord.transform((record) => {
  const {
    thumbnail_url: thumbnail,
    product_3d: modelViewer,
    product_ar: arViewer,
    product_threesixty: spinViewer,
    product_silo_images: images,
    ...other
  } = record.other;
  return {
    product: { ...record, other },
    thumbnailUrl: addressOrNull.parse(thumbnail),
    modelViewerUrl: addressOrNull.parse(modelViewer),
    arViewerUrl: addressOrNull.parse(arViewer),
    spinViewerUrl: addressOrNull.parse(spinViewer),
    siloImages: siloImages.parse(Array.isArray(images) ? images : []).items,
  };
});

/** What is ready of a product, with fresh signed URLs. Costs a credit. */
export async function getSharedContent(api: ImagineApi, options: GetSharedContentOptions): Promise<SharedContent> {
  const operation = "Imagine getSharedContent";
  const { contentType, signal, ...key } = options;
  if (contentType !== undefined) checkContentTypes(operation, [contentType]);
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "read",
    method: "GET",
    path: "/v1/product/shared-content/",
    query: {
      ...productQuery(operation, key),
      content_type: contentType === undefined ? undefined : contentTypeQuery(contentType),
    },
    schema: sharedContent,
    subject: `the content of product ${describeKey(key)}`,
    signal,
  });
  return { ...data, creditsLeft };
}

/** Hides rendered images (`isArchived`) or shows them again. Nothing is deleted. Costs a credit. */
export async function setArchived(
  api: ImagineApi,
  options: ArchiveRendersOptions & { isArchived: boolean },
): Promise<ArchivedRenders> {
  const operation = options.isArchived ? "Imagine archiveRenders" : "Imagine unarchiveRenders";
  const { unicode, ids, isArchived, signal } = options;
  if (!Array.isArray(ids) || ids.length === 0) {
    throw argumentInvalid(operation, "ids", "be a list with at least one image's id");
  }
  for (const [index, id] of ids.entries()) checkId(operation, `ids.${index}`, id);
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "PATCH",
    path: "/v1/product/render-content/archive/",
    json: { ids, is_archive: isArchived, unicode: unicodeForPath(operation, unicode) },
    schema: writeAnswer(z.unknown().optional()),
    subject: `to ${isArchived ? "hide" : "show"} images of product ${unicode}`,
    signal,
  });
  const answer = isRecord(data.data) ? data.data : {};
  const served = Array.isArray(answer.ids) ? answer.ids.map(countOf).filter((id) => id !== null) : [];
  return { updatedCount: countOf(answer.updated_count), ids: served, message: data.message, creditsLeft };
}
