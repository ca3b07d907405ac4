import { createHash } from "node:crypto";
import { z } from "zod";
import { dependenciesOf, isAccessible, isPublic, referencesTo } from "./asset-lists.ts";
import { assetTypes, typesWithPayload } from "./asset-types.ts";
import { assetAt } from "./assets.ts";
import { payloadBytes } from "./made-bytes.ts";
import { ok, operation } from "./operation.ts";
import { oneOrMore, pageOf, pageQuery, wholeNumber } from "./query.ts";
import type { Asset } from "./records.ts";

const types = oneOrMore(z.enum(assetTypes));

export const assetRelationOperations = {
  getAssetDependencies: operation({
    query: z.strictObject({
      ...pageQuery,
      depth: z.union([z.enum(["all", "direct"]), wholeNumber]).default("all"),
      filters: z
        .strictObject({
          with_asset_types: types.optional(),
          without_asset_types: types.optional(),
          public: z.enum(["include", "exclude", "restrict-to"]).optional(),
        })
        .optional(),
      properties: oneOrMore(z.enum(["name", "dependencies", "count", "public", "accessible", "payload_info"])).default(
        [],
      ),
    }),
    answer({ env, caller, parameter, query }) {
      const asset = assetAt(env, caller, parameter, "read");
      const { depth, filters = {}, properties } = query;
      const maxDepth = depth === "all" ? Number.POSITIVE_INFINITY : depth === "direct" ? 1 : depth;
      const { with_asset_types: wanted, without_asset_types: unwanted, public: publicity = "include" } = filters;
      const found = [...dependenciesOf(env, asset, maxDepth)].flatMap(([id, count]) => {
        const dependency = env.assets.get(id);
        if (dependency === undefined) return [];
        const isShared = isPublic(env, dependency);
        const isWanted =
          (wanted === undefined || wanted.includes(dependency.type)) &&
          !(unwanted ?? []).includes(dependency.type) &&
          (publicity === "include" || isShared === (publicity === "restrict-to"));
        return isWanted ? [{ dependency, count, isShared }] : [];
      });
      const page = pageOf(found, query, env.settings.maxLimit).map(({ dependency, count, isShared }) => ({
        asset_id: dependency.assetId,
        asset_type: dependency.type,
        ...propertiesOf(properties, {
          name: () => ({ name: dependency.name }),
          count: () => ({ direct_count: count.direct, indirect_count: count.indirect }),
          public: () => ({ is_public: isShared }),
          accessible: () => ({ is_accessible: isAccessible(env, caller, dependency) }),
          payload_info: () => ({ payload_info: payloadInfo(dependency) }),
          dependencies: () => ({
            dependencies: dependency.dependencies.map((id) => ({ asset_id: id, count: 1 })),
          }),
        }),
      }));
      return ok(page);
    },
  }),
  getAssetReferences: operation({
    query: z.strictObject({
      ...pageQuery,
      properties: oneOrMore(z.enum(["name", "count", "public"])).default([]),
    }),
    answer({ env, caller, parameter, query }) {
      const asset = assetAt(env, caller, parameter, "read");
      const references = referencesTo(env, asset.assetId).filter((other) => isAccessible(env, caller, other));
      const page = pageOf(references, query, env.settings.maxLimit).map((other) => ({
        asset_id: other.assetId,
        asset_type: other.type,
        ...propertiesOf(query.properties, {
          name: () => ({ name: other.name }),
          count: () => ({ direct_count: other.dependencies.filter((id) => id === asset.assetId).length }),
          public: () => ({ is_public: isPublic(env, other) }),
        }),
      }));
      return ok(page);
    },
  }),
};

/** Only what was asked for; nothing where nothing was. */
function propertiesOf<Name extends string>(
  names: readonly Name[],
  values: Record<Name, () => Record<string, unknown>>,
): { properties?: Record<string, unknown> } {
  if (names.length === 0) return {};
  return { properties: Object.assign({}, ...names.map((name) => values[name]())) };
}

function payloadInfo(asset: Asset): { hash?: string; storage_id?: number } {
  if (!typesWithPayload.includes(asset.type)) return {};
  const hash = createHash("sha256").update(payloadBytes(asset, undefined)).digest("hex");
  return { hash, storage_id: Number.parseInt(hash.slice(0, 8), 16) };
}
