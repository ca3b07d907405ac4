/** The four asset types the shop's feeds are grouped by; also the four Blender libraries. Source: `latest_categories.json`. */
export const assetTypes = ["model", "material", "geonode", "fx"] as const;
export type AssetType = (typeof assetTypes)[number];

export function isAssetType(text: string): text is AssetType {
  return (assetTypes as readonly string[]).includes(text);
}

/** A category or sub-category of the shop. `name` is as served (entities kept: folders use it); `title` is for people. */
export interface Category {
  readonly name: string;
  readonly title: string;
  readonly slug: string;
}

/** A value of an open enumeration: what was served, and its documented label or the value itself where unknown. */
export interface Labelled {
  readonly value: string;
  readonly label: string;
}

/** One zip a product offers. `downloadId` is what a link is asked for; `name` is the zip's file name in the shop. */
export interface ProductArchive {
  readonly downloadId: string;
  readonly name: string;
}

/** Where the two sizes of one picture are said to be; the same address where the shop has one. Not to be trusted. */
export interface Picture {
  readonly small: string;
  readonly large: string;
}

/** One entry of a catalog: something remote that may be had. What lies on disk is an asset, see `manifest.ts`. */
export interface Product {
  readonly id: number;
  readonly slug: string;
  /** As served, entities kept. */
  readonly name: string;
  /** For people: entities decoded. */
  readonly title: string;
  /** Changes when the product changes (`date_modified`). Compared for equality only: its time zone is unknown. */
  readonly revision: string;
  /** The library it belongs to. An unknown served type goes to `model`, as iMeshh's own add-on does. */
  readonly assetType: AssetType;
  readonly servedAssetType: string;
  readonly category: Category;
  readonly subCategory: Category;
  readonly isFreebie: boolean;
  readonly licence: Labelled;
  readonly blenderVersion: Labelled;
  readonly polygonCount: number | null;
  readonly dimensions: string | null;
  readonly tags: readonly string[];
  /** At least one. */
  readonly archives: readonly ProductArchive[];
  /** The one the shop shows in lists comes first. */
  readonly pictures: readonly Picture[];
  readonly pageUrl: string | null;
}

/** A record of the feed that is not offered as a product, and why. */
export interface SkippedRecord {
  /** Position in the feed, from 0. */
  readonly index: number;
  readonly productId: number | null;
  readonly name: string | null;
  readonly reason: string;
}
