import type { Exchange } from "../hosts/exchange.ts";
import type { Reply } from "../http/reply.ts";
import { refusal, success } from "./access.ts";
import { type ImagineParts, jsonObject, linkLifeMs, notJson } from "./parts.ts";
import { pageReply } from "./product-routes.ts";
import type { Product } from "./products.ts";
import type { Render, RenderImage } from "./renders.ts";
import { jobTimeline, statusAt } from "./timeline.ts";

export function createImages(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, products, renders, clock } = parts;
  const body = jsonObject(exchange);
  if (body === undefined) return refusal(settings, 400, notJson);
  const { scene_id: sceneId, cameras_to_render: cameraIds, units, products: placements } = body;
  const problems: Record<string, unknown> = {};
  const scene = settings.scenes.find(({ id }) => id === sceneId);
  if (sceneId === undefined) problems.scene_id = ["This field is required."];
  else if (!Number.isInteger(sceneId)) problems.scene_id = ["A valid integer is required."];
  else if (scene === undefined) problems.scene_id = [`Room/Scene with id ${sceneId} not found or not accessible.`];
  if (cameraIds === undefined) problems.cameras_to_render = ["This field is required."];
  else if (!isListOf(cameraIds, Number.isInteger) || cameraIds.length === 0)
    problems.cameras_to_render = ["Expected a list of camera ids."];
  else {
    const unknown = cameraIds.filter((id) => !scene?.cameras.some((camera) => camera.id === id));
    if (scene !== undefined && unknown.length > 0)
      problems.cameras_to_render = [`Invalid camera ID(s) for scene ${scene.id}: [${unknown.join(", ")}]`];
  }
  if (units !== undefined && (typeof units !== "string" || units === "")) problems.units = ["Not a valid string."];
  const placed = placedProducts(placements, products.living());
  if ("problem" in placed) problems.products = placed.problem;
  if (scene === undefined || "problem" in placed || Object.keys(problems).length > 0)
    return refusal(settings, 400, problems);
  const nowMs = clock.now();
  const timeline = jobTimeline({
    nowMs,
    queuedMs: settings.queuedMs,
    processingMs: settings.processingMs,
    outcome: settings.outcomes.render,
    hasBlenderStep: false,
  });
  const cameras = (cameraIds as number[]).flatMap((id) => scene.cameras.filter((camera) => camera.id === id));
  const { renderId } = renders.create({ products: placed.products, cameras, timeline, nowMs });
  exchange.entry.productId = placed.products[0]?.id ?? null;
  const data = { render_id: renderId, sku_ids: placed.products.map(({ skuId }) => skuId) };
  return success(settings, 202, data, "Render job has been created and processing has been scheduled.");
}

/** The products by their numbers; what is wrong comes in the nested form of the sample. */
function placedProducts(placements: unknown, living: Product[]): { products: Product[] } | { problem: unknown } {
  if (placements === undefined) return { problem: ["This field is required."] };
  if (!Array.isArray(placements) || placements.length === 0) return { problem: ["Expected a list of items."] };
  const found: Product[] = [];
  const unknown: string[] = [];
  for (const placement of placements as Record<string, unknown>[]) {
    const { sku_id: skuId, position, rotation, material_id: materialId } = placement ?? {};
    if (typeof skuId !== "string") return { problem: { sku_id: "This field is required." } };
    for (const [name, triple] of Object.entries({ position, rotation })) {
      if (triple !== undefined && !(isListOf(triple, Number.isFinite) && triple.length === 3))
        return { problem: { [name]: "Expected a list of three numbers." } };
    }
    if (materialId !== undefined && materialId !== null && !Number.isInteger(materialId))
      return { problem: { material_id: "A valid integer is required." } };
    const product = living.find((candidate) => candidate.skuId === skuId && candidate.uploadStatus === "2");
    if (product === undefined) unknown.push(skuId);
    else found.push(product);
  }
  if (unknown.length === 0) return { products: found };
  return { problem: { sku_id: `Invalid or inaccessible sku_id(s): [${unknown.map((sku) => `'${sku}'`).join(", ")}]` } };
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isItem);
}

export function listRenderImages(exchange: Exchange, parts: ImagineParts): Reply {
  const { settings, renders, clock } = parts;
  const wanted = (name: string) => {
    const value = exchange.query.get(name);
    return value === null || value === "" ? undefined : value;
  };
  const [renderId, productId, skuId] = [wanted("render_id"), wanted("product_id"), wanted("sku_id")];
  const productName = wanted("product_name")?.toLowerCase();
  if ([renderId, productId, skuId, productName].every((value) => value === undefined))
    return refusal(settings, 400, "Provide at least one of render_id, product_id, sku_id, or product_name.");
  for (const [name, text] of Object.entries({ render_id: renderId, product_id: productId }))
    if (text !== undefined && !/^\d+$/.test(text))
      return refusal(settings, 400, { [name]: ["A valid integer is required."] });
  if (renderId !== undefined && renders.find(Number(renderId)) === undefined)
    return refusal(settings, 404, "Render not found.");
  const isWanted = (render: Render) =>
    (renderId === undefined || render.renderId === Number(renderId)) &&
    render.products.some(
      (product) =>
        product.deletedFromMs === null &&
        (productId === undefined || product.id === Number(productId)) &&
        (skuId === undefined || product.skuId === skuId) &&
        (productName === undefined || product.name?.toLowerCase().includes(productName) === true),
    );
  const lifeMs = linkLifeMs(exchange, settings);
  const items = renders
    .all()
    .filter(isWanted)
    .flatMap((render) => render.images.filter(({ isArchived }) => !isArchived).map((image) => ({ render, image })))
    .map(({ render, image }) => {
      const status = statusAt(image.timeline, clock.now());
      const { file, filmic_file, color_pass_file, thumbnail, filmic_thumbnail } = renderLinks({
        render,
        image,
        parts,
        lifeMs,
      });
      return {
        id: image.id,
        angle_name: image.angleName,
        file,
        filmic_file,
        color_pass_file,
        thumbnail,
        filmic_thumbnail,
        status,
      };
    });
  return pageReply(exchange, parts, items);
}

/** Links to the forms of a finished image; null each as long as it is not done. */
export function renderLinks(request: { render: Render; image: RenderImage; parts: ImagineParts; lifeMs: number }) {
  const { render, image, parts, lifeMs } = request;
  const isDone = statusAt(image.timeline, parts.clock.now()) === "Done";
  const link = (folder: string) =>
    isDone
      ? parts.links.issue(
          `/media/private/renders_images${folder}/${render.renderId}/${image.id}/${image.angleName}.jpg`,
          lifeMs,
        )
      : null;
  return {
    file: link(""),
    filmic_file: link("/filmic_images"),
    color_pass_file: parts.settings.colorPass ? link("/color_pass") : null,
    thumbnail: link("/thumbnail"),
    filmic_thumbnail: link("/filmic_thumbnail"),
  };
}
