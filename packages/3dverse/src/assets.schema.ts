import * as z from "zod/mini";
import { type AssetType, maybe, type Open, openText } from "./data-types.ts";
import { type User, userSchema } from "./users.schema.ts";

/** How often somebody worked on an asset. */
interface Contribution {
  contribution_count: number;
  user: User;
  [unknownField: string]: unknown;
}

/** Who made an asset, who changed it, and when (ISO 8601). */
export interface AssetDetails {
  asset_id: string;
  name: string;
  type: Open<AssetType>;
  created_at?: string | null | undefined;
  created_by?: User | null | undefined;
  last_edited_at?: string | null | undefined;
  last_edited_by?: User | null | undefined;
  contributors?: Contribution[] | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const assetDetailsSchema: z.ZodMiniType<AssetDetails> = z.looseObject({
  asset_id: z.string(),
  name: z.string(),
  type: openText<AssetType>(),
  created_at: maybe(z.string()),
  created_by: maybe(userSchema),
  last_edited_at: maybe(z.string()),
  last_edited_by: maybe(userSchema),
  contributors: maybe(z.array(z.looseObject({ contribution_count: z.number(), user: userSchema }))),
});

/** What an asset has that another one needs; only what `properties` asked for. */
interface DependencyProperties {
  name?: string | null | undefined;
  direct_count?: number | null | undefined;
  indirect_count?: number | null | undefined;
  is_public?: boolean | null | undefined;
  is_accessible?: boolean | null | undefined;
  payload_info?:
    | { hash?: string | null | undefined; storage_id?: number | null | undefined; [unknownField: string]: unknown }
    | null
    | undefined;
  dependencies?: { asset_id: string; count: number; [unknownField: string]: unknown }[] | null | undefined;
  [unknownField: string]: unknown;
}

/** An asset that another one needs. */
export interface AssetDependency {
  asset_id: string;
  asset_type: Open<AssetType>;
  properties?: DependencyProperties | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const assetDependencySchema: z.ZodMiniType<AssetDependency> = z.looseObject({
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

/** What an asset has that needs another one; only what `properties` asked for. */
interface ReferenceProperties {
  name?: string | null | undefined;
  direct_count?: number | null | undefined;
  is_public?: boolean | null | undefined;
  [unknownField: string]: unknown;
}

/** An asset that needs another one. */
export interface AssetReference {
  asset_id: string;
  asset_type: Open<AssetType>;
  properties?: ReferenceProperties | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const assetReferenceSchema: z.ZodMiniType<AssetReference> = z.looseObject({
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

/** A new asset; for a copy also which asset became which. */
export interface AssetDuplicationResult {
  asset_id: string;
  name?: string | null | undefined;
  source_to_copy_asset_id_map?: Record<string, string> | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const assetCreatedSchema: z.ZodMiniType<AssetDuplicationResult> = z.looseObject({
  asset_id: z.string(),
  name: maybe(z.string()),
  source_to_copy_asset_id_map: maybe(z.record(z.string(), z.string())),
});

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

/** What became of the assets in a package. */
export interface ImportResult {
  asset_ids: { imported: string[]; overwritten: string[]; skipped: string[]; [unknownField: string]: unknown };
  skipped_files?: string[] | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const importResultSchema: z.ZodMiniType<ImportResult> = z.looseObject({
  asset_ids: z.looseObject({
    imported: z.array(z.string()),
    overwritten: z.array(z.string()),
    skipped: z.array(z.string()),
  }),
  skipped_files: maybe(z.array(z.string())),
});
