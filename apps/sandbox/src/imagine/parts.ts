import type { Clock } from "../clock.ts";
import type { Exchange } from "../hosts/exchange.ts";
import type { MediaLinks } from "./media-links.ts";
import type { Products } from "./products.ts";
import type { Renders } from "./renders.ts";
import type { Bucket } from "./s3/bucket.ts";
import type { ImagineSettings } from "./settings.ts";

/** What the API's routes work with. */
export interface ImagineParts {
  clock: Clock;
  settings: ImagineSettings;
  products: Products;
  renders: Renders;
  bucket: Bucket;
  links: MediaLinks;
  /** The API's own origin. */
  origin: () => string;
}

/** A JSON body that is an object; undefined for anything else, a missing Content-Type included. */
export function jsonObject(exchange: Exchange): Record<string, unknown> | undefined {
  if (!/^application\/json\b/i.test(exchange.headers["content-type"] ?? "")) return undefined;
  try {
    const value: unknown = JSON.parse(exchange.body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

export const notJson = "JSON parse error: the body must be a JSON object, with Content-Type: application/json.";

export function isUuid(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

/** How long links handed out now live: no time at all under the fault `expired-link`. */
export function linkLifeMs(exchange: Exchange, settings: ImagineSettings): number {
  const { expiredLink } = exchange.faults;
  expiredLink?.();
  return expiredLink === undefined ? settings.mediaLifeMs : 0;
}
