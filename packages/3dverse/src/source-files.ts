import { type AssetList, assetListSchema } from "./asset-list.ts";
import { type BinaryAnswer, callBinary } from "./binary-answer.ts";
import { type CallOptions, callJson, callNothing } from "./call.ts";
import { checkIds, checkText } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import { listCall } from "./list-call.ts";
import type { PagedList, WindowOptions } from "./paged-list.ts";
import { type SourceFile, type SourceFileFilters, sourceFileSchema } from "./source-files.schema.ts";

const countHeader = "x-source-files-count";

/** Lists source files. */
export function listSourceFiles(
  connection: Connection,
  options: WindowOptions & { filters?: SourceFileFilters | undefined } & CallOptions = {},
): PagedList<SourceFile, SourceFile[]> {
  const query = { filters: options.filters && { ...options.filters } };
  return listCall(
    connection,
    { operation: "listSourceFiles", path: "/source-files", query, countHeader },
    sourceFileSchema,
    options,
  );
}

/** Lists the source files of a folder. */
export function getSourceFilesInFolder(
  connection: Connection,
  options: { folder_id: string; filters?: SourceFileFilters | undefined } & WindowOptions & CallOptions,
): PagedList<SourceFile, SourceFile[]> {
  const { folder_id } = options;
  const query = { filters: options.filters && { ...options.filters } };
  return listCall(
    connection,
    {
      operation: "getSourceFilesInFolder",
      path: "/folders/{folder_id}/source-files",
      parameters: { folder_id },
      query,
      countHeader,
    },
    sourceFileSchema,
    options,
  );
}

/** Moves source files into `folder_id`. */
export async function moveSourceFiles(
  connection: Connection,
  options: { folder_id: string; source_file_ids: readonly string[] } & CallOptions,
): Promise<void> {
  const operation = "moveSourceFiles";
  const { folder_id } = options;
  const json = checkIds(operation, "source_file_ids", options.source_file_ids);
  return callNothing(
    connection,
    { operation, method: "PUT", path: "/folders/{folder_id}/source-files", parameters: { folder_id }, json },
    options,
  );
}

/** Deletes source files for ever, with `delete_assets` also what was made from them. */
export async function deleteSourceFiles(
  connection: Connection,
  options: { source_file_ids: readonly string[]; delete_assets?: boolean | undefined } & CallOptions,
): Promise<void> {
  const operation = "deleteSourceFiles";
  const source_file_ids = checkIds(operation, "source_file_ids", options.source_file_ids);
  const json = { source_file_ids, delete_assets: options.delete_assets ?? false };
  return callNothing(connection, { operation, method: "DELETE", path: "/source-files", json }, options);
}

/** Fetches the file as it was uploaded. */
export function downloadSourceFile(
  connection: Connection,
  options: { source_file_id: string } & CallOptions,
): Promise<BinaryAnswer> {
  const { source_file_id } = options;
  return callBinary(
    connection,
    {
      operation: "downloadSourceFile",
      path: "/source-files/{source_file_id}",
      parameters: { source_file_id },
      mayBePage: true,
    },
    options,
  );
}

/** What is known of a source file. */
export function getSourceFileDetails(
  connection: Connection,
  options: { source_file_id: string } & CallOptions,
): Promise<SourceFile> {
  const { source_file_id } = options;
  return callJson(
    connection,
    {
      operation: "getSourceFileDetails",
      method: "GET",
      path: "/source-files/{source_file_id}/details",
      parameters: { source_file_id },
    },
    sourceFileSchema,
    options,
  );
}

/** Renames a source file. */
export async function updateSourceFileDetails(
  connection: Connection,
  options: { source_file_id: string; name: string } & CallOptions,
): Promise<void> {
  const operation = "updateSourceFileDetails";
  const { source_file_id } = options;
  return callNothing(
    connection,
    {
      operation,
      method: "PATCH",
      path: "/source-files/{source_file_id}/details",
      parameters: { source_file_id },
      json: { name: checkText(operation, "name", options.name) },
    },
    options,
  );
}

/** The assets made from a source file. */
export function getSourceFileAssets(
  connection: Connection,
  options: { source_file_id: string } & CallOptions,
): Promise<AssetList> {
  const { source_file_id } = options;
  return callJson(
    connection,
    {
      operation: "getSourceFileAssets",
      method: "GET",
      path: "/source-files/{source_file_id}/assets",
      parameters: { source_file_id },
    },
    assetListSchema,
    options,
  );
}
