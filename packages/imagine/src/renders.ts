import type { Paginated } from "@org/http-core";
import { z } from "zod";
import type { KnownStatus, Open } from "./data-types.ts";
import { callApi, type ImagineApi, type WithCredits } from "./imagine-api.ts";
import { argumentInvalid } from "./imagine-error.ts";
import { addressOrNull, countOf, countOrNull, textOrNull } from "./json-values.ts";
import { type ListPage, listPages } from "./pages.ts";
import { checkId, writeAnswer } from "./products.ts";

/** Where a product stands in a scene. */
export interface ProductPlacement {
  skuId: string;
  /** `[x, y, z]`, in `units`. */
  position?: readonly [number, number, number] | undefined;
  /** `[x, y, z]` angles; the document does not say of what unit. */
  rotation?: readonly [number, number, number] | undefined;
  materialId?: number | undefined;
}

export interface CreateImagesOptions {
  sceneId: number;
  /** Cameras of the scene; one image is made for each. */
  cameraIds: readonly number[];
  /** Default of the service: `inches`. */
  units?: string | undefined;
  products: readonly ProductPlacement[];
  signal?: AbortSignal | undefined;
}

/** A render job that was taken. */
export interface CreatedImages extends WithCredits {
  /** Keep it: it is how the images are found. */
  readonly renderId: number;
  readonly skuIds: readonly string[];
  readonly message: string;
}

/** One camera's image. URLs are signed and end; each is `null` until it is there. */
export interface RenderImage {
  readonly id: number | null;
  readonly angleName: string | null;
  readonly status: Open<KnownStatus> | null;
  readonly file: string | null;
  readonly filmicFile: string | null;
  readonly colorPassFile: string | null;
  readonly thumbnail: string | null;
  readonly filmicThumbnail: string | null;
  readonly other: Readonly<Record<string, unknown>>;
}

/** Which renders; with several, the service decides. */
export interface RenderKey {
  renderId?: number | undefined;
  /** Imagine's number of a product, which only `markUploadSuccess` tells; prefer `renderId`. */
  productId?: number | undefined;
  skuId?: string | undefined;
  /** Part of a name, in any case. */
  productName?: string | undefined;
}

export type ListRenderImagesOptions = RenderKey & {
  /** Credits to keep: a page that would leave fewer is not asked for. */
  creditBudget?: number | undefined;
  signal?: AbortSignal | undefined;
};

export const renderImage = z
  .looseObject({
    id: countOrNull,
    angle_name: textOrNull,
    status: textOrNull,
    file: addressOrNull,
    filmic_file: addressOrNull,
    color_pass_file: addressOrNull,
    thumbnail: addressOrNull,
    filmic_thumbnail: addressOrNull,
  })
  .transform((record): RenderImage => {
    const { id, angle_name, status, file, filmic_file, color_pass_file, thumbnail, filmic_thumbnail, ...other } =
      record;
    return {
      id,
      angleName: angle_name,
      status,
      file,
      filmicFile: filmic_file,
      colorPassFile: color_pass_file,
      thumbnail,
      filmicThumbnail: filmic_thumbnail,
      other,
    };
  });

const createdData = z.looseObject({
  render_id: z.unknown().transform((value, context) => {
    const id = countOf(value);
    if (id !== null && id > 0) return id;
    context.addIssue({ code: "custom", message: "expected the number of a render" });
    return z.NEVER;
  }),
  sku_ids: z
    .array(z.unknown())
    .transform((ids) => ids.map((id) => textOrNull.parse(id)).filter((id) => id !== null))
    .catch([]),
});

/**
 * Has images rendered of products in a scene. Costs a credit, and whatever the account's plan says of renders. Sent once:
 * after a lost answer, `listRenderImages({ skuId })` tells whether it arrived.
 */
export async function createImages(api: ImagineApi, options: CreateImagesOptions): Promise<CreatedImages> {
  const operation = "Imagine createImages";
  const { sceneId, cameraIds, units, products, signal } = options;
  checkId(operation, "sceneId", sceneId);
  if (!Array.isArray(cameraIds) || cameraIds.length === 0) {
    throw argumentInvalid(operation, "cameraIds", "be a list with at least one camera's id");
  }
  for (const [index, id] of cameraIds.entries()) checkId(operation, `cameraIds.${index}`, id);
  if (!Array.isArray(products) || products.length === 0) {
    throw argumentInvalid(operation, "products", "be a list with at least one product");
  }
  const { data, creditsLeft } = await callApi(api, {
    operation,
    access: "write",
    method: "POST",
    path: "/v1/product/create-images/",
    json: {
      scene_id: sceneId,
      cameras_to_render: cameraIds,
      units,
      products: products.map((product, index) => placementOf(operation, product, index)),
    },
    schema: writeAnswer(createdData),
    asked: "render",
    subject: `the images of scene ${sceneId}`,
    signal,
  });
  return { renderId: data.data.render_id, skuIds: data.data.sku_ids, message: data.message, creditsLeft };
}

function placementOf(operation: string, placement: ProductPlacement, index: number) {
  const { skuId, position, rotation, materialId } = placement;
  const at = `products.${index}`;
  if (typeof skuId !== "string" || skuId.trim() === "") {
    throw argumentInvalid(operation, `${at}.skuId`, "be a text that is not empty");
  }
  for (const [name, vector] of Object.entries({ position, rotation })) {
    if (vector === undefined) continue;
    if (!Array.isArray(vector) || vector.length !== 3 || !vector.every(Number.isFinite)) {
      throw argumentInvalid(operation, `${at}.${name}`, "be three numbers");
    }
  }
  if (materialId !== undefined) checkId(operation, `${at}.materialId`, materialId);
  return { sku_id: skuId, position, rotation, material_id: materialId };
}

/** Lists rendered images with their status and fresh signed URLs; each page of 20 costs a credit. */
export function listRenderImages(
  api: ImagineApi,
  options: ListRenderImagesOptions,
  look: { operation?: string; isLook?: boolean } = {},
): Paginated<RenderImage, ListPage<RenderImage>> {
  const { operation = "Imagine listRenderImages", isLook = false } = look;
  const { renderId, productId, skuId, productName, creditBudget, signal } = options;
  if (renderId !== undefined) checkId(operation, "renderId", renderId);
  if (productId !== undefined) checkId(operation, "productId", productId);
  for (const [name, value] of Object.entries({ skuId, productName })) {
    if (value !== undefined && (typeof value !== "string" || value.trim() === "")) {
      throw argumentInvalid(operation, name, "be a text that is not empty");
    }
  }
  if ([renderId, productId, skuId, productName].every((value) => value === undefined)) {
    throw argumentInvalid(operation, "renderId", "be given, or productId, skuId or productName instead");
  }
  return listPages(api, {
    operation,
    access: "read",
    path: "/v1/product/render-images/",
    query: { render_id: renderId, product_id: productId, sku_id: skuId, product_name: productName },
    asked: "render",
    subject: `the images of render ${renderId ?? skuId ?? productName ?? productId}`,
    item: renderImage,
    isLook,
    creditBudget,
    signal,
  });
}
