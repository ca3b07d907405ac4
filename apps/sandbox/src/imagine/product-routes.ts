import type { Exchange } from "../hosts/exchange.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { flat, refusal, success } from "./access.ts";
import { pageOf } from "./pages.ts";
import { type ImagineParts, isUuid, jsonObject } from "./parts.ts";
import { identifierNames, type Product } from "./products.ts";
import { createUploadForm } from "./s3/upload-form.ts";
import { formatImagineTime } from "./timeline.ts";

const modelExtensions =
  ".glb, .gltf, .obj, .fbx, .blend, .usdz, .stl, .dae, .ply, .abc, .bvh, .x3d, .wrl, .3ds, .max, .off, .step, .stp, .iges, .igs, .brep, .ifc, .3mf, .fcstd, .fcstd1, .zip";

/** The metadata that create and update take, by the names of the product that holds them. */
const metadata = { name: "name", main_asset_name: "mainAssetName", sku_id: "skuId", gtin: "gtin" } as const;
type MetadataName = keyof typeof metadata;
const metadataNames = Object.keys(metadata) as MetadataName[];

export function createProduct(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, products, clock } = parts;
  const fields = bodyFields(exchange, parts);
  if (fields === undefined) return refusal(settings, 400, wrongContentType);
  const modelFileName = fields.prop_data_user_file_name;
  if (modelFileName === undefined || modelFileName === null)
    return refusal(settings, 400, { prop_data_user_file_name: ["This field is required."] });
  if (!modelExtensions.split(", ").includes(extensionOf(modelFileName)))
    return refusal(settings, 400, `File must have a valid extension. Supported formats: ${modelExtensions}`);
  const thumbnailName = fields.thumbnail_name ?? null;
  if (thumbnailName !== null && ![".png", ".jpg", ".jpeg"].includes(extensionOf(thumbnailName)))
    return refusal(settings, 400, {
      thumbnail_name: ["File must have a valid extension. Supported formats: .png, .jpg, .jpeg"],
    });
  const taken = takenNumber(fields, parts);
  if (taken !== undefined) return refusal(settings, 400, taken);
  const product = products.create(
    {
      name: fields.name,
      mainAssetName: fields.main_asset_name,
      skuId: fields.sku_id,
      gtin: fields.gtin,
      modelFileName,
      thumbnailName,
    },
    clock.now(),
  );
  exchange.entry.productId = product.id;
  const form = (key: string | null) =>
    key === null ? null : createUploadForm({ bucket: parts.bucket, key, upload: settings.upload, nowMs: clock.now() });
  const model = form(product.modelKey);
  const thumbnail = form(product.thumbnailKey);
  const data = {
    ...productFields(product),
    upload_status: product.uploadStatus,
    presigned_url_prop_user_file: model,
    presigned_data_prop_user_file: `/${product.modelKey}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host`,
    presigned_url_thumbnail: thumbnail,
    presigned_data_thumbnail:
      product.thumbnailKey === null
        ? null
        : `/${product.thumbnailKey}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host`,
  };
  return success(settings, 201, data, "Product created successfully");
}

/** PATCH of a product: marks the upload (JSON with an action), or changes its metadata (a form). */
export function changeProduct(exchange: Exchange, parts: ImagineParts, unicode: string): Reply {
  const { settings } = parts;
  const product = parts.products.find(unicode);
  if (product === undefined) return refusal(settings, 404, "Product not found.");
  exchange.entry.productId = product.id;
  const action = jsonObject(exchange)?.action;
  if (action === "mark_upload_success") return markUpload(product, parts);
  if (action !== undefined) return refusal(settings, 400, { action: [`"${String(action)}" is not a valid choice.`] });
  const fields = bodyFields(exchange, parts);
  if (fields === undefined) return refusal(settings, 400, wrongContentType);
  const taken = takenNumber(fields, parts, product);
  if (taken !== undefined) return refusal(settings, 400, taken);
  for (const name of metadataNames) {
    const value = fields[name];
    if (value !== undefined) product[metadata[name]] = value;
  }
  const data = { ...productFields(product), upload_status: product.uploadStatus };
  return success(settings, 200, data, "Product updated successfully");
}

function markUpload(product: Product, { settings, bucket }: ImagineParts): Reply {
  const isThere = (key: string | null) => key !== null && bucket.objects.has(key);
  const needsThumbnail =
    settings.thumbnailRequired === "always" ||
    (settings.thumbnailRequired === "when-named" && product.thumbnailKey !== null);
  if (settings.markUploadChecks) {
    if (!isThere(product.modelKey)) return refusal(settings, 400, "3D model file has not been uploaded.");
    if (needsThumbnail && !isThere(product.thumbnailKey))
      return refusal(settings, 400, "Thumbnail has not been uploaded.");
  }
  product.uploadStatus = "2";
  const data = { id: product.id, ...productFields(product), upload_status: product.uploadStatus };
  return success(settings, 200, data, "Product marked as upload successful");
}

export function listProducts(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, products } = parts;
  const { query } = exchange;
  const wanted = (name: string) => {
    const value = query.get(name);
    return value === null || value === "" ? undefined : value;
  };
  const unicode = wanted("unicode");
  if (unicode !== undefined && !isUuid(unicode)) return refusal(settings, 400, { unicode: ["Must be a valid UUID."] });
  const namesOne = identifierNames.some((name) => wanted(name) !== undefined);
  const search = wanted("search")?.toLowerCase();
  const items = products
    .living()
    .filter((product) => {
      const isShown =
        product.uploadStatus === "2" ||
        settings.unfinishedProducts === "listed" ||
        (settings.unfinishedProducts === "by-identifier" && namesOne);
      const matches = (name: string, value: string | null) => wanted(name) === undefined || wanted(name) === value;
      return (
        isShown &&
        matches("unicode", product.unicode) &&
        matches("gtin", product.gtin) &&
        matches("sku_id", product.skuId) &&
        matches("salsify_id", product.salsifyId) &&
        (search === undefined ||
          [product.name, product.mainAssetName].some((text) => text?.toLowerCase().includes(search)))
      );
    })
    .map(productFields);
  return pageReply(exchange, parts, items);
}

/** A page of items, with the credits; 404 where there is no page of that number. */
export function pageReply(exchange: Exchange, parts: ImagineParts, items: readonly object[]): Reply {
  const { settings } = parts;
  const url = `${settings.pageLinkOrigin ?? parts.origin()}${exchange.path}`;
  const page = pageOf({ items, query: exchange.query, url, pageSize: settings.pageSize });
  return page === undefined ? refusal(settings, 404, "Invalid page.") : flat(settings, page);
}

export function deleteProduct(exchange: Exchange, parts: ImagineParts, unicode: string): Reply {
  const { settings, clock } = parts;
  const product = parts.products.find(unicode);
  if (product === undefined) return refusal(settings, 404, "Product not found.");
  exchange.entry.productId = product.id;
  product.deletedFromMs = clock.now() + settings.deletionGraceMs;
  if (settings.deleteReply === 204) return jsonReply(204, null);
  const date = new Date(product.deletedFromMs).toISOString().slice(0, -1).replace("T", " ");
  const message = `Successfully marked for deletion. Will be deleted on ${date}263`;
  return success(settings, 200, { unicode: product.unicode }, message);
}

export function productFields(product: Product) {
  return {
    unicode: product.unicode,
    gtin: product.gtin,
    name: product.name,
    main_asset_name: product.mainAssetName,
    sku_id: product.skuId,
    created_at: formatImagineTime(product.createdAtMs),
  };
}

type FieldName = MetadataName | "prop_data_user_file_name" | "thumbnail_name";

const wrongContentType = "The body must be multipart/form-data with a boundary, as the collection sends it.";

/** The texts of the form; null for an empty one. Undefined where the body has another form or a fault in it. */
function bodyFields(exchange: Exchange, parts: ImagineParts): Partial<Record<FieldName, string | null>> | undefined {
  const { form } = exchange;
  if (form !== undefined) {
    if (form.problem !== undefined) return undefined;
    return Object.fromEntries(
      form.parts.flatMap((part) =>
        part.kind === "field" ? [[part.name, part.value.trim() === "" ? null : part.value]] : [],
      ),
    );
  }
  if (parts.settings.bodyForms === "documented") return undefined;
  const fields = jsonObject(exchange);
  if (fields === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === null || value === "" ? null : String(value)]),
  );
}

function takenNumber(
  fields: Partial<Record<FieldName, string | null>>,
  { products, clock }: ImagineParts,
  except?: Product,
): string | undefined {
  const { sku_id: skuId, gtin } = fields;
  if (typeof skuId === "string" && products.isTaken("skuId", skuId, clock.now(), except))
    return "Sku id already exists.";
  if (typeof gtin === "string" && products.isTaken("gtin", gtin, clock.now(), except))
    return "This gtin already exists.";
  return undefined;
}

function extensionOf(fileName: string): string {
  return /\.[^./\\]+$/.exec(fileName)?.[0].toLowerCase() ?? "";
}
