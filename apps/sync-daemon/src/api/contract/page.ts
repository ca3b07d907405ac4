import { z } from "zod";

/**
 * What `asset-sync open` opens, each with a code after `#` that works once, and how long. `url` is for a person to type or
 * follow from a program; `landingUrl` for a file that sends the browser on, since a browser takes that for another site.
 * Both hold the same code.
 */
export const pageCodeSchema = z.object({ url: z.string(), landingUrl: z.string(), lifeMs: z.number() });

/** The landing page's exchange of its code for one in the console's own address. */
export const pageLandingSchema = z.object({ code: z.string() });

/**
 * The page's exchange of that code. The answer's key goes into `pageKeyHeader` of each call; the cookie comes beside it.
 * `pictureKey` stands in the addresses of pictures, which an `<img>` can ask for; it opens nothing else.
 */
export const pageSessionRequestSchema = z.strictObject({ code: z.string().min(1).max(200) });
export const pageSessionSchema = z.object({ key: z.string(), pictureKey: z.string() });
export type PageSessionAnswer = z.infer<typeof pageSessionSchema>;

/** Carries a page's key. A header of its own: another page cannot send it without asking first, and is refused then. */
export const pageKeyHeader = "x-asset-sync-page";

/** With the port in it, since browsers keep one set of cookies for all ports of a host. */
export function pageCookieName(port: number): string {
  return `asset-sync-${port}`;
}

/**
 * Where a page finds a picture of a product: `small` is the thumbnail, at most 300 pixels; `large` the whole. `index`
 * counts the product's pictures from 0. Answered to a page's cookie with its picture key, and to the token.
 */
export function picturePath(picture: {
  pictureKey: string;
  productId: number;
  index: number;
  size: "small" | "large";
  /** The product's revision: another one is another picture, so that browsers may keep each for good. */
  revision: string;
}): string {
  const { pictureKey, productId, index, size, revision } = picture;
  return `/pictures/${productId}/${index}/${size}?key=${encodeURIComponent(pictureKey)}&revision=${encodeURIComponent(revision)}`;
}
