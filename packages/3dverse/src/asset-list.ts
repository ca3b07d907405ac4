import * as z from "zod/mini";
import { type AssetContainer, type AssetType, assetContainers } from "./data-types.ts";

/** An asset as lists name it. */
export interface AssetName {
  asset_id: string;
  name?: string | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const assetNameSchema: z.ZodMiniType<AssetName> = z.looseObject({
  asset_id: z.string(),
  name: z.optional(z.nullable(z.string())),
});

/** Assets grouped by container, as the service lists them; containers without assets may be missing. */
export type AssetList = { [Container in AssetContainer]?: AssetName[] } & { [unknownContainer: string]: AssetName[] };

/** @internal */
export const assetListSchema = z.record(z.string(), z.array(assetNameSchema)) as unknown as z.ZodMiniType<AssetList>;

/** One asset of a grouped list. */
export interface ListedAsset extends AssetName {
  asset_container: string;
  /** Where the container is a documented one. */
  asset_type: AssetType | undefined;
}

const typesOfContainers = new Map<string, AssetType>(
  (Object.entries(assetContainers) as [AssetType, string][]).map(([type, container]) => [container, type]),
);

/** The assets of a grouped list, one after the other. */
export function flattenAssetList(list: AssetList): ListedAsset[] {
  return Object.entries(list).flatMap(([container, assets]) =>
    assets.map((asset) => ({
      ...asset,
      asset_container: container,
      asset_type: typesOfContainers.get(container),
    })),
  );
}
