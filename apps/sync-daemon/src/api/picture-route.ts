import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { z } from "zod";
import type { Store } from "../store/open-store.ts";
import type { PictureCache } from "../store/picture-cache.ts";
import { otherRoutes } from "./contract/operations.ts";
import { problemContentType, problemOfRefusal } from "./problem.ts";

/**
 * Finds a product's picture; `isCurrent`: it is that of the revision that was asked for. `unknown`: the catalog names none
 * there; `absent`: it names one, and it cannot be had now.
 */
export interface Pictures {
  find(asked: {
    productId: number;
    index: number;
    size: "small" | "large";
    revision: string;
    signal: AbortSignal;
  }): Promise<{ bytes: Uint8Array<ArrayBuffer>; kind: string; isCurrent: boolean } | "unknown" | "absent" | "later">;
}

export function createPictures(settings: { catalogs: Store["catalogs"]; cache: PictureCache }): Pictures {
  const { catalogs, cache } = settings;
  return {
    async find({ productId, index, size, revision, signal }) {
      const product = catalogs.findProduct(productId);
      const picture = product?.pictures[index];
      if (product === undefined || picture === undefined) return "unknown";
      const found = await cache.get({ url: picture[size], revision: product.revision, signal });
      return typeof found === "string" ? found : { ...found, isCurrent: product.revision === revision };
    },
  };
}

const placeSchema = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  index: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number),
  size: z.enum(["small", "large"]),
});

/** The revision stands in the address, so what is there never changes. */
const keepForGood = "private, max-age=604800, immutable";

/** A page that shows the product again soon need not ask again. */
const keepForAMinute = "private, max-age=60";

/**
 * Who may ask was decided before, in guard.ts. A picture that is still on its way is answered 503, to be asked for again;
 * one that the shop names and does not have 204, since the page that asks did nothing wrong.
 */
export function addPictureRoute(app: Hono<{ Bindings: HttpBindings }>, pictures: Pictures): void {
  app.get(otherRoutes.picture.path, async (c) => {
    const place = placeSchema.safeParse(c.req.param());
    const refuse = (status: 404 | 503, message: string, headers: Record<string, string> = {}) =>
      c.body(JSON.stringify(problemOfRefusal({ status, code: "not-found", message })), status, {
        "content-type": problemContentType,
        ...headers,
      });
    if (!place.success) return refuse(404, "There is no picture at this address.");
    const { id, index, size } = place.data;
    const found = await pictures.find({
      productId: id,
      index,
      size,
      revision: c.req.query("revision") ?? "",
      signal: c.req.raw.signal,
    });
    if (found === "later") return refuse(503, "The picture is on its way; ask again.", { "retry-after": "2" });
    if (found === "unknown") return refuse(404, `Product ${id} has no such picture.`);
    if (found === "absent") return c.body(null, 204, { "cache-control": keepForAMinute });
    return c.body(found.bytes, 200, {
      "content-type": found.kind,
      "cache-control": found.isCurrent ? keepForGood : "no-store",
    });
  });
}
