import { type AssetDescription, assetDescriptionSchema } from "./asset-descriptions.ts";
import type { AssetList, ListedAsset } from "./asset-list.ts";
import {
  type AssetDependency,
  type AssetDetails,
  type AssetFilter,
  type AssetReference,
  assetDependencySchema,
  assetDetailsSchema,
  assetReferenceSchema,
  type DependencyFilters,
} from "./assets.schema.ts";
import { type CallOptions, callJson, callNothing, callText } from "./call.ts";
import { checkIds } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import {
  type AssetContainer,
  type AssetContainerWithCode,
  type AssetContainerWithCustomTypes,
  type OpaqueObject,
  opaqueObject,
} from "./data-types.ts";
import { type Folder, folderSchema } from "./folders.schema.ts";
import { groupedListCall, listCall } from "./list-call.ts";
import type { PagedList, WindowOptions } from "./paged-list.ts";
import { type SourceFile, sourceFileSchema } from "./source-files.schema.ts";

/** Which asset. */
export interface AssetOptions extends CallOptions {
  asset_container: AssetContainer;
  asset_id: string;
}

/** Lists assets: awaited, grouped by container as the service does; iterated, one after the other. */
export function listAssets(
  connection: Connection,
  options: WindowOptions & { filter?: AssetFilter | undefined } & CallOptions = {},
): PagedList<ListedAsset, AssetList> {
  const query = { filter: options.filter && { ...options.filter } };
  return groupedListCall(connection, { operation: "listAssets", path: "/assets", query }, options);
}

/** Deletes assets. None may be in use by an asset that stays. */
export async function deleteAssets(
  connection: Connection,
  options: { asset_ids: readonly string[] } & CallOptions,
): Promise<void> {
  const operation = "deleteAssets";
  const json = checkIds(operation, "asset_ids", options.asset_ids);
  return callNothing(connection, { operation, method: "DELETE", path: "/assets", json }, options);
}

/** Deletes an asset, which must not be in use. */
export function deleteAsset(connection: Connection, options: AssetOptions): Promise<void> {
  const { asset_container, asset_id } = options;
  return callNothing(
    connection,
    {
      operation: "deleteAsset",
      method: "DELETE",
      path: "/assets/{asset_container}/{asset_id}",
      parameters: { asset_container, asset_id },
    },
    options,
  );
}

/** A part of an asset that is asked for by name. */
function partOf(operation: string, part: string, options: AssetOptions) {
  const { asset_container, asset_id } = options;
  return {
    operation,
    method: "GET" as const,
    path: `/assets/{asset_container}/{asset_id}/${part}`,
    parameters: { asset_container, asset_id },
  };
}

/** The source file an asset was made from. */
export function getAssetSourceFile(connection: Connection, options: AssetOptions): Promise<SourceFile> {
  return callJson(connection, partOf("getAssetSourceFile", "source-file", options), sourceFileSchema, options);
}

/** Who made an asset, and when. */
export function getAssetDetails(connection: Connection, options: AssetOptions): Promise<AssetDetails> {
  return callJson(connection, partOf("getAssetDetails", "details", options), assetDetailsSchema, options);
}

/** The folder an asset lies in. */
export function getAssetFolder(connection: Connection, options: AssetOptions): Promise<Folder> {
  return callJson(connection, partOf("getAssetFolder", "folder", options), folderSchema, options);
}

/** What an asset needs. */
export function getAssetDependencies(
  connection: Connection,
  options: AssetOptions &
    WindowOptions & {
      /** Default `"all"`. */
      depth?: "all" | "direct" | number | undefined;
      filters?: DependencyFilters | undefined;
      properties?:
        | readonly ("name" | "dependencies" | "count" | "public" | "accessible" | "payload_info")[]
        | undefined;
    },
): PagedList<AssetDependency, AssetDependency[]> {
  const { depth = "all", filters, properties } = options;
  const query = { depth, filters: filters && { ...filters }, properties };
  return listCall(
    connection,
    { ...partOf("getAssetDependencies", "dependencies", options), query },
    assetDependencySchema,
    options,
  );
}

/** What needs an asset. */
export function getAssetReferences(
  connection: Connection,
  options: AssetOptions & WindowOptions & { properties?: readonly ("name" | "count" | "public")[] | undefined },
): PagedList<AssetReference, AssetReference[]> {
  const { properties } = options;
  return listCall(
    connection,
    { ...partOf("getAssetReferences", "references", options), query: { properties } },
    assetReferenceSchema,
    options,
  );
}

/** What an asset is made of; its shape depends on the container. */
export function getAssetDescription<Container extends AssetContainer>(
  connection: Connection,
  options: AssetOptions & { asset_container: Container },
): Promise<AssetDescription<Container>> {
  const call = partOf("getAssetDescription", "description", options);
  return callJson(connection, call, assetDescriptionSchema, options) as Promise<AssetDescription<Container>>;
}

/** Renames an asset; nothing else of a description can be changed. */
export function renameAsset(
  connection: Connection,
  options: AssetOptions & { name?: string | undefined },
): Promise<void> {
  const call = partOf("renameAsset", "description", options);
  return callNothing(connection, { ...call, method: "PATCH", json: { name: options.name } }, options);
}

/** Of a shape that no document tells. */
export function getAssetHistory(connection: Connection, options: AssetOptions): Promise<OpaqueObject> {
  return callJson(connection, partOf("getAssetHistory", "history", options), opaqueObject, options);
}

/** Of a shape that no document tells. */
export function getAssetMeta(connection: Connection, options: AssetOptions): Promise<OpaqueObject> {
  return callJson(connection, partOf("getAssetMeta", "meta", options), opaqueObject, options);
}

/** The source code of a script, shader, module or animation sequence. */
export function getAssetCode(
  connection: Connection,
  options: { asset_container_with_code: AssetContainerWithCode; asset_id: string } & CallOptions,
): Promise<string> {
  const { asset_container_with_code, asset_id } = options;
  return callText(
    connection,
    {
      operation: "getAssetCode",
      method: "GET",
      path: "/assets/{asset_container_with_code}/{asset_id}/code",
      parameters: { asset_container_with_code, asset_id },
      headers: { accept: "*/*" },
    },
    options,
  );
}

/** The types that a module brings; of a shape that no document tells. */
export function getAssetCustomTypes(
  connection: Connection,
  options: { asset_container_with_custom_types: AssetContainerWithCustomTypes; asset_id: string } & CallOptions,
): Promise<OpaqueObject> {
  const { asset_container_with_custom_types, asset_id } = options;
  return callJson(
    connection,
    {
      operation: "getAssetCustomTypes",
      method: "GET",
      path: "/assets/{asset_container_with_custom_types}/{asset_id}/custom-types",
      parameters: { asset_container_with_custom_types, asset_id },
    },
    opaqueObject,
    options,
  );
}
