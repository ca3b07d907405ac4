import { z } from "zod";
import type { Exchange } from "../hosts/exchange.ts";
import type { Reply } from "../http/reply.ts";
import { flat, refusal, success } from "./access.ts";
import { type ImagineParts, isUuid, jsonObject, linkLifeMs, notJson } from "./parts.ts";
import { productFields } from "./product-routes.ts";
import { contentStatuses, identifierNames, type Product } from "./products.ts";
import type { ContentType } from "./settings.ts";
import { statusAt } from "./timeline.ts";

const jobTypes = ["3d_model_viewer", "ar", "360_degree_spin", "Product Image"];

export function createJob(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, products, clock } = parts;
  const body = jsonObject(exchange);
  if (body === undefined) return refusal(settings, 400, notJson);
  const { product: unicode, job_detail_list: list } = body;
  const problems: Record<string, string[]> = {};
  if (unicode === undefined) problems.product = ["This field is required."];
  else if (!isUuid(unicode)) problems.product = ["Must be a valid UUID."];
  const types = Array.isArray(list) ? list.map(jobType) : [];
  if (list === undefined) problems.job_detail_list = ["This field is required."];
  else if (!Array.isArray(list)) problems.job_detail_list = ["Expected a list of items."];
  else if (list.length === 0) problems.job_detail_list = ["This list may not be empty."];
  else if (types.includes(undefined)) {
    const allowed = jobTypes.join(", ");
    problems.job_detail_list = [`Every item needs a req_type of ${allowed}; a Product Image needs image_type "silo".`];
  }
  if (Object.keys(problems).length > 0) return refusal(settings, 400, problems);
  const product = products.find(unicode as string);
  if (product === undefined) return refusal(settings, 404, "Product not found.");
  exchange.entry.productId = product.id;
  if (product.uploadStatus !== "2")
    return refusal(settings, 400, { product: ["The upload of this product is not complete."] });
  for (const type of types) if (type !== undefined) products.schedule(product, type, settings, clock.now());
  return success(settings, 202, { unicode: product.unicode }, "Product automated processing has been scheduled.");
}

function jobType(item: unknown): ContentType | undefined {
  const { req_type: type, image_type: imageType } = (item ?? {}) as { req_type?: unknown; image_type?: unknown };
  if (type === "Product Image") return imageType === "silo" ? "silo" : undefined;
  return type === "3d_model_viewer" || type === "ar" || type === "360_degree_spin" ? type : undefined;
}

/** What `content_type` may name, by the key of the status and that of the content. */
const contentKeys = {
  product_ar_status: "product_ar",
  product_3d_status: "product_3d",
  product_silo_images_status: "product_silo_images",
  product_threesixty_status: "product_threesixty",
} as const;
type StatusKey = keyof typeof contentKeys;

export function getStatus(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, clock } = parts;
  const looked = lookUp(exchange, parts);
  if ("reply" in looked) return looked.reply;
  const { product, only } = looked;
  const statuses = contentStatuses(product, settings, clock.now());
  const shown = Object.entries(statuses).filter(([name]) => only === undefined || name === only);
  return flat(settings, { ...productFields(product), ...Object.fromEntries(shown) });
}

export function getSharedContent(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, clock, links, bucket } = parts;
  const looked = lookUp(exchange, parts);
  if ("reply" in looked) return looked.reply;
  const { product, only } = looked;
  const nowMs = clock.now();
  const lifeMs = linkLifeMs(exchange, settings);
  const viewer = (kind: string, isDone: boolean) =>
    isDone ? `${parts.origin()}/product/public/${kind}/v2/${product.unicode}` : null;
  const isDone = (timeline: Parameters<typeof statusAt>[0] | null | undefined) =>
    timeline !== null && timeline !== undefined && statusAt(timeline, nowMs) === "Done";
  const { thumbnailKey } = product;
  const folder = `${product.id}/${product.id + 100_000}`;
  const content: Record<(typeof contentKeys)[StatusKey], unknown> = {
    product_3d: viewer("3d-viewer", isDone(product.viewer)),
    product_ar: viewer("ar-viewer", isDone(product.ar)),
    product_threesixty: viewer("360-viewer", isDone(product.spins[0]?.timeline)),
    product_silo_images: product.silos
      .filter(({ timeline, isArchived }) => isDone(timeline) && !isArchived)
      .map(({ id, name }) => ({
        id,
        name,
        image_url: links.issue(`/media/private/renders_images/${folder}/${id}/${name}.jpg`, lifeMs),
        thumbnail_url: links.issue(`/media/private/renders_images/thumbnail/${folder}/${id}/${name}.jpg`, lifeMs),
      })),
  };
  const shown = Object.entries(content).filter(([name]) => only === undefined || name === contentKeys[only]);
  return flat(settings, {
    unicode: product.unicode,
    gtin: product.gtin,
    sku_id: product.skuId,
    salsify_id: product.salsifyId,
    name: product.name,
    main_asset_name: product.mainAssetName,
    thumbnail_url:
      thumbnailKey !== null && bucket.objects.has(thumbnailKey) ? links.issue(`/${thumbnailKey}`, lifeMs) : null,
    ...Object.fromEntries(shown),
  });
}

/** The product by the first identifier that is given, in the documented order, and the one content type asked for. */
function lookUp(
  exchange: Exchange,
  { settings, products }: ImagineParts,
): { product: Product; only: StatusKey | undefined } | { reply: Reply } {
  const { query, entry } = exchange;
  const name = identifierNames.find((candidate) => (query.get(candidate) ?? "") !== "");
  const value = name === undefined ? "" : (query.get(name) ?? "");
  if (name === undefined)
    return { reply: refusal(settings, 400, "Provide at least one of unicode, gtin, sku_id, or salsify_id.") };
  if (name === "unicode" && !isUuid(value))
    return { reply: refusal(settings, 400, { unicode: ["Must be a valid UUID."] }) };
  const fieldOf = { unicode: "unicode", gtin: "gtin", sku_id: "skuId", salsify_id: "salsifyId" } as const;
  const product = products.living().find((candidate) => candidate[fieldOf[name]] === value);
  if (product === undefined) return { reply: refusal(settings, 404, "Product not found.") };
  entry.productId = product.id;
  const given = query.get("content_type") ?? "";
  if (given === "") return { product, only: undefined };
  const only = (Object.keys(contentKeys) as StatusKey[]).find((key) => key === given || contentKeys[key] === given);
  if (only === undefined)
    return { reply: refusal(settings, 400, { content_type: [`"${given}" is not a valid choice.`] }) };
  return { product, only };
}

const archiveSchema = z.object({
  ids: z.array(z.int()).min(1),
  is_archive: z.boolean(),
  unicode: z.string().refine(isUuid, "Must be a valid UUID."),
});

export function archiveRenders(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, products, renders } = parts;
  const body = jsonObject(exchange);
  if (body === undefined) return refusal(settings, 400, notJson);
  const read = archiveSchema.safeParse(body);
  if (!read.success) {
    const fields = read.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return [name, [name in body ? message : "This field is required."]];
    });
    return refusal(settings, 400, Object.fromEntries(fields));
  }
  const { ids, is_archive: isArchived, unicode } = read.data;
  const product = products.find(unicode);
  if (product === undefined) return refusal(settings, 404, "Product not found.");
  exchange.entry.productId = product.id;
  const rendered = renders.all().filter((render) => render.products.includes(product));
  const images = [...product.silos, ...rendered.flatMap((render) => render.images)].filter(({ id }) =>
    ids.includes(id),
  );
  for (const image of images) image.isArchived = isArchived;
  const updated = { updated_count: images.length, ids: images.map(({ id }) => id) };
  return success(settings, 200, updated, "Product render content archive status updated successfully");
}
