import { z } from "zod";
import { accessTo, type Caller } from "./access.ts";
import { assetTypes, containerOf } from "./asset-types.ts";
import { type Environment, isWithin } from "./environment.ts";
import { flag, oneOrMore, type Page, requireLimit } from "./query.ts";
import type { Asset } from "./records.ts";

const assetFilter = {
  asset_type: oneOrMore(z.enum(assetTypes)).optional(),
  asset_name: z.string().optional(),
};
/** `filter` of the list of all assets. */
export const environmentFilter = z.strictObject({ ...assetFilter, include_public_assets: flag.optional() });
/** `filter` of a folder's list. */
export const folderFilter = z.strictObject({
  ...assetFilter,
  source_file: z.union([z.literal("exclude"), oneOrMore(z.string())]).optional(),
});

export interface AssetFilter {
  asset_type?: string[] | undefined;
  asset_name?: string | undefined;
  source_file?: "exclude" | string[] | undefined;
}

/** Names are compared as parts, without regard to case. */
export function passes(asset: Asset, filter: AssetFilter): boolean {
  const { asset_type: types, asset_name: name, source_file: sources } = filter;
  return (
    (types === undefined || types.includes(asset.type)) &&
    (name === undefined || asset.name.toLowerCase().includes(name.toLowerCase())) &&
    (sources === undefined ||
      (sources === "exclude" ? asset.sourceFileId === undefined : sources.includes(asset.sourceFileId ?? "")))
  );
}

/** Assets grouped by container, as every list of assets is. */
export function containersOf(assets: readonly Asset[]): Record<string, { asset_id: string; name: string }[]> {
  const groups: Record<string, { asset_id: string; name: string }[]> = {};
  for (const { type, assetId, name } of assets) {
    const container = containerOf[type];
    groups[container] ??= [];
    groups[container].push({ asset_id: assetId, name });
  }
  return groups;
}

/** One page of a grouped list; what `limit` counts is one of the settings. */
export function groupedPage(env: Environment, assets: readonly Asset[], page: Page) {
  const { offset, limit } = page;
  requireLimit(limit, env.settings.maxLimit);
  if (env.settings.limitCounts === "assets") return containersOf(assets.slice(offset, offset + limit));
  const byType = assetTypes.map((type) => assets.filter((asset) => asset.type === type));
  return containersOf(byType.flatMap((group) => group.slice(offset, offset + limit)));
}

/** `{"total":3,"mesh":2,"scene":1}`, the text of `x-assets-count`. */
export function countText(assets: readonly Asset[]): string {
  const count: Record<string, number> = { total: assets.length };
  for (const { type } of assets) count[type] = (count[type] ?? 0) + 1;
  return JSON.stringify(count);
}

export function isPublic(env: Environment, asset: Asset): boolean {
  return isWithin(env, asset.folderId, env.publicFolderId);
}

export function isAccessible(env: Environment, caller: Caller, asset: Asset): boolean {
  return accessTo(env, caller, asset.folderId) !== undefined;
}

/** The assets that use this one themselves. */
export function referencesTo(env: Environment, assetId: string): Asset[] {
  return [...env.assets.values()].filter(({ dependencies }) => dependencies.includes(assetId));
}

/** What the asset uses: id to how many ways lead there directly and through others, no deeper than `maxDepth`. */
export function dependenciesOf(
  env: Environment,
  asset: Asset,
  maxDepth: number,
): Map<string, { direct: number; indirect: number }> {
  const found = new Map<string, { direct: number; indirect: number }>();
  let level = [asset];
  for (let depth = 1; depth <= maxDepth && level.length > 0; depth++) {
    const next: Asset[] = [];
    for (const id of level.flatMap(({ dependencies }) => dependencies)) {
      const dependency = env.assets.get(id);
      if (dependency === undefined || id === asset.assetId) continue;
      const count = found.get(id);
      if (count === undefined) next.push(dependency);
      const { direct, indirect } = count ?? { direct: 0, indirect: 0 };
      found.set(id, depth === 1 ? { direct: direct + 1, indirect } : { direct, indirect: indirect + 1 });
    }
    level = next;
  }
  return found;
}
