import { z } from "zod";
import { actorOf, type Caller, grantedAccess, requireAccess } from "./access.ts";
import { descriptionOf } from "./asset-description.ts";
import {
  countText,
  environmentFilter,
  folderFilter,
  groupedPage,
  isAccessible,
  isPublic,
  passes,
  referencesTo,
} from "./asset-lists.ts";
import { type AssetType, typeOfContainer } from "./asset-types.ts";
import { dateText, type Environment, find, isWithin, noteEdit, userJson } from "./environment.ts";
import { folderFor, folderOf, idList } from "./folders.ts";
import { done, jsonBody, ok, operation } from "./operation.ts";
import { conflict, invalid, notFound } from "./problem.ts";
import { flag, pageQuery } from "./query.ts";
import type { Access, Asset } from "./records.ts";
import { sourceFileJson } from "./source-files.ts";

export const assetOperations = {
  getFolderAssets: operation({
    query: z.strictObject({ ...pageQuery, filter: folderFilter.optional(), recursive: flag.default(false) }),
    answer({ env, caller, parameter, query }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "read");
      const found = [...env.assets.values()].filter(
        (asset) =>
          (query.recursive ? isWithin(env, asset.folderId, folderId) : asset.folderId === folderId) &&
          passes(asset, query.filter ?? {}),
      );
      const headers: Record<string, string> = env.settings.countHeaders ? { "x-assets-count": countText(found) } : {};
      return ok(groupedPage(env, found, query), headers);
    },
  }),
  moveAssets: operation({
    body: jsonBody(idList),
    answer({ env, caller, parameter, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      const assets = body.map((id) => assetFor(env, caller, id, "write"));
      for (const asset of assets) asset.folderId = folderId;
      return done(env);
    },
  }),
  listAssets: operation({
    query: z.strictObject({ ...pageQuery, filter: environmentFilter.optional() }),
    answer({ env, caller, query }) {
      const { include_public_assets: withPublic = false, ...filter } = query.filter ?? {};
      const isListed = (asset: Asset) => {
        if (!isAccessible(env, caller, asset)) return false;
        // What a user sees only because it is public is listed when asked for.
        return caller.kind !== "user" || withPublic || !isPublic(env, asset) || isGranted(env, caller, asset);
      };
      return ok(
        groupedPage(
          env,
          [...env.assets.values()].filter((asset) => isListed(asset) && passes(asset, filter)),
          query,
        ),
      );
    },
  }),
  deleteAssets: operation({
    body: jsonBody(idList),
    answer({ env, caller, body }) {
      deleteAll(
        env,
        body.map((id) => assetFor(env, caller, id, "write")),
      );
      return done(env);
    },
  }),
  deleteAsset: operation({
    answer({ env, caller, parameter }) {
      deleteAll(env, [assetAt(env, caller, parameter, "write")]);
      return done(env);
    },
  }),
  getAssetSourceFile: operation({
    answer({ env, caller, parameter }) {
      const { assetId, sourceFileId } = assetAt(env, caller, parameter, "read");
      if (sourceFileId === undefined) throw notFound(`The asset ${assetId} was not made from a source file.`);
      return ok(sourceFileJson(find(env, env.sourceFiles, sourceFileId, "source file")));
    },
  }),
  getAssetDetails: operation({
    answer({ env, caller, parameter }) {
      const asset = assetAt(env, caller, parameter, "read");
      return ok({
        asset_id: asset.assetId,
        name: asset.name,
        type: asset.type,
        created_at: dateText(asset.createdAtMs),
        created_by: userJson(asset.createdBy),
        last_edited_at: dateText(asset.lastEditedAtMs),
        last_edited_by: userJson(asset.lastEditedBy),
        contributors: [...asset.contributions].map(([userId, count]) => ({
          contribution_count: count,
          user: userJson(env.users.get(userId) ?? env.owner),
        })),
      });
    },
  }),
  getAssetFolder: operation({
    answer({ env, caller, parameter }) {
      return ok(folderOf(env, caller, assetAt(env, caller, parameter, "read").folderId));
    },
  }),
  getAssetDescription: operation({
    answer: ({ env, caller, parameter }) => ok(descriptionOf(assetAt(env, caller, parameter, "read"))),
  }),
  renameAsset: operation({
    body: jsonBody(z.strictObject({ name: z.string().min(1).optional() })),
    answer({ env, caller, parameter, body }) {
      const asset = assetAt(env, caller, parameter, "write");
      asset.name = body.name ?? asset.name;
      noteEdit(env, asset, actorOf(env, caller));
      return done(env);
    },
  }),
  getAssetHistory: operation({
    answer({ env, caller, parameter }) {
      const asset = assetAt(env, caller, parameter, "read");
      const event = (name: string, atMs: number, userId: string) => ({
        event: name,
        at: dateText(atMs),
        user_id: userId,
      });
      const events = [event("created", asset.createdAtMs, asset.createdBy.userId)];
      if (asset.lastEditedAtMs > asset.createdAtMs)
        events.push(event("edited", asset.lastEditedAtMs, asset.lastEditedBy.userId));
      return ok({ history: events });
    },
  }),
  getAssetMeta: operation({
    answer({ env, caller, parameter }) {
      const { assetId, type, sourceFileId } = assetAt(env, caller, parameter, "read");
      return ok({ uuid: assetId, type, source_file_id: sourceFileId ?? null });
    },
  }),
};

/** The asset of that id, for a caller with that access to its folder. */
export function assetFor(env: Environment, caller: Caller, assetId: string, wanted: Access): Asset {
  const asset = find(env, env.assets, assetId, "asset");
  requireAccess(env, caller, asset.folderId, wanted);
  return asset;
}

/** The asset that a path names by container and id; it must be of the container's type, and of one of those allowed. */
export function assetAt(
  env: Environment,
  caller: Caller,
  parameter: (name: string) => string,
  wanted: Access,
  limits: { container: string; types: readonly AssetType[] } | undefined = undefined,
): Asset {
  const container = parameter(limits?.container ?? "asset_container");
  const type = typeOfContainer(container);
  if (type === undefined) throw invalid(`There is no asset container ${container}.`);
  if (limits !== undefined && !limits.types.includes(type))
    throw invalid(`The container ${container} does not have this; those that do hold: ${limits.types.join(", ")}.`);
  const asset = find(env, env.assets, parameter("asset_id"), "asset");
  if (asset.type !== type) throw notFound(`The asset ${asset.assetId} is not among the ${container}.`);
  requireAccess(env, caller, asset.folderId, wanted);
  return asset;
}

/** All or none: assets that others than themselves use stay. */
function deleteAll(env: Environment, assets: Asset[]): void {
  const ids = new Set(assets.map(({ assetId }) => assetId));
  for (const { assetId } of assets) {
    const user = referencesTo(env, assetId).find((other) => !ids.has(other.assetId));
    if (user !== undefined)
      throw conflict(`The asset ${assetId} is used by the asset ${user.assetId} and cannot be deleted before it.`);
  }
  for (const id of ids) env.assets.delete(id);
}

function isGranted(env: Environment, caller: Caller, asset: Asset): boolean {
  return caller.kind === "user" && grantedAccess(env, caller.user.userId, asset.folderId) !== undefined;
}
