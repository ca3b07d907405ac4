import * as z from "zod/mini";
import { type AssetType, maybe, openText } from "./data-types.ts";
import { userSchema } from "./users.schema.ts";

export const assetDetailsSchema = z.looseObject({
  asset_id: z.string(),
  name: z.string(),
  type: openText<AssetType>(),
  created_at: maybe(z.string()),
  created_by: maybe(userSchema),
  last_edited_at: maybe(z.string()),
  last_edited_by: maybe(userSchema),
  contributors: maybe(z.array(z.looseObject({ contribution_count: z.number(), user: userSchema }))),
});

/** Who made an asset, who changed it, and when (ISO 8601). */
export type AssetDetails = z.infer<typeof assetDetailsSchema>;

export const assetDependencySchema = z.looseObject({
  asset_id: z.string(),
  asset_type: openText<AssetType>(),
  properties: maybe(
    z.looseObject({
      name: maybe(z.string()),
      direct_count: maybe(z.number()),
      indirect_count: maybe(z.number()),
      is_public: maybe(z.boolean()),
      is_accessible: maybe(z.boolean()),
      payload_info: maybe(z.looseObject({ hash: maybe(z.string()), storage_id: maybe(z.number()) })),
      dependencies: maybe(z.array(z.looseObject({ asset_id: z.string(), count: z.number() }))),
    }),
  ),
});

/** An asset that another one needs. */
export type AssetDependency = z.infer<typeof assetDependencySchema>;

export const assetReferenceSchema = z.looseObject({
  asset_id: z.string(),
  asset_type: openText<AssetType>(),
  properties: maybe(
    z.looseObject({
      name: maybe(z.string()),
      direct_count: maybe(z.number()),
      is_public: maybe(z.boolean()),
    }),
  ),
});

/** An asset that needs another one. */
export type AssetReference = z.infer<typeof assetReferenceSchema>;

export const assetCreatedSchema = z.looseObject({
  asset_id: z.string(),
  name: maybe(z.string()),
  source_to_copy_asset_id_map: maybe(z.record(z.string(), z.string())),
});

/** A new asset; for a copy also which asset became which. */
export type AssetDuplicationResult = z.infer<typeof assetCreatedSchema>;

/** An empty asset of one of the types that can be made so. */
export interface NewAsset {
  asset_type:
    | "action_map"
    | "animation_graph"
    | "animation_sequence"
    | "cubemap"
    | "event_map"
    | "material"
    | "module"
    | "render_graph"
    | "scene"
    | "script"
    | "shader"
    | "volume_material";
  name: string;
}

/** A copy of an asset, and of what it needs. */
export interface AssetDuplication {
  asset_type: AssetType;
  copy_from_asset_id: string;
  new_asset_name?: string | undefined;
  options?: { asset_types?: AssetType[] | undefined; max_depth?: number | undefined } | undefined;
}

/** The query `filter` of `listAssets`. */
export interface AssetFilter {
  asset_type?: AssetType | readonly AssetType[] | undefined;
  asset_name?: string | undefined;
  include_public_assets?: boolean | undefined;
}

/** The query `filter` of `getFolderAssets`. */
export interface FolderAssetFilter {
  asset_type?: AssetType | readonly AssetType[] | undefined;
  asset_name?: string | undefined;
  /** Ids, or `"exclude"` for assets that come from no source file. */
  source_file?: string | readonly string[] | undefined;
}

/** The query `filters` of `getAssetDependencies`. */
export interface DependencyFilters {
  with_asset_types?: readonly AssetType[] | undefined;
  without_asset_types?: readonly AssetType[] | undefined;
  public?: "include" | "exclude" | "restrict-to" | undefined;
}

export const importResultSchema = z.looseObject({
  asset_ids: z.looseObject({
    imported: z.array(z.string()),
    overwritten: z.array(z.string()),
    skipped: z.array(z.string()),
  }),
  skipped_files: maybe(z.array(z.string())),
});

/** What became of the assets in a package. */
export type ImportResult = z.infer<typeof importResultSchema>;
