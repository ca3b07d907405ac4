import { z } from "zod";
import { countOrNull, textOrNull } from "./json-values.ts";

/** A product as the service tells of it; what an answer leaves out is `null`. */
export interface Product {
  /** The UUID by which all calls know it. */
  readonly unicode: string;
  /** Imagine's number; only the answer to `markUploadSuccess` holds it. */
  readonly id: number | null;
  readonly name: string | null;
  readonly mainAssetName: string | null;
  readonly skuId: string | null;
  readonly gtin: string | null;
  readonly salsifyId: string | null;
  /** As served, with its zone: `2026-02-16T16:39:49.974021+05:30`. */
  readonly createdAt: string | null;
  /** `1` awaits uploads, `2` is complete; lists leave it out. */
  readonly uploadStatus: string | null;
  readonly other: Readonly<Record<string, unknown>>;
}

const productFields = {
  unicode: z.string().trim().min(1),
  id: countOrNull,
  name: textOrNull,
  main_asset_name: textOrNull,
  sku_id: textOrNull,
  gtin: textOrNull,
  salsify_id: textOrNull,
  created_at: textOrNull,
  upload_status: textOrNull,
};

/** The fields that products, statuses and shared contents have in common, and the rest under `other`. */
export const productRecord = z.looseObject(productFields).transform((record): Product => {
  const { unicode, id, name, main_asset_name, sku_id, gtin, salsify_id, created_at, upload_status, ...other } = record;
  const { api_hits_available: _hits, ...unknown } = other as Record<string, unknown>;
  return {
    unicode,
    id,
    name,
    mainAssetName: main_asset_name,
    skuId: sku_id,
    gtin,
    salsifyId: salsify_id,
    createdAt: created_at,
    uploadStatus: upload_status,
    other: unknown,
  };
});
