import { type AssetType, isAssetType } from "../domain/product.ts";
import type { Row } from "./database.ts";

/** What lists show of a product: read without the product itself, which is several times as long. */
export interface ProductFacts {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly revision: string;
  readonly assetType: AssetType;
  /** Titles and labels, as people see them. */
  readonly category: string;
  readonly subCategory: string;
  readonly licence: string;
  readonly blenderVersion: string;
  readonly polygonCount: number | null;
  readonly isFreebie: boolean;
  readonly pictures: number;
}

/** The columns of `facts` that hold it; the words beside them are several times as long. */
export const factColumns = [
  "id",
  "slug",
  "title",
  "revision",
  "asset_type",
  "category",
  "sub_category",
  "licence",
  "blender_version",
  "polygon_count",
  "is_freebie",
  "pictures",
] as const;

/** Reads a row of `facts`; undefined if it makes no sense. */
export function parseFacts(row: Row): ProductFacts | undefined {
  const assetType = String(row.asset_type);
  if (!isAssetType(assetType)) return undefined;
  return {
    id: Number(row.id),
    slug: String(row.slug),
    title: String(row.title),
    revision: String(row.revision),
    assetType,
    category: String(row.category),
    subCategory: String(row.sub_category),
    licence: String(row.licence),
    blenderVersion: String(row.blender_version),
    polygonCount: row.polygon_count === null ? null : Number(row.polygon_count),
    isFreebie: row.is_freebie === 1,
    pictures: Number(row.pictures),
  };
}
