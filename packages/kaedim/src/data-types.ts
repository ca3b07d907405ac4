/**
 * The words of Kaedim's document as open enumerations: a value that is not listed stays visible as it was served and is
 * never mapped to the nearest known one.
 */

/** A documented text, or any other that Kaedim may send one day. */
export type Open<Known extends string> = Known | (string & {});

/** `LoQ` of a request. Source: Kaedim Web API, "Processing an image". */
export const levelsOfQuality = ["standard", "high", "ultra"] as const;
export type LevelOfQuality = (typeof levelsOfQuality)[number];

/** Credits that one request costs, by its level of quality. Source: Kaedim's docs, credits page (prototype). */
export const processCosts: Readonly<Record<LevelOfQuality, number>> = { standard: 1, high: 2, ultra: 4 };

/**
 * Formats of a result. Source: Kaedim Web API, "fetchRequest" (the first five); `usd` occurs in webhooks only
 * (Kaedim's webhook page).
 */
export const resultFormats = ["obj", "fbx", "glb", "gltf", "mtl", "usd"] as const;
export type ResultFormat = (typeof resultFormats)[number];

/**
 * `status` of an iteration. Source: `completed` is the document's, the others are those of Kaedim's own plugins
 * (Cinema 4D, Omniverse) and of its webhook page.
 */
export const iterationStatuses = ["new", "completed", "approved", "uploaded", "dismissed", "cancelled"] as const;
export type IterationStatus = (typeof iterationStatuses)[number];

/** `type` of a webhook: what was made. Source: Kaedim's webhook page. */
export const iterationTypes = ["sculpt", "generation", "unwrap", "texture", "rig", "lod"] as const;
export type IterationType = (typeof iterationTypes)[number];
