/**
 * The tables of the shop's document, as open enumerations: a value that is not in a table stays visible as it was
 * served and is never mapped to the nearest known one (the shop's own add-on does that; a guessed licence is a trap).
 * Source of all tables unless said otherwise: iMeshh API Documentation 1.0, "Data Types", 2025-07-02.
 */

/** A value of an open enumeration. */
export interface Labelled {
  /** As served; an empty text where nothing was. */
  readonly value: string;
  /** The documented label, or the value itself where it is not documented. */
  readonly label: string;
  readonly isDocumented: boolean;
}

/** A documented text, or any other that the shop may send one day. */
export type Open<Known extends string> = Known | (string & {});

/** `license-type` of a product. */
export const licenceTypes = { "1": "Royalty Free", "2": "Editorial" } as const;

/** `blender_version` of a product: the oldest Blender it opens in. */
export const blenderVersions = {
  "1": "v3.0+",
  "2": "v3.3+",
  "3": "v3.5+",
  "4": "v3.6+",
  "5": "v4.1+",
  "6": "v4.2+",
  "7": "v4.3+",
} as const;

/** `asset_type` of a product and the keys of the categories feed. The labels are those of the shop's add-on. */
export const assetTypes = { model: "Models", material: "Materials", geonode: "Geo Nodes", fx: "Effects" } as const;
export type AssetType = keyof typeof assetTypes;

/** `status` of a subscription. The shop's platform knows more (on-hold, pending, …) that the document does not name. */
export const subscriptionStatuses = {
  active: "Subscription is active and valid",
  cancelled: "Subscription has been cancelled",
  expired: "Subscription has expired",
} as const;
export type SubscriptionStatus = keyof typeof subscriptionStatuses;

/** `status` of the shop's message: who is to see it. */
export const messageStatuses = {
  none: "No message shown",
  active: "Show only to active subscribers",
  inactive: "Show only to inactive users",
  everyone: "Show to all users",
} as const;
export type MessageStatus = keyof typeof messageStatuses;

/** Looks `value` up in one of the tables above. */
export function labelOf(table: Readonly<Record<string, string>>, value: string): Labelled {
  const isDocumented = Object.hasOwn(table, value);
  return { value, label: isDocumented ? (table[value] ?? value) : value, isDocumented };
}

/** True for the four types the document names. */
export function isAssetType(text: string): text is AssetType {
  return Object.hasOwn(assetTypes, text);
}
