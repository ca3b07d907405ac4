import { type CategoryName, categoryNameOf } from "./categories.ts";
import { type AssetType, blenderVersions, type Labelled, labelOf, licenceTypes, type Open } from "./data-types.ts";
import { displayText } from "./display-text.ts";
import { countOf, idOf, isNothing, isRecord, isYes, listOf, textOf, textOrNull, webAddressOrNull } from "./php-json.ts";

/** One zip that a product offers. */
export interface ProductDownload {
  /** What a link is asked for. */
  readonly id: string;
  /** The zip's file name in the shop; the one behind the link may be called otherwise. */
  readonly name: string;
}

export interface ProductImage {
  readonly id: number | null;
  readonly name: string;
  readonly url: string | null;
  readonly thumbnailUrl: string | null;
  /** Compare it for equality only. */
  readonly dateModified: string | null;
}

/** One product of the feed that the shop offers. */
export interface Product {
  readonly id: number;
  /** As served, entities kept. */
  readonly name: string;
  /** For people: entities decoded; never empty. */
  readonly title: string;
  readonly slug: string;
  readonly permalink: string | null;
  /** `publish`. */
  readonly status: string;
  /** Changes with the product. The shop's own time, no zone given: compare it for equality only. */
  readonly dateModified: string;
  readonly assetType: Open<AssetType>;
  readonly category: CategoryName;
  /** At least one; the shop's add-on uses the first. */
  readonly subCategories: readonly CategoryName[];
  /** May be had without a subscription. */
  readonly isFreebie: boolean;
  readonly licence: Labelled;
  /** The oldest Blender it opens in. */
  readonly blenderVersion: Labelled;
  readonly polygonCount: number | null;
  /** As served: `42 x 18 x 66 cm`. */
  readonly dimensions: string | null;
  /** As served: `Yes` or `No`. */
  readonly subdividable: string | null;
  /** As served. The document shows none; read where the feed has them. */
  readonly tags: readonly string[];
  /** At least one. */
  readonly downloads: readonly ProductDownload[];
  /** 300 × 300 pixels. Fetched from the feed's word only: check its host first, the feed is plain HTTP. */
  readonly thumbnailUrl: string | null;
  readonly thumbnailId: number | null;
  readonly thumbnailName: string | null;
  readonly thumbnailDateModified: string | null;
  readonly images: readonly ProductImage[];
  /** Fields that this version does not know, as served. */
  readonly other: Readonly<Record<string, unknown>>;
}

/**
 * A record of a feed that is not among its products, and why. `unlisted`: a whole record of something the shop does
 * not offer (a draft, nothing to download). `unreadable`: not what a product looks like; worth a report to the shop.
 */
export interface SkippedFeedRecord {
  /** Position in the feed, from 0. */
  readonly index: number;
  readonly kind: "unreadable" | "unlisted";
  /** `status is draft`, `no downloads`, `not an object`. */
  readonly reason: string;
  readonly productId: number | null;
  /** For people, where there is one. */
  readonly name: string | null;
}

/** What became of one record. */
type ProductReading = { readonly product: Product } | { readonly skipped: Omit<SkippedFeedRecord, "index"> };

/** Fields that end in a field of `Product`; the others end in `other`. */
const knownFields = new Set([
  "id",
  "name",
  "slug",
  "permalink",
  "status",
  "date_modified",
  "blender_version",
  "polygon_count",
  "dimensions",
  "subdividable",
  "license-type",
  "thumbnail_id",
  "thumbnail_src",
  "thumbnail_name",
  "thumbnail_date_modified",
  "images",
  "is_freebie",
  "asset_type",
  "categories",
  "sub-categories",
  "downloads",
  "tags",
]);

const nothingElse: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Makes a reader of product records. It never throws. Written by hand and not with zod: a feed has 100,000 records of
 * twenty fields, most of which want several spellings accepted, and this is several times as fast (bench/catalog.ts).
 * One reader for one feed: it shares what repeats between records.
 */
export function createProductReader(): (record: unknown) => ProductReading {
  const licences = new Map<string, Labelled>();
  const versions = new Map<string, Labelled>();
  const categories = new Map<string, CategoryName>();

  function sharedLabel(
    known: Map<string, Labelled>,
    table: Readonly<Record<string, string>>,
    served: unknown,
  ): Labelled {
    const value = textOf(served);
    let label = known.get(value);
    if (label === undefined) {
      label = Object.freeze(labelOf(table, value));
      known.set(value, label);
    }
    return label;
  }

  function sharedCategory(served: unknown): CategoryName | null {
    if (!isRecord(served)) return null;
    const key = `${textOf(served.id)}\n${textOf(served.slug)}\n${textOf(served.name)}`;
    const known = categories.get(key);
    if (known !== undefined) return known;
    const category = categoryNameOf(served);
    if (category !== null) categories.set(key, Object.freeze(category));
    return category;
  }

  return (record) => {
    if (!isRecord(record)) return skip("unreadable", "not an object", null, null);
    const id = idOf(record.id);
    const name = textOf(record.name);
    const title = displayText(name);
    const shownName = title === "" ? null : title;
    if (id === null)
      return skip("unreadable", isNothing(record.id) ? "no id" : "id is not a positive whole number", null, shownName);
    const status = textOf(record.status);
    if (status === "") return skip("unreadable", "no status", id, shownName);
    if (status !== "publish") return skip("unlisted", `status is ${displayText(status)}`, id, shownName);

    const servedDownloads = listOf(record.downloads);
    if (servedDownloads === undefined) return skip("unreadable", "downloads is not a list", id, shownName);
    if (servedDownloads.length === 0) return skip("unlisted", "no downloads", id, shownName);
    const downloads = readDownloads(servedDownloads);
    if (downloads.length === 0) return skip("unreadable", "no download has an id and a name", id, shownName);

    const assetType = textOf(record.asset_type);
    if (assetType === "") return skip("unlisted", "no asset type", id, shownName);

    // One object although its name is a plural.
    const servedCategory = isRecord(record.categories) ? record.categories : listOf(record.categories)?.[0];
    const category = sharedCategory(servedCategory);
    if (category === null) {
      return isNothing(record.categories)
        ? skip("unlisted", "no category", id, shownName)
        : skip("unreadable", "categories has no name", id, shownName);
    }
    const servedSubCategories = record["sub-categories"];
    const subCategories: CategoryName[] = [];
    for (const served of subCategoryList(servedSubCategories)) {
      const subCategory = sharedCategory(served);
      if (subCategory !== null) subCategories.push(subCategory);
    }
    if (subCategories.length === 0) {
      return isNothing(servedSubCategories)
        ? skip("unlisted", "no sub-category", id, shownName)
        : skip("unreadable", "no sub-category has a name", id, shownName);
    }

    return {
      product: {
        id,
        name,
        title: shownName ?? (displayText(textOf(record.slug)) || `Product ${id}`),
        slug: textOf(record.slug),
        permalink: webAddressOrNull(record.permalink),
        status,
        dateModified: textOf(record.date_modified),
        assetType,
        category,
        subCategories,
        isFreebie: isYes(record.is_freebie),
        licence: sharedLabel(licences, licenceTypes, record["license-type"]),
        blenderVersion: sharedLabel(versions, blenderVersions, record.blender_version),
        polygonCount: countOf(record.polygon_count),
        dimensions: textOrNull(record.dimensions),
        subdividable: textOrNull(record.subdividable),
        tags: readTags(record.tags),
        downloads,
        thumbnailUrl: webAddressOrNull(record.thumbnail_src),
        thumbnailId: idOf(record.thumbnail_id),
        thumbnailName: textOrNull(record.thumbnail_name),
        thumbnailDateModified: textOrNull(record.thumbnail_date_modified),
        images: readImages(record.images),
        other: otherFields(record),
      },
    };
  };
}

function skip(
  kind: SkippedFeedRecord["kind"],
  reason: string,
  productId: number | null,
  name: string | null,
): ProductReading {
  return { skipped: { kind, reason, productId, name } };
}

function subCategoryList(served: unknown): readonly unknown[] {
  return isRecord(served) && "name" in served ? [served] : (listOf(served) ?? []);
}

function readDownloads(served: readonly unknown[]): ProductDownload[] {
  const downloads: ProductDownload[] = [];
  for (const one of served) {
    if (!isRecord(one)) continue;
    const id = textOf(one.id);
    const name = textOf(one.name);
    if (id !== "" && name !== "") downloads.push({ id, name });
  }
  return downloads;
}

const none: readonly never[] = Object.freeze([]);

function readTags(served: unknown): readonly string[] {
  const list = listOf(served);
  if (list === undefined || list.length === 0) return none;
  return list.map((tag) => (isRecord(tag) ? textOf(tag.name) : textOf(tag))).filter((tag) => tag !== "");
}

function readImages(served: unknown): readonly ProductImage[] {
  const list = listOf(served);
  if (list === undefined || list.length === 0) return none;
  const images: ProductImage[] = [];
  for (const one of list) {
    if (!isRecord(one)) continue;
    images.push({
      id: idOf(one.id),
      name: textOf(one.name),
      url: webAddressOrNull(one.src),
      thumbnailUrl: webAddressOrNull(one.thumbnail_src),
      dateModified: textOrNull(one.date_modified),
    });
  }
  return images;
}

function otherFields(record: Record<string, unknown>): Readonly<Record<string, unknown>> {
  let other: Record<string, unknown> | undefined;
  for (const field in record) {
    if (knownFields.has(field)) continue;
    other ??= {};
    // Assignment to this name would change the prototype instead.
    if (field !== "__proto__") other[field] = record[field];
  }
  return other ?? nothingElse;
}
