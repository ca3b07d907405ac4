import type { AssetList, ListedAsset } from "./asset-list.ts";
import {
  type AssetDuplication,
  type AssetDuplicationResult,
  assetCreatedSchema,
  type FolderAssetFilter,
  type ImportResult,
  importResultSchema,
  type NewAsset,
} from "./assets.schema.ts";
import { type CallOptions, callJson, callNothing } from "./call.ts";
import { checkIds, checkText } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import type { OpaqueObject } from "./data-types.ts";
import { type FileSource, openSources } from "./file-source.ts";
import { groupedListCall } from "./list-call.ts";
import type { PagedList, WindowOptions } from "./paged-list.ts";
import { progressReporter, type UploadProgress } from "./upload-progress.ts";

/** Lists the assets of a folder: awaited, grouped by container; iterated, one after the other. */
export function getFolderAssets(
  connection: Connection,
  options: {
    folder_id: string;
    filter?: FolderAssetFilter | undefined;
    /** Also those in folders below. Default false. */
    recursive?: boolean | undefined;
  } & WindowOptions &
    CallOptions,
): PagedList<ListedAsset, AssetList> {
  const { folder_id, filter, recursive = false } = options;
  return groupedListCall(
    connection,
    {
      operation: "getFolderAssets",
      path: "/folders/{folder_id}/assets",
      parameters: { folder_id },
      query: { filter: filter && { ...filter }, recursive },
    },
    options,
  );
}

/** Makes an empty asset, or a copy of one; sent once. */
export function createAsset(
  connection: Connection,
  options: { folder_id: string; asset_creation_options: NewAsset | AssetDuplication } & CallOptions,
): Promise<AssetDuplicationResult> {
  const { folder_id, asset_creation_options } = options;
  return callJson(
    connection,
    {
      operation: "createAsset",
      method: "POST",
      path: "/folders/{folder_id}/assets",
      parameters: { folder_id },
      json: asset_creation_options,
    },
    assetCreatedSchema,
    options,
  );
}

/** Moves assets into `folder_id`. */
export async function moveAssets(
  connection: Connection,
  options: { folder_id: string; asset_ids: readonly string[] } & CallOptions,
): Promise<void> {
  const operation = "moveAssets";
  const { folder_id } = options;
  const json = checkIds(operation, "asset_ids", options.asset_ids);
  return callNothing(
    connection,
    { operation, method: "PUT", path: "/folders/{folder_id}/assets", parameters: { folder_id }, json },
    options,
  );
}

/** Makes a material; sent once. */
export async function createMaterial(
  connection: Connection,
  options: {
    folder_id: string;
    name: string;
    shaderRef: string;
    isDoubleSided: boolean;
    dataJson: OpaqueObject;
  } & CallOptions,
): Promise<AssetDuplicationResult> {
  const operation = "createMaterial";
  const { folder_id, shaderRef, isDoubleSided, dataJson } = options;
  const json = { dataJson, isDoubleSided, name: checkText(operation, "name", options.name), shaderRef };
  return callJson(
    connection,
    { operation, method: "POST", path: "/folders/{folder_id}/assets/materials", parameters: { folder_id }, json },
    assetCreatedSchema,
    options,
  );
}

/** Makes a cubemap of six textures; sent once. */
export async function createCubemap(
  connection: Connection,
  options: { folder_id: string; name: string; faces: readonly string[] } & CallOptions,
): Promise<AssetDuplicationResult> {
  const operation = "createCubemap";
  const { folder_id } = options;
  const json = {
    faces: checkIds(operation, "faces", options.faces),
    name: checkText(operation, "name", options.name),
  };
  return callJson(
    connection,
    { operation, method: "POST", path: "/folders/{folder_id}/assets/cubemaps", parameters: { folder_id }, json },
    assetCreatedSchema,
    options,
  );
}

/**
 * Imports a package (zip), streamed, sent once; the answer comes when it is done. At its root lie `desc.TYPE.UUID` for
 * each asset, `payload.TYPE.UUID` for its bytes, all it depends on, and for `only-specified` an `overwrite.json`.
 */
export async function importAssets(
  connection: Connection,
  options: {
    folder_id: string;
    /** The zip: a path, bytes, a Blob or a stream. */
    body: FileSource;
    /** Of assets that are there already. Default `"never"`. */
    overwrite?: "never" | "only-specified" | "always" | undefined;
    onProgress?: ((progress: UploadProgress) => void) | undefined;
  } & CallOptions,
): Promise<ImportResult> {
  const operation = "importAssets";
  const { folder_id, body, overwrite = "never", onProgress } = options;
  const [source] = await openSources(operation, [body]);
  const { totalBytes, chunks } = source;
  return callJson(
    connection,
    {
      operation,
      method: "PUT",
      path: "/folders/{folder_id}/packages",
      parameters: { folder_id },
      query: { overwrite },
      body: { totalBytes, chunks, onSent: progressReporter(onProgress, totalBytes) },
      headers: { "content-type": "application/zip" },
    },
    importResultSchema,
    options,
  );
}
