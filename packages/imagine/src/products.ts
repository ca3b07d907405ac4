import { ApiError, type Paginated } from "@org/http-core";
import { z } from "zod";
import { type FileKind, isSupportedName, modelExtensions } from "./data-types.ts";
import { callApi, type ImagineApi, type WithCredits } from "./imagine-api.ts";
import { argumentInvalid, notSentError } from "./imagine-error.ts";
import { countOf, isRecord, textOrNull } from "./json-values.ts";
import { type ListPage, listPages, pageSchema } from "./pages.ts";
import { readUploadForm, type UploadForm } from "./presigned-post.ts";
import { describeKey, type ProductKey, productQuery, unicodeForPath } from "./product-key.ts";
import { type Product, productRecord } from "./products.schema.ts";

interface Signal {
  signal?: AbortSignal | undefined;
}

/** What people call a product; all optional. */
export interface ProductNames {
  name?: string | undefined;
  mainAssetName?: string | undefined;
  /** Unique within the account. */
  skuId?: string | undefined;
  /** Unique within the account. */
  gtin?: string | undefined;
}

export type CreateProductOptions = ProductNames &
  Signal & {
    /** With its ending, one of `modelExtensions`. */
    modelFileName: string;
    /** PNG or JPEG. The document calls it optional here, and wants both files before `markUploadSuccess`. */
    thumbnailFileName?: string | undefined;
  };

export interface CreatedProduct extends WithCredits {
  readonly product: Product;
  /** For `uploadModel`. A permission to upload: keep it secret; no call gives a new one. */
  readonly modelUpload: UploadForm;
  /** For `uploadThumbnail`; `null` where the service gave none. */
  readonly thumbnailUpload: UploadForm | null;
  readonly message: string;
}

/** A product after a write. */
export interface ChangedProduct extends WithCredits {
  readonly product: Product;
  readonly message: string;
}

export interface FoundProduct extends WithCredits {
  readonly product: Product;
}

export interface DeletedProduct extends WithCredits {
  readonly unicode: string;
  /** When it will be gone for good, as served (`2026-02-06 19:42:20.164263`): the service does not tell the time zone. */
  readonly deletionDate: string | null;
  readonly message: string;
}

export type ListProductsOptions = ProductKey &
  Signal & {
    /** Free text in name and main asset name. */
    search?: string | undefined;
    /** Credits to keep: a page that would leave fewer is not asked for. */
    creditBudget?: number | undefined;
  };

const detailsPath = "/v1/product/details/";

/** The envelope of every write. */
export function writeAnswer<T>(data: z.ZodType<T>) {
  return z
    .looseObject({ data, message: textOrNull })
    .transform((answer) => ({ data: answer.data as T, message: answer.message ?? "" }));
}

const createdData = z
  .looseObject({ presigned_url_prop_user_file: z.unknown(), presigned_url_thumbnail: z.unknown() })
  .transform((data, context) => {
    const {
      presigned_url_prop_user_file: model,
      presigned_url_thumbnail: thumbnail,
      // A path without a host, signed: nothing to use, and nothing to show.
      presigned_data_prop_user_file: _model,
      presigned_data_thumbnail: _thumbnail,
      ...rest
    } = data as Record<string, unknown>;
    const product = productRecord.safeParse(rest);
    const modelUpload = readUploadForm(model);
    if (!product.success) context.addIssue({ code: "custom", message: "expected a product", path: ["unicode"] });
    if (modelUpload === null) {
      context.addIssue({
        code: "custom",
        message: "expected {url, fields}",
        path: ["presigned_url_prop_user_file"],
      });
    }
    if (!product.success || modelUpload === null) return z.NEVER;
    return { product: product.data, modelUpload, thumbnailUpload: readUploadForm(thumbnail) };
  });

/** Creates a product. Costs one credit. Sent once: after a lost answer, look it up with `getProduct`. */
export async function createProduct(api: ImagineApi, options: CreateProductOptions): Promise<CreatedProduct> {
  const operation = "Imagine createProduct";
  const { modelFileName, thumbnailFileName, name, mainAssetName, skuId, gtin, signal } = options;
  checkFileName(operation, "model", modelFileName);
  if (thumbnailFileName !== undefined) checkFileName(operation, "thumbnail", thumbnailFileName);
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "POST",
    path: detailsPath,
    fields: {
      ...namesAsFields(operation, { name, mainAssetName, skuId, gtin }),
      prop_data_user_file_name: modelFileName,
      thumbnail_name: thumbnailFileName,
    },
    schema: writeAnswer(createdData),
    subject: `the new product ${skuId ?? modelFileName}`,
    signal,
  });
  return { ...data.data, message: data.message, creditsLeft };
}

/** Says that both files are uploaded; content can be made from then on. Costs one credit. */
export async function markUploadSuccess(
  api: ImagineApi,
  { unicode, signal }: { unicode: string } & Signal,
): Promise<ChangedProduct> {
  const operation = "Imagine markUploadSuccess";
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "PATCH",
    path: `${detailsPath}${unicodeForPath(operation, unicode)}/`,
    json: { action: "mark_upload_success" },
    schema: writeAnswer(productRecord),
    subject: `that the files of product ${unicode} are uploaded`,
    signal,
  });
  return { product: data.data, message: data.message, creditsLeft };
}

/** Changes the names that are given and leaves the others. Costs one credit. */
export async function updateProduct(
  api: ImagineApi,
  options: { unicode: string } & ProductNames & Signal,
): Promise<ChangedProduct> {
  const operation = "Imagine updateProduct";
  const { unicode, signal, ...names } = options;
  const fields = namesAsFields(operation, names);
  if (Object.values(fields).every((value) => value === undefined)) {
    throw argumentInvalid(operation, "name", "be given, or mainAssetName, skuId or gtin: there is nothing to change");
  }
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "PATCH",
    path: `${detailsPath}${unicodeForPath(operation, unicode)}/`,
    fields,
    schema: writeAnswer(productRecord),
    subject: `the new names of product ${unicode}`,
    signal,
  });
  return { product: data.data, message: data.message, creditsLeft };
}

/** Lists products, filtered where asked; each page of 20 costs a credit, fetched as it is asked for. */
export function listProducts(
  api: ImagineApi,
  options: ListProductsOptions = {},
): Paginated<Product, ListPage<Product>> {
  const { search, creditBudget, signal, unicode, gtin, skuId, salsifyId } = options;
  return listPages(api, {
    operation: "Imagine listProducts",
    access: "read",
    path: detailsPath,
    query: { unicode, gtin, sku_id: skuId, salsify_id: salsifyId, search },
    subject: "the list of products",
    item: productRecord,
    creditBudget,
    signal,
  });
}

/** Finds one product; throws `product-not-found` where there is none. Costs one credit. */
export async function getProduct(api: ImagineApi, options: ProductKey & Signal): Promise<FoundProduct> {
  const operation = "Imagine getProduct";
  const { signal, ...key } = options;
  const query = productQuery(operation, key);
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "read",
    method: "GET",
    path: detailsPath,
    query,
    schema: pageSchema(productRecord),
    subject: `product ${describeKey(key)}`,
    signal,
  });
  // A filter that the service does not know would answer with everything.
  const product = data.results.items.find((one) => isThatProduct(one, key));
  if (product !== undefined) return { product, creditsLeft };
  throw new ApiError({
    kind: "refusal",
    code: "product-not-found",
    message: `Imagine has no product ${describeKey(key)}. Check the identifier.`,
    status: 200,
    request: { operation, method: "GET", url: api.http.origin + detailsPath },
  });
}

function isThatProduct(product: Product, key: ProductKey): boolean {
  if (key.unicode !== undefined) return product.unicode.toLowerCase() === key.unicode.trim().toLowerCase();
  if (key.gtin !== undefined) return product.gtin === key.gtin.trim();
  if (key.skuId !== undefined) return product.skuId === key.skuId.trim();
  // The lists do not show it, so the service must be believed.
  return product.salsifyId === null || product.salsifyId === key.salsifyId?.trim();
}

/** Marks a product for deletion; it is gone for good at `deletionDate`. Costs one credit. */
export async function deleteProduct(
  api: ImagineApi,
  { unicode, signal }: { unicode: string } & Signal,
): Promise<DeletedProduct> {
  const operation = "Imagine deleteProduct";
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "DELETE",
    path: `${detailsPath}${unicodeForPath(operation, unicode)}/`,
    schema: writeAnswer(z.unknown().optional()),
    subject: `the deletion of product ${unicode}`,
    signal,
    // The collection's test takes a 204 as well.
    emptyAnswer: { data: { unicode }, message: null },
  });
  const { message } = data;
  const named = isRecord(data.data) ? textOrNull.parse(data.data.unicode) : null;
  const deletionDate = /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/.exec(message)?.[0];
  return { unicode: named ?? unicode, deletionDate: deletionDate ?? null, message, creditsLeft };
}

function namesAsFields(operation: string, names: ProductNames): Record<string, string | undefined> {
  for (const [name, value] of Object.entries(names)) {
    if (value !== undefined && typeof value !== "string") throw argumentInvalid(operation, name, "be a text");
  }
  const { name, mainAssetName, skuId, gtin } = names;
  return { name, main_asset_name: mainAssetName, sku_id: skuId, gtin };
}

/** Refuses a name that the service would refuse, which would cost a credit. */
export function checkFileName(operation: string, kind: FileKind, fileName: string): void {
  const field = kind === "model" ? "modelFileName" : "thumbnailFileName";
  if (typeof fileName !== "string" || fileName.trim() === "") {
    throw argumentInvalid(operation, field, "be a file name with its ending");
  }
  if (isSupportedName(kind, fileName)) return;
  const wanted = kind === "model" ? modelExtensions.join(" ") : ".png .jpg .jpeg";
  throw notSentError({
    code: kind === "model" ? "model-type-unsupported" : "thumbnail-type-unsupported",
    message: `Nothing was sent to Imagine: ${fileName} does not end in one of ${wanted}.`,
    operation,
    fieldErrors: { [field]: [`must end in one of ${wanted}`] },
  });
}

/** A positive whole number, as Imagine's ids are. */
export function checkId(operation: string, name: string, value: unknown): void {
  if (countOf(value) === null || typeof value !== "number" || value === 0) {
    throw argumentInvalid(operation, name, "be a positive whole number");
  }
}
